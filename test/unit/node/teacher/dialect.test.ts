import { describe, expect, it } from 'vitest';
import {
  namedParameter,
  PLAIN_DIALECT,
  SpokenDialect,
  type Parameter,
} from '../../../../src/node/teacher/dialect.ts';

const INSTEAD =
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";

describe('a parameter that a server refuses', () => {
  it.each<[string | null, string, Parameter | null]>([
    ['max_tokens', INSTEAD, 'max_tokens'],
    [null, INSTEAD, 'max_tokens'],
    [null, "Unsupported value: 'temperature' does not support 0.7 with this model.", 'temperature'],
    ['response_format.json_schema', 'Invalid schema', 'response_format'],
    [null, 'Unrecognized request argument supplied: stream_options', 'stream_options'],
    [null, 'body.seed: Extra inputs are not permitted', 'seed'],
    [null, 'top_p is not supported', 'top_p'],
    ['messages', 'messages: must not be empty', null],
    [null, 'The seed of the problem lies elsewhere', null],
    [null, 'my_max_tokens is not supported', null],
    ['tools', 'tools are not supported', null],
  ])('%s, %s', (param, words, parameter) => {
    expect(namedParameter(param, words)).toBe(parameter);
  });
});

describe('a dialect that is being spoken', () => {
  it('gives up what is refused, once each, and then ends', () => {
    const spoken = new SpokenDialect({ ...PLAIN_DIALECT, json: 'json_schema' });
    const learn = (parameter: Parameter): boolean => spoken.learn(parameter, spoken.now);
    const simple: Parameter[] = ['seed', 'temperature', 'top_p', 'stream_options'];
    expect(simple.map(learn)).toEqual([true, true, true, true]);
    expect(simple.map(learn)).toEqual([false, false, false, false]);
    const json: Parameter[] = ['response_format', 'response_format', 'response_format'];
    expect(json.map(learn)).toEqual([true, true, false]);
    expect(learn('max_tokens')).toBe(true);
    expect(spoken.now).toEqual({
      tokenLimitField: 'max_completion_tokens',
      streamUsage: false,
      seed: false,
      temperature: false,
      topP: false,
      json: 'none',
    });
    // A server that wants neither is not asked back and forth for ever.
    expect([learn('max_completion_tokens'), learn('max_tokens')]).toEqual([true, false]);
  });

  it('lets a request go again that was sent before another one’s refusal', () => {
    const spoken = new SpokenDialect(PLAIN_DIALECT);
    const before = spoken.now;
    expect(spoken.learn('seed', before)).toBe(true);
    expect(spoken.learn('seed', before)).toBe(true);
    expect(spoken.learn('seed', spoken.now)).toBe(false);
  });
});
