import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ExamItem, FinishedAttempt } from '../../../../src/core/exam/attempt.ts';
import { servedBooks } from '../../../../src/core/exam/servedSpending.ts';
import { isMetered, Meter, type ServedLimits } from '../../../../src/node/served/meter.ts';
import { studentProfileSchema } from '../../../../src/node/served/profiles.ts';
import { ServedStudent } from '../../../../src/node/served/servedStudent.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { silentLog } from '../../../fakes/loopFakes.ts';
import { StudentServer, wordsOf } from '../../../fakes/studentServer.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const PRICES = { inputPerMillion: 1_000_000, outputPerMillion: 2_000_000, currency: 'EUR' };
const MOST = 10;

let folder: string;
let server: StudentServer;
let baseURL: string;
let logged: string[];

beforeEach(async () => {
  folder = await temporaryFolder();
  logged = [];
  server = new StudentServer(() => wordsOf(' 3 .\nAnswer: 3\n'));
  baseURL = await server.listen();
  onTestFinished(() => server.close());
});

const clock = { ...systemClock, sleep: () => Promise.resolve() };

function student(limits: ServedLimits, profile: object = {}) {
  const known = studentProfileSchema.parse({ name: 'box', baseURL, model: 'student', ...profile });
  const openMeter = () => Meter.open({ profile: known, limits, folder, writer: 'w-1', clock });
  return new ServedStudent({
    topK: 20,
    access: { profile: known, key: null },
    clock,
    log: { ...silentLog, info: (text) => void logged.push(text) },
    report: () => undefined,
    wait: false,
    random: () => 0,
    openMeter: isMetered(known, limits) ? openMeter : null,
  });
}

const items = (count: number, from = 0): ExamItem[] =>
  Array.from({ length: count }, (_, at) => ({
    questionId: `q${from + at}`,
    sample: 0,
    prompt: 'Q?',
  }));

async function sit(of: ServedStudent, asked: readonly ExamItem[]) {
  const attempts: FinishedAttempt[] = [];
  const failure = await of
    .sit(
      {
        student: folder,
        head: '',
        items: asked,
        sampling: { temperature: 0, topK: 1, topP: 1 },
        seed: '1/0/dev',
        maxNewTokens: MOST,
        stopAtAnswerLine: true,
      },
      {
        signal: new AbortController().signal,
        report: () => undefined,
        onAttempt: (one) => void attempts.push(one),
      },
    )
    .then(
      () => null,
      (error: unknown) => error,
    );
  return { attempts, failure };
}
const books = async () => {
  const text = await readFile(join(folder, 'w-1.jsonl'), 'utf8');
  return servedBooks(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as never),
  );
};

describe('a limit of requests', () => {
  it('is never passed, keeps what is answered, and goes on where it is raised', async () => {
    const { attempts, failure } = await sit(student({ maxRequests: 7 }), items(20));
    expect(failure).toMatchObject({
      code: 'student.budget',
      message: expect.stringContaining('7 of 7 requests') as string,
      hint: expect.stringContaining('exam.maxRequests') as string,
    });
    expect(server.seen).toHaveLength(7);
    expect(attempts).toHaveLength(7);
    // Another run of the round starts from what the journal says.
    const again = await sit(student({ maxRequests: 7 }), items(13, 7));
    expect(again.failure).toMatchObject({ code: 'student.budget' });
    expect(server.seen).toHaveLength(7);
    const raised = await sit(student({ maxRequests: 20 }), items(13, 7));
    expect(raised.failure).toBeNull();
    expect(raised.attempts).toHaveLength(13);
    expect((await books()).requests).toBe(20);
  });

  it('counts requests that were refused or broken off, and the tries after them', async () => {
    server.trouble = (number) => (number % 2 === 0 ? { kind: 'status', status: 503 } : null);
    const { attempts, failure } = await sit(student({ maxRequests: 6 }), items(20));
    expect(failure).toMatchObject({ code: 'student.budget' });
    expect(server.seen).toHaveLength(6);
    expect(attempts.length).toBeLessThanOrEqual(3);
  });
});

