import { describe, expect, it } from 'vitest';
import { never } from '../fakes/teacherBench.ts';
import { sameBooks } from '../fakes/teacherBooks.ts';
import { IMPATIENT, requestOf, scene, playEach } from './programmatic/faultPlay.ts';

describe('limits', () => {
  playEach([
    [
      'teacher fault: 429 without retry-after',
      { type: 'tooMany', form: 'bare' },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 429 with retry-after 1',
      { type: 'tooMany', form: 'seconds', seconds: 1 },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 429 with retry-after-ms',
      { type: 'tooMany', form: 'ms', seconds: 0.05 },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 429 with an HTTP date',
      { type: 'tooMany', form: 'date', seconds: 1 },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 429 with x-should-retry false',
      { type: 'tooMany', form: 'retryFalse' },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 429 with x-should-retry true',
      { type: 'tooMany', form: 'retryTrue' },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 429 insufficient_quota',
      { type: 'tooMany', form: 'quota' },
      'run: teacher.payment',
      'nothing',
    ],
    [
      'teacher fault: 429 that speaks of too many tokens',
      { type: 'tooMany', form: 'tokens' },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 429 of the tokens of a minute',
      { type: 'tooMany', form: 'tokensPerMinute' },
      'accepted',
      'nothing',
    ],
  ]);

  it('teacher fault: 429 with retry-after 120', async () => {
    const control = new AbortController();
    const made = await scene(
      [{ fault: { type: 'tooMany', form: 'seconds', seconds: 120 } }],
      {},
      { onPause: () => control.abort() },
    );
    const request = requestOf(0);
    await expect(made.opened.teacher.ask(request, control.signal)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await sameBooks(made.server, made.bench, made.opened, made.endpoint)).toEqual([
      'nothing',
    ]);
  });

  const bucket = async (
    rate: object,
    calls: number,
    fewestRefused: number,
    { maxTokens, initialRate = 1000 }: { maxTokens?: number; initialRate?: number } = {},
  ): Promise<void> => {
    const made = await scene([{ fault: { type: 'rate', ...rate } }], { initialRate });
    const asked = Array.from({ length: calls }, (_, draw) =>
      made.opened.teacher.ask(requestOf(draw, maxTokens), never),
    );
    const replies = await Promise.all(asked);
    expect(replies.every(({ finishReason }) => finishReason === 'stop')).toBe(true);
    const { requests, promptTokens, completionTokens, possiblyBilled } =
      made.opened.teacher.spending();
    const totals = made.server.ledger.totals();
    expect(totals.requests - calls).toBeGreaterThanOrEqual(fewestRefused);
    expect({ requests, promptTokens, completionTokens, possiblyBilled }).toEqual({
      requests: totals.requests,
      promptTokens: totals.billedPromptTokens,
      completionTokens: totals.billedCompletionTokens,
      possiblyBilled: 0,
    });
  };
  it('teacher fault: token bucket of requests a second', () =>
    bucket({ requestsPerSecond: 20, burst: 2, headers: true }, 20, 0));
  it('teacher fault: token bucket of requests a second, not announced', () =>
    // Ten times what it gives: some are refused for sure, and the way down to its rate is no wait of half a minute.
    bucket({ requestsPerSecond: 20, burst: 2, headers: false }, 20, 1, { initialRate: 200 }));
  it('teacher fault: token bucket of tokens a minute', () =>
    // Seven limits of 9,500 are more than a minute holds, however slowly they come within some seconds.
    bucket(
      { requestsPerSecond: 1000, tokensPerMinute: 60_000, retryAfter: true, headers: false },
      7,
      1,
      { maxTokens: 9500 },
    ));
});

