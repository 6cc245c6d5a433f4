import { describe, expect, it } from 'vitest';
import {
  PLAIN_DIALECT,
  refusedParameter,
  SpokenDialect,
  type Parameter,
} from '../../../../src/node/teacher/dialect.ts';

const INSTEAD =
  "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.";

describe('a parameter that a server refuses', () => {
  it.each<[string | null, string, Parameter | null, string?]>([
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
    ['temperature', 'Only the default (1) is possible.', 'temperature', 'unsupported_value '],
    ['seed', 'No.', 'seed', 'unknown_parameter '],
    [null, 'unknown field `top_p`, expected one of `a`, `b`', 'top_p'],
  ])('%s, %s', (param, words, parameter, names = '') => {
    const refused = refusedParameter({ param, names, words });
    expect(refused).toEqual(parameter && { parameter, what: 'parameter' });
  });

  it.each<[string | null, string, Parameter]>([
    [
      'temperature',
      "Invalid 'temperature': decimal above maximum value. Expected a value <= 1, but got 1.5 instead.",
      'temperature',
    ],
    ['max_tokens', 'max_tokens is too large: 99999. It supports at most 4096.', 'max_tokens'],
    [null, 'max_tokens is too large: 99999. It supports at most 4096.', 'max_tokens'],
    [null, 'This model does not support max_tokens greater than 4096', 'max_tokens'],
    [null, 'Unexpected value: top_p must be between 0 and 1', 'top_p'],
    [null, 'invalid temperature: only 1 is allowed for this model', 'temperature'],
    ['seed', 'No.', 'seed'],
  ])('that is taken with another value: %s, %s', (param, words, parameter) => {
    for (const names of ['', 'invalid_request_error', 'decimal_above_max_value unknown_error']) {
      expect(refusedParameter({ param, names, words })).toEqual({ parameter, what: 'value' });
    }
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