describe('a limit of money', () => {
  // 'Q?' is at most 2 + 16 + 16 tokens to read, an answer 10 to write: 54 at these prices.
  const worst = 34 + 2 * MOST;

  it('sets every request aside at its worst, in flight too, and settles it by what the server says it took', async () => {
    // It ends by itself: where the exam cuts an answer at its answer line, no usage comes.
    server.answer = () => wordsOf(' 3 .\nAnswer: 3');
    server.usage = { prompt_tokens: 4, completion_tokens: 3 };
    const limits = { maxCost: worst * 2 };
    const { failure } = await sit(student(limits, { prices: PRICES }), items(40));
    expect(failure).toMatchObject({
      code: 'student.budget',
      hint: expect.stringContaining('exam.maxCost') as string,
      detail: { cost: expect.any(Number) as number },
    });
    const { money, requests } = await books();
    const [{ amount: cost, currency } = { amount: 0, currency: null }] = money;
    expect(money).toHaveLength(1);
    expect(currency).toBe('EUR');
    expect(cost).toBe(10 * requests);
    expect(cost).toBeLessThanOrEqual(limits.maxCost);
    expect(cost + worst).toBeGreaterThan(limits.maxCost);
    // Never more in flight than could be paid for at their worst.
    expect(server.peak).toBeLessThanOrEqual(2);
  });

  it('counts a request in full of which nobody knows what became', async () => {
    server.trouble = () => ({ kind: 'cut' });
    const { failure } = await sit(student({ maxCost: worst * 2.5 }, { prices: PRICES }), items(3));
    expect(failure).toMatchObject({ code: 'student.budget' });
    expect(await books()).toEqual({
      requests: 2,
      money: [{ amount: 2 * worst, currency: 'EUR' }],
    });
    expect(server.seen).toHaveLength(2);
  });

  it('counts a guess where the server tells no usage, and a crash between sending and answering at its worst', async () => {
    expect((await sit(student({}, { prices: PRICES }), items(1))).failure).toBeNull();
    const text = await readFile(join(folder, 'w-1.jsonl'), 'utf8');
    expect(text).toContain('"estimated":true');
    const sent = { type: 'sent', key: 'k', profile: 'p', model: 'm', reservedCost: 5 } as const;
    expect(servedBooks([sent])).toEqual({
      requests: 1,
      money: [{ amount: 5, currency: null }],
    });
  });

  it('asks nothing where the round’s money was spent in another currency than its prices', async () => {
    expect((await sit(student({}, { prices: PRICES }), items(1))).failure).toBeNull();
    const usd = { prices: { ...PRICES, currency: 'USD' } };
    const { failure, attempts } = await sit(student({ maxCost: 1e9 }, usd), items(3, 1));
    expect(failure).toMatchObject({
      code: 'student.budget',
      message: expect.stringMatching(
        /\d EUR are spent already, and the prices of box are in USD/u,
      ) as string,
      hint: expect.stringContaining('exam.maxRequests') as string,
    });
    expect(attempts).toEqual([]);
    expect(server.seen).toHaveLength(1);
    // Without a limit of money there is nothing that could not hold.
    expect((await sit(student({}, usd), items(3, 1))).failure).toBeNull();
    expect((await books()).money.map(({ currency }) => currency)).toEqual(['EUR', 'USD']);
  });

  it('says before the first request what the exam takes at most', async () => {
    await sit(student({}, { prices: { ...PRICES, asOf: '2020-01-01' } }), items(3));
    const [line] = logged;
    expect(line).toMatch(/^box: 3 requests, about 3 tokens to read and at most 30 to write/u);
    expect(line).toContain('63.00 EUR');
    expect(line).toContain('look them up again');
  });
});

describe('a server that costs nothing and is not limited', () => {
  it('is asked as ever: nothing is written down, estimated or asked', async () => {
    const { failure, attempts } = await sit(student({}), items(5));
    expect(failure).toBeNull();
    expect(attempts).toHaveLength(5);
    await expect(readFile(join(folder, 'w-1.jsonl'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(logged).toEqual([]);
    expect(server.seen.every(({ body }) => !('stream_options' in body))).toBe(true);
  });
});