describe('status', () => {
  const failure = (status: number): object => ({ type: 'status', status });
  playEach([
    [
      'teacher fault: 400 context length',
      { type: 'status', status: 400, reason: 'contextLength' },
      'item: teacher.context',
      'nothing',
    ],
    [
      'teacher fault: 400 filter',
      { type: 'status', status: 400, reason: 'contentFilter' },
      'item: teacher.filtered',
      'nothing',
    ],
    ['teacher fault: status 401', failure(401), 'run: teacher.auth', 'nothing'],
    ['teacher fault: status 402', failure(402), 'run: teacher.payment', 'nothing'],
    ['teacher fault: status 403', failure(403), 'run: teacher.auth', 'nothing'],
    ['teacher fault: status 404', failure(404), 'run: teacher.model', 'nothing'],
    ['teacher fault: status 408', failure(408), 'accepted', 'nothing'],
    ['teacher fault: status 409', failure(409), 'accepted', 'nothing'],
    ['teacher fault: status 425', failure(425), 'accepted', 'nothing'],
    ['teacher fault: status 500', failure(500), 'accepted', 'nothing'],
    ['teacher fault: status 502', failure(502), 'accepted', 'nothing'],
    ['teacher fault: status 503', failure(503), 'accepted', 'nothing'],
    ['teacher fault: status 529', failure(529), 'accepted', 'nothing'],
    [
      'teacher fault: 500 that names the context window',
      { type: 'status', status: 500, reason: 'contextWindow' },
      'accepted',
      'nothing',
    ],
    [
      'teacher fault: 503 of the moderation service',
      { type: 'status', status: 503, reason: 'moderation' },
      'accepted',
      'nothing',
    ],
  ]);

  it('teacher fault: a storm of 503', async () => {
    const made = await scene(
      [{ match: { probability: 0.6, seed: 5 }, fault: failure(503), forMs: 3_600_000 }],
      { concurrency: 1 },
      { options: { attempts: 50 } },
    );
    for (let draw = 0; draw < 12; draw += 1) {
      await made.opened.teacher.ask(requestOf(draw), never);
    }
    const books = await sameBooks(made.server, made.bench, made.opened, made.endpoint);
    expect(books.filter((one) => one === 'same tokens')).toHaveLength(12);
    expect(books.filter((one) => one === 'nothing').length).toBeGreaterThan(4);
  });
});

describe('time', () => {
  playEach([
    [
      'teacher fault: slow headers',
      { type: 'slow', at: 'headers', ms: 300 },
      'accepted',
      'same tokens',
    ],
    [
      'teacher fault: slow first token',
      { type: 'slow', at: 'firstToken', ms: 300 },
      'accepted',
      'same tokens',
    ],
  ]);

  playEach(
    [
      [
        'teacher fault: 1 byte a second',
        { type: 'trickle', bytesPerSecond: 1 },
        'accepted',
        'unknown',
      ],
      [
        'teacher fault: stall in the headers',
        { type: 'stall', at: 'headers' },
        'accepted',
        'unknown',
      ],
      ['teacher fault: stall in the body', { type: 'stall', at: 'body' }, 'accepted', 'unknown'],
      [
        'teacher fault: stall in the stream',
        { type: 'stall', at: 'stream' },
        'accepted',
        'unknown',
      ],
      [
        'teacher fault: stall in the stream with comment keep-alives',
        { type: 'stall', at: 'stream', keepAliveMs: 50 },
        'accepted',
        'unknown',
      ],
    ],
    IMPATIENT,
  );
});

describe('the end of a stream', () => {
  const finish = (reason: string | null): object => ({ type: 'finish', reason });
  playEach([
    [
      'teacher fault: half-close after some chunks',
      { type: 'fin', afterChunks: 2 },
      'accepted',
      'unknown',
    ],
    [
      'teacher fault: reset after some bytes',
      { type: 'reset', afterBytes: 600 },
      'accepted',
      'unknown',
    ],
    [
      'teacher fault: [DONE] without finish reason',
      { type: 'ending', form: 'doneOnly' },
      'accepted',
      'same tokens',
      'again',
    ],
    [
      'teacher fault: finish reason without [DONE]',
      { type: 'ending', form: 'finishOnly' },
      'accepted',
      'same tokens',
    ],
    ['teacher fault: finish length', finish('length'), 'item: teacher.unfinished', 'same tokens'],
    [
      'teacher fault: finish content_filter',
      finish('content_filter'),
      'item: teacher.filtered',
      'same tokens',
    ],
    ['teacher fault: finish error', finish('error'), 'accepted', 'same tokens', 'again'],
    ['teacher fault: finish null', finish(null), 'accepted', 'same tokens', 'again'],
    [
      'teacher fault: finish unknown',
      finish('end_of_days'),
      'item: teacher.unfinished',
      'same tokens',
    ],
  ]);
});
