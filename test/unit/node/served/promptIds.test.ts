import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ExamItem, FinishedAttempt } from '../../../../src/core/exam/attempt.ts';
import type { ChatFrame } from '../../../../src/core/exam/chatFrame.ts';
import { AppError } from '../../../../src/core/errors.ts';
import { sentence } from '../../../../src/core/sentence.ts';
import type { Clock } from '../../../../src/core/ports.ts';
import type { PromptsToEncode } from '../../../../src/node/exam/encodePrompts.ts';
import { Meter } from '../../../../src/node/served/meter.ts';
import { studentProfileSchema } from '../../../../src/node/served/profiles.ts';
import { ServedStudent } from '../../../../src/node/served/servedStudent.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { CHAT } from '../../../fakes/chat.ts';
import { silentLog } from '../../../fakes/loopFakes.ts';
import { StudentServer, wordsOf } from '../../../fakes/studentServer.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const TOKENIZER = join(import.meta.dirname, '../../../fixtures/students/llama-text/tokenizer.json');
const PLAIN = 'Question: 1 + 1?\nReasoning:';
const MARKED = 'Question: What does <|end|> mean?\nReasoning:';
const IDS = [1, 17, 23, 42];

let folder: string;
let server: StudentServer;
let baseURL: string;
let logged: string[];
let encoded: PromptsToEncode[];
let slept: number[];
/** Time passes by sleeping alone. */
const clock: Clock = {
  now: () => slept.reduce((sum, ms) => sum + ms, 0),
  sleep: (ms) => Promise.resolve(void slept.push(ms)),
};

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'student');
  await mkdir(folder);
  await cp(TOKENIZER, join(folder, 'tokenizer.json'));
  [logged, encoded, slept] = [[], [], []];
  server = new StudentServer(() => wordsOf(' It is.\nAnswer: 2\n'));
  baseURL = await server.listen();
  onTestFinished(() => server.close());
});

async function sit(
  options: {
    profile?: object;
    encode?: 'fails' | 'none' | (() => Promise<void>);
    maxRequests?: number;
    prompts?: string[];
    chat?: ChatFrame;
  } = {},
): Promise<FinishedAttempt[]> {
  const profile = { name: 'box', baseURL, model: 'student', ...options.profile };
  const encode = async (prompts: PromptsToEncode) => {
    encoded.push(prompts);
    if (typeof options.encode === 'function') await options.encode();
    if (options.encode === 'fails') {
      throw new AppError('student.unsupported', sentence`No tokenizer is built.`);
    }
    return prompts.texts.map(() => IDS);
  };
  const known = studentProfileSchema.parse(profile);
  const { maxRequests } = options;
  const openMeter = () =>
    Meter.open({
      profile: known,
      limits: { maxRequests },
      folder: join(folder, '../served'),
      writer: 'w-1',
      clock: systemClock,
    });
  const student = new ServedStudent({
    topK: 20,
    access: { profile: known, key: null },
    clock,
    log: {
      ...silentLog,
      info: (text) => void logged.push(text),
      warn: (text) => void logged.push(`! ${text}`),
    },
    report: () => undefined,
    wait: false,
    random: () => 0,
    openMeter: maxRequests === undefined ? null : openMeter,
    ...(options.encode === 'none' ? {} : { encode }),
  });
  const items = (options.prompts ?? [PLAIN, MARKED]).map((prompt, at): ExamItem => {
    return { questionId: `q${at}`, sample: 0, prompt };
  });
  const attempts: FinishedAttempt[] = [];
  await student.sit(
    {
      student: folder,
      head: 'HEAD\n',
      items,
      sampling: { temperature: 0, topK: 1, topP: 1 },
      seed: '1/0/dev',
      maxNewTokens: 16,
      stopAtAnswerLine: true,
      chat: options.chat,
    },
    {
      signal: new AbortController().signal,
      report: () => undefined,
      onAttempt: (one) => void attempts.push(one),
    },
  );
  return attempts.sort((a, b) => (a.questionId < b.questionId ? -1 : 1));
}

const streamed = () =>
  server.seen
    .filter(({ body }) => body['stream'] === true)
    .map(({ body }) => body['prompt'])
    .sort((a, b) => Number(Array.isArray(a)) - Number(Array.isArray(b)));
const marked = (attempts: readonly FinishedAttempt[]) => attempts.map(({ marksRead }) => marksRead);

