import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnswerKind } from '../../../../src/core/dataset/question.ts';
import { probeServer } from '../../../../src/node/served/probe.ts';
import { studentProfileSchema } from '../../../../src/node/served/profiles.ts';
import { StudentServer, wordsOf } from '../../../fakes/studentServer.ts';

let server: StudentServer;
let baseURL: string;
const never = new AbortController().signal;

beforeEach(async () => {
  server = new StudentServer(({ seed, index }) =>
    wordsOf(` ${seed ?? 'none'} and ${index}.\nAnswer: ${(seed ?? 0) % 10}\nmore`, 'length'),
  );
  baseURL = await server.listen();
});
afterEach(() => server.close());

describe('the probe of a server', () => {
  const probe = async (profile: object = {}, kinds?: readonly AnswerKind[]) => {
    const parsed = studentProfileSchema.parse({
      name: 'box',
      baseURL,
      model: 'student',
      ...profile,
    });
    const findings = await probeServer({ profile: parsed, key: null }, never, kinds);
    return new Map(findings.map(({ what, ok, says }) => [String(what), `${ok} ${String(says)}`]));
  };

  it('tells what a server has', async () => {
    const found = await probe();
    expect(Object.fromEntries(found)).toEqual({
      model: 'true student',
      context: 'true 2048 tokens',
      completions: 'true completions',
      'check of the weights': 'true by token ids and log-probabilities',
      seed: 'true the same seed gave the same text twice',
      'several samples a request': 'true yes',
      'special marks inside a question': 'true stay text: such a question is sent as token ids',
      'top-k': 'true yes',
    });
  });

  it('tells what a server lacks', async () => {
    server.manners = {
      ...server.manners,
      ids: false,
      logprobs: 'none',
      context: null,
      refuses: ['seed', 'n', 'top_k'],
    };
    const found = await probe();
    expect(found.get('check of the weights')).toContain('by texts alone');
    expect(found.get('seed')).toMatch(/^false refused/u);
    expect(found.get('several samples a request')).toMatch(/^true no/u);
    expect(found.get('top-k')).toMatch(/^false refused/u);
    expect(found.get('context')).toContain('not told');
    server.manners = { ...server.manners, refuses: ['logprobs'] };
    expect((await probe()).get('check of the weights')).toMatch(/^false impossible/u);
  });

  it.each([
    [500, /^true not known: The student’s server failed: 500, trouble$/u],
    [429, /^true not known: The student’s server refuses more requests: trouble$/u],
  ])(
    'does not know what becomes of marks where token ids are answered by %d, and goes on',
    async (status, says) => {
      server.trouble = (_, { prompt }) =>
        Array.isArray(prompt) ? { kind: 'status', status, retryAfter: '60' } : null;
      const found = await probe();
      expect(found.get('special marks inside a question')).toMatch(says);
      expect(found.get('top-k')).toBe('true yes');
      expect(server.seen.filter(({ body }) => Array.isArray(body['prompt']))).toHaveLength(1);
    },
  );

  it('fails where nobody answers any more once token ids were tried', async () => {
    server.trouble = (_, { prompt }) => {
      if (Array.isArray(prompt)) void server.close();
      return null;
    };
    await expect(probe()).rejects.toMatchObject({ code: 'teacher.network' });
  });

  it('notices a seed that is taken and not kept', async () => {
    let count = 0;
    server.answer = () => wordsOf(` ${(count += 1)}`);
    expect((await probe()).get('seed')).toMatch(/^false taken/u);
  });

  it('asks in the form of the kinds that the project has, and says what is read of the answers', async () => {
    server.answer = ({ prompt }) =>
      wordsOf(prompt.includes('(b) red') ? ' It is.\nAnswer: (c)\n' : ' Who knows.\n', 'stop');
    const found = await probe({}, ['choice', 'yes-no']);
    expect(found.get('answer of kind choice')).toBe('true asked; read as "c"');
    expect(found.get('answer of kind yes-no')).toMatch(/^true asked; nothing/u);
    expect(found.has('answer of kind number')).toBe(false);
  });
});
