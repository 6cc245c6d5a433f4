import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExamItem, FinishedAttempt } from '../../../../src/core/exam/attempt.ts';
import type { ChatFrame } from '../../../../src/core/exam/chatFrame.ts';
import type { Clock, Log } from '../../../../src/core/ports.ts';
import { studentProfileSchema } from '../../../../src/node/served/profiles.ts';
import { ServedStudent } from '../../../../src/node/served/servedStudent.ts';
import { CHAT } from '../../../fakes/chat.ts';
import { StudentServer, wordsOf, type Answer, type Asked } from '../../../fakes/studentServer.ts';

const FIXTURE = join(import.meta.dirname, '../../../fixtures/students/llama-text');
const KEY = 'sk-4f9c1e77ab02d5513c';

const clock: Clock = {
  now: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 2))),
};

let server: StudentServer;
let baseURL: string;
let folder: string;
let logged: string[];
const log: Log = {
  debug: (text) => void logged.push(text),
  info: (text) => void logged.push(text),
  warn: (text) => void logged.push(text),
  error: (text) => void logged.push(text),
};

/** What this student always says: the sample's seed, so that another seed is another text. */
function answer({ seed, index }: Asked): Answer {
  return wordsOf(` ${seed ?? 'none'} and ${index}.\nAnswer: ${(seed ?? 0) % 10}\nmore`, 'length');
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-served-'));
  logged = [];
  server = new StudentServer(answer);
  baseURL = await server.listen();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function student(profile: object = {}, options: { key?: string; wait?: boolean } = {}) {
  return new ServedStudent({
    topK: 20,
    access: {
      profile: studentProfileSchema.parse({ name: 'box', baseURL, model: 'student', ...profile }),
      key: options.key ?? null,
    },
    clock,
    log,
    report: () => undefined,
    wait: options.wait === true,
    random: () => 0,
  });
}

function items(questions: number, samples: number): ExamItem[] {
  return Array.from({ length: questions * samples }, (_, at) => ({
    questionId: `q${Math.floor(at / samples)}`,
    sample: at % samples,
    prompt: `Question: ${Math.floor(at / samples)}?\nReasoning:`,
  }));
}

async function sit(
  of: ServedStudent,
  asked: readonly ExamItem[],
  hooks: {
    signal?: AbortSignal;
    chat?: ChatFrame;
    onAttempt?: (one: FinishedAttempt) => void;
  } = {},
): Promise<FinishedAttempt[]> {
  const attempts: FinishedAttempt[] = [];
  await of.sit(
    {
      student: folder,
      head: 'HEAD\n',
      items: asked,
      sampling: { temperature: 0.7, topK: 20, topP: 0.9 },
      seed: '1/0/train',
      maxNewTokens: 64,
      stopAtAnswerLine: true,
      chat: hooks.chat,
    },
    {
      signal: hooks.signal ?? new AbortController().signal,
      report: () => undefined,
      onAttempt: (one) => {
        attempts.push(one);
        hooks.onAttempt?.(one);
      },
    },
  );
  return attempts;
}

const keyOf = ({ questionId, sample }: FinishedAttempt) => `${questionId}/${sample}`;
const byKey = (attempts: readonly FinishedAttempt[]) =>
  [...attempts].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
const streams = () => server.seen.filter(({ body }) => body['stream'] === true);

describe('an exam over HTTP', () => {
  it('asks for each sample with its seed, sampling and length, and stops at the answer line', async () => {
    const attempts = await sit(student(), items(5, 4));
    expect(attempts).toHaveLength(20);
    for (const { text, finish, ids } of attempts) {
      expect(finish).toBe('stop');
      expect(text.endsWith('\n')).toBe(true);
      expect(text).not.toContain('more');
      expect(ids).toEqual([]);
    }
    expect(new Set(attempts.map(({ text }) => text)).size).toBe(20);
    const [first] = streams();
    expect(first?.body).toMatchObject({
      prompt: 'HEAD\nQuestion: 0?\nReasoning:',
      max_tokens: 64,
      temperature: 0.7,
      top_p: 0.9,
      top_k: 20,
    });
    expect(first?.body['n']).toBeUndefined();
  });

  it('stands in the student’s chat template where it goes on with a text, and leaves it to a chat', async () => {
    await sit(student({ kind: 'other' }), items(1, 1), { chat: CHAT });
    await sit(student({ api: 'chat' }), items(1, 1), { chat: CHAT });
    await sit(student({ kind: 'vllm' }), items(1, 1), { chat: CHAT });
    const prompt = 'HEAD\nQuestion: 0?\nReasoning:';
    const [text, chat, vllm] = streams();
    expect(vllm?.body['stop_token_ids']).toEqual([CHAT.endId]);
    expect(text?.body['stop_token_ids']).toBeUndefined();
    expect(text?.body).toMatchObject({
      prompt: `<|user|>${prompt}<|end|><|student|>`,
      stop: ['<|end|>'],
    });
    expect(chat?.body).toMatchObject({ messages: [{ role: 'user', content: prompt }] });
    expect(chat?.body['stop']).toBeUndefined();
  });

  it('asks the weights alone: no penalty of the student’s own generation_config.json, or of the server, counts', async () => {
    for (const kind of ['vllm', 'llama.cpp', 'other']) await sit(student({ kind }), items(1, 1));
    const [vllm, llama, other] = streams().map(({ body }) => body);
    expect(vllm).toMatchObject({ repetition_penalty: 1, min_p: 0 });
    expect(llama).toMatchObject({ repeat_penalty: 1, min_p: 0 });
    expect(Object.keys(other ?? {}).join()).not.toMatch(/penalty|min_p/u);
  });

  it('gives what is missing the texts that an uninterrupted exam would have', async () => {
    const all = items(6, 3);
    const whole = byKey(await sit(student(), all));
    const parts = [
      ...(await sit(student(), all.slice(0, 7))),
      ...(await sit(student(), all.slice(7))),
    ];
    expect(byKey(parts)).toEqual(whole);
  });

  it('asks for all samples of a question at once where the profile says so', async () => {
    const attempts = await sit(student({ samples: 'together' }), items(3, 4));
    expect(attempts).toHaveLength(12);
    expect(streams().map(({ body }) => body['n'])).toEqual([4, 4, 4]);
    expect(new Set(attempts.map(({ questionId, sample }) => `${questionId}/${sample}`)).size).toBe(
      12,
    );
  });

  it('asks a chat where the profile says so, and leaves out what it says that the server does not take', async () => {
    await sit(student({ api: 'chat', seed: false, topK: false }), items(1, 1));
    const [one] = streams();
    expect(one?.path).toBe('/v1/chat/completions');
    expect(one?.body['messages']).toEqual([
      { role: 'user', content: 'HEAD\nQuestion: 0?\nReasoning:' },
    ]);
    expect(Object.keys(one?.body ?? {})).not.toContain('seed');
    expect(Object.keys(one?.body ?? {})).not.toContain('top_k');
  });

  it('comes through refusals, failures, cut streams and web pages with every answer once', async () => {
    server.trouble = (number) => {
      if (number % 5 === 1) return { kind: 'status', status: 429, retryAfter: '0' };
      if (number % 7 === 3) return { kind: 'status', status: 503 };
      if (number % 11 === 5) return { kind: 'cut' };
      if (number % 13 === 6) return { kind: 'body', body: '<html>captive portal</html>' };
      return null;
    };
    const attempts = await sit(student(), items(20, 2));
    server.trouble = () => null;
    expect(byKey(attempts)).toEqual(byKey(await sit(student(), items(20, 2))));
  });

  it('sends one request until the first is answered, then more, at most as many as the profile says', async () => {
    server.answer = async (asked) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return answer(asked);
    };
    await sit(student({ concurrency: 6 }), items(40, 1));
    expect(server.peak).toBeGreaterThan(3);
    expect(server.peak).toBeLessThanOrEqual(6);
    const before = server.seen.length;
    server.manners = { ...server.manners, key: 'other-key-entirely' };
    await expect(sit(student({ concurrency: 6 }), items(40, 1))).rejects.toMatchObject({
      code: 'student.auth',
    });
    expect(server.seen.length - before).toBe(1);
  });

  it('stops within a second of the signal, also where the server hangs, and keeps what was answered', async () => {
    const control = new AbortController();
    server.trouble = (number) => (number >= 3 ? { kind: 'hang' } : null);
    const attempts: FinishedAttempt[] = [];
    const started = Date.now();
    const sitting = sit(student(), items(30, 1), {
      signal: control.signal,
      onAttempt: (one) => {
        attempts.push(one);
        if (attempts.length === 3) setTimeout(() => control.abort(), 20);
      },
    });
    await expect(sitting).rejects.toMatchObject({ code: 'cancelled' });
    expect(Date.now() - started).toBeLessThan(5000);
    expect(attempts).toHaveLength(3);
  });

  it('gives a request up that stays silent, tries again, and says so when nothing comes', async () => {
    server.trouble = () => ({ kind: 'hang' });
    const deadlines = { firstTokenMs: 200, idleMs: 200, totalMs: 1000 };
    await expect(sit(student({ deadlines }), items(1, 1))).rejects.toMatchObject({
      code: 'student.server',
      message: expect.stringContaining('did not answer in time') as string,
    });
    expect(streams()).toHaveLength(5);
  });

  it.each([
    ['seed', 'student.capability', /Unsupported parameter: seed/u],
    ['top_k', 'student.capability', /Unsupported parameter: top_k/u],
  ])('names what the server does not take: %s', async (name, code, message) => {
    server.manners = { ...server.manners, refuses: [name] };
    await expect(sit(student(), items(3, 1))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
    expect(streams()).toHaveLength(1);
  });

  it('says that the context is too short for a question, naming it', async () => {
    const body = { message: "This model's maximum context length is 64 tokens.", code: 400 };
    server.trouble = () => ({ kind: 'status', status: 400, body });
    await expect(sit(student(), items(2, 1))).rejects.toMatchObject({
      code: 'student.capability',
      detail: { questionId: 'q0' },
    });
  });

  it('threat 3: follows no redirect, so that the key stays with its address', async () => {
    const other = new StudentServer(answer);
    const elsewhere = await other.listen();
    try {
      server.trouble = () => ({ kind: 'redirect', to: `${elsewhere}/completions` });
      await expect(sit(student({}, { key: KEY }), items(1, 1))).rejects.toMatchObject({
        code: 'student.server',
        message: expect.stringContaining('redirects') as string,
      });
      expect(other.seen).toEqual([]);
    } finally {
      await other.close();
    }
  });

  it('threat 4: writes the key nowhere, whatever the server says of it', async () => {
    server.manners = { ...server.manners, key: 'another' };
    const failed = await sit(student({}, { key: KEY }), items(1, 1)).catch(
      (error: unknown) => error,
    );
    expect(failed).toMatchObject({ code: 'student.auth' });
    expect(JSON.stringify([failed, String(failed), logged])).not.toContain(KEY);
    server.manners = { ...server.manners, key: KEY };
    server.answer = () => wordsOf(` the key is ${KEY} .\nAnswer: 1\n`);
    const [attempt] = await sit(student({}, { key: KEY }), items(1, 1));
    expect(attempt?.text).toContain('[redacted]');
    expect(JSON.stringify([attempt, logged])).not.toContain(KEY);
  });
});

/** A student folder whose record says what the server says. */
async function trained(text = ' 1 + 1 = 2'): Promise<string> {
  const path = join(folder, 'round-1-abc');
  await cp(FIXTURE, path, { recursive: true });
  const weights = await readFile(join(path, 'model.safetensors'));
  const { tokens } = wordsOf(text);
  await writeFile(
    join(path, 'parity.json'),
    JSON.stringify({
      v: 1,
      weightsSha256: createHash('sha256').update(weights).digest('hex'),
      dtype: 'float32',
      bos: false,
      eosIds: [0],
      versions: {},
      prompts: [
        {
          text: 'Question: 1 + 1?\nReasoning:',
          ids: [1],
          logits: [],
          greedyIds: [...tokens.map(({ id }) => id), 0],
          greedyMargins: [...tokens.map(() => 3), 3],
          greedyPieces: [...tokens.map((token) => token.text), ''],
          greedyLogprobs: [...tokens.map(({ logprob }) => logprob), -0.1],
        },
      ],
      strings: [],
    }),
  );
  return path;
}
const never = new AbortController().signal;

describe('before an exam', () => {
  it('a server with the trained weights is taken, by ids, by log-probabilities as chats give them, by text alone', async () => {
    const path = await trained();
    server.answer = () => wordsOf(' 1 + 1 = 2');
    for (const manners of [
      {},
      { ids: false, logprobs: 'content' as const },
      { ids: false, logprobs: 'none' as const },
    ]) {
      server.manners = { ...server.manners, ...manners };
      const found = await student({ precision: 'float32' }).checkParity(path, never);
      const verdict = manners.logprobs === 'none' ? 'plausible' : 'equal';
      expect(found).toMatchObject({ verdict, by: 'box', prompts: 1, steps: 5, nearTies: 0 });
    }
    expect(server.seen.at(-1)?.body).toMatchObject({ temperature: 0, repetition_penalty: 1 });
    expect(logged.at(-1)).toContain('no log-probabilities to compare');
    expect(logged.at(-1)).toContain('plausible');
  });

  it('one with other weights is refused with the command that serves the right ones', async () => {
    const path = await trained();
    server.answer = () => wordsOf(' 1 + 1 = 3');
    const { port } = new URL(baseURL);
    await expect(student().checkParity(path, never)).rejects.toMatchObject({
      code: 'student.notServed',
      hint: expect.stringContaining(
        `vllm serve ${path} --served-model-name student --host 127.0.0.1 --port ${port}`,
      ) as string,
    });
  });

  it('one that does not know the model, or is not there, is told with the command too', async () => {
    const path = await trained();
    server.manners = { ...server.manners, models: ['base'] };
    await expect(student().checkParity(path, never)).rejects.toMatchObject({
      code: 'student.notServed',
      message: expect.stringContaining('it has base') as string,
      hint: expect.stringContaining('vllm serve') as string,
    });
    const closed = new StudentServer(answer);
    const gone = student({ baseURL: await closed.listen() });
    await closed.close();
    await expect(gone.checkParity(path, never)).rejects.toMatchObject({
      code: 'student.server',
      message: expect.stringContaining('Nobody answers') as string,
      hint: expect.stringContaining('vllm serve') as string,
    });
  });

  it('waits where it is asked to, says the command once, and goes on when the server has changed', async () => {
    const path = await trained();
    let asked = 0;
    server.answer = () => wordsOf((asked += 1) > 3 ? ' 1 + 1 = 2' : ' 1 + 1 = 3');
    const found = await student({}, { wait: true }).checkParity(path, never);
    expect(found.verdict).toBe('equal');
    expect(asked).toBe(4);
    expect(logged.filter((line) => line.includes('vllm serve'))).toHaveLength(1);
    server.answer = () => wordsOf(' never');
    const control = new AbortController();
    setTimeout(() => control.abort(), 30);
    await expect(
      student({}, { wait: true }).checkParity(path, control.signal),
    ).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('has vLLM load a kept adapter under the student’s own name where the profile allows it', async () => {
    const path = await trained();
    server.answer = ({ model }) => wordsOf(model === 'round-1-abc' ? ' 1 + 1 = 2' : ' base');
    await mkdir(join(path, 'adapter'));
    await expect(student().checkParity(path, never)).rejects.toMatchObject({
      code: 'student.notServed',
    });
    expect(server.loaded).toEqual([]);
    const adapting = student({ adapters: true });
    expect((await adapting.checkParity(path, never)).verdict).toBe('equal');
    expect((await adapting.checkParity(path, never)).verdict).toBe('equal');
    expect(server.loaded).toEqual([{ lora_name: 'round-1-abc', lora_path: join(path, 'adapter') }]);
  });

  it('a folder whose weights were changed after training is refused whatever the server says', async () => {
    const path = await trained();
    server.answer = () => wordsOf(' 1 + 1 = 2');
    const record = join(path, 'parity.json');
    const text = await readFile(record, 'utf8');
    await writeFile(record, text.replace(/"weightsSha256":"../u, '"weightsSha256":"00'));
    await expect(student().checkParity(path, never)).rejects.toMatchObject({
      code: 'student.parity',
    });
  });

  it('a student without a record can sit, with a warning; a record without texts needs ids', async () => {
    const path = await trained();
    const record = join(path, 'parity.json');
    const text = await readFile(record, 'utf8');
    await writeFile(record, text.replace('greedyPieces', 'older'));
    server.answer = () => wordsOf(' 1 + 1 = 2');
    expect((await student().checkParity(path, never)).verdict).toBe('equal');
    server.manners = { ...server.manners, ids: false };
    await expect(student().checkParity(path, never)).rejects.toMatchObject({
      code: 'student.capability',
    });
    await rm(record);
    expect(await student().checkParity(path, never)).toEqual({ verdict: 'unchecked', by: 'box' });
    expect(logged.at(-1)).toContain('cannot be checked');
  });

  it('knows a student by its folder and the server’s form', async () => {
    const path = await trained();
    const one = await student().identify(path);
    const other = await student({ model: 'other' }).identify(path);
    expect(one.digest).toBe(other.digest);
    expect(one.engine).not.toBe(other.engine);
    const moved = await student({ baseURL: 'http://127.0.0.1:9/v1' }).identify(path);
    expect(moved).toEqual(one);
  });
});