describe('a question whose text holds a special mark', () => {
  it('goes as token ids to a server that takes them, all others as text', async () => {
    expect(marked(await sit())).toEqual([undefined, undefined]);
    expect(encoded).toEqual([{ folder, texts: [`HEAD\n${MARKED}`], chat: undefined }]);
    expect(streamed()).toEqual([`HEAD\n${PLAIN}`, IDS]);
    // One request for one token finds out.
    expect(server.seen).toHaveLength(3);
    expect(server.seen[0]?.body).toMatchObject({ prompt: IDS, max_tokens: 1 });
    expect(logged).toEqual([expect.stringMatching(/^1 of .*\(<\|end\|>\): .* as token ids/u)]);
  });

  it('goes within the chat template by ids, too', async () => {
    await sit({ chat: CHAT });
    expect(encoded[0]?.chat).toBe(CHAT);
    expect(streamed()).toEqual([`<|user|>HEAD\n${PLAIN}${CHAT.suffix}`, IDS]);
  });

  it.each(['refused', 'text'] as const)(
    'is marked where the server has such a list %s, and asked as text',
    async (promptIds) => {
      server.manners = { ...server.manners, promptIds };
      expect(marked(await sit())).toEqual([undefined, true]);
      expect(streamed()).toHaveLength(2);
      expect(streamed()).toContain(`HEAD\n${MARKED}`);
      expect(logged.at(-1)).toMatch(/^! 1 of .* takes no token ids/u);
    },
  );

  it('is marked in a chat, where nobody can make ids, and where that fails', async () => {
    expect(marked(await sit({ profile: { api: 'chat' } }))).toEqual([undefined, true]);
    expect(marked(await sit({ encode: 'none' }))).toEqual([undefined, true]);
    expect(encoded).toEqual([]);
    expect(marked(await sit({ encode: 'fails' }))).toEqual([undefined, true]);
    expect(logged.at(-1)).toContain('No tokenizer is built.');
  });

  describe('at a server in trouble', () => {
    const faultAtIds: StudentServer['trouble'] = (_, { prompt }) =>
      Array.isArray(prompt) ? { kind: 'status', status: 500 } : null;

    it('goes as ids after a limited rate, however often that is told: it uses up no try', async () => {
      server.trouble = (number) =>
        number < 7 ? { kind: 'status', status: 429, retryAfter: '9' } : null;
      expect(marked(await sit())).toEqual([undefined, undefined]);
      expect(slept).toEqual(Array.from({ length: 7 }, () => 9000));
      expect(server.seen).toHaveLength(7 + 3);
      expect(streamed()).toContainEqual(IDS);
    });

    it('waits for the rate as long as an exam does, and is asked again when it is sat again', async () => {
      server.trouble = () => ({ kind: 'status', status: 429, retryAfter: '599' });
      await expect(sit()).rejects.toMatchObject({
        code: 'student.server',
        message: expect.stringContaining('refuses more requests') as string,
      });
      expect(slept).toEqual([599_000, 599_000]);
      expect(streamed()).toEqual([]);
      server.trouble = () => null;
      expect(marked(await sit())).toEqual([undefined, undefined]);
    });

    it('goes as ids after a passing fault', async () => {
      server.trouble = (number) => (number < 4 ? { kind: 'status', status: 503 } : null);
      expect(marked(await sit())).toEqual([undefined, undefined]);
      expect(server.seen).toHaveLength(4 + 3);
      expect(slept).toEqual([50, 100, 200, 400]);
    });

    it('is marked and asked as text where a list is a fault of the server, after five tries', async () => {
      server.trouble = faultAtIds;
      expect(marked(await sit())).toEqual([undefined, true]);
      expect(server.seen.filter(({ body }) => Array.isArray(body['prompt']))).toHaveLength(5);
      expect(streamed()).toContain(`HEAD\n${MARKED}`);
      expect(logged.at(-1)).toMatch(/^! 1 of .* answers are marked\..*failed: 500, trouble$/u);
    });

    it('ends the exam as all others do where nobody answers any more', async () => {
      await expect(sit({ encode: () => server.close() })).rejects.toMatchObject({
        code: 'student.server',
        message: expect.stringContaining('Nobody answers') as string,
      });
      expect(slept).toHaveLength(4);
      expect(server.seen).toEqual([]);
      expect(logged.join()).not.toContain('marked');
    });

    it('counts every try against the limit of requests', async () => {
      server.trouble = faultAtIds;
      await expect(sit({ maxRequests: 3 })).rejects.toMatchObject({ code: 'student.budget' });
      expect(server.seen).toHaveLength(3);
      // What was tried is in the book of the round; five tries and two questions are seven.
      await expect(sit({ maxRequests: 3 + 6 })).rejects.toMatchObject({ code: 'student.budget' });
      expect(marked(await sit({ maxRequests: 3 + 6 + 7 }))).toEqual([undefined, true]);
      expect(server.seen).toHaveLength(3 + 6 + 7);
    });
  });

  it('costs an exam without one nothing', async () => {
    expect(marked(await sit({ prompts: [PLAIN] }))).toEqual([undefined]);
    expect(server.seen).toHaveLength(1);
    expect([encoded, logged]).toEqual([[], []]);
  });
});
