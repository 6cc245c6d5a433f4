import { afterEach, describe, expect, it } from 'vitest';
import { isAppError, type AppError } from '../../src/core/errors.ts';
import { MAX_REPLY_CHARACTERS } from '../../src/node/teacher/collector.ts';
import type { OpenedTeacher } from '../../src/node/teacher/createTeacher.ts';
import type { Endpoint } from '../../src/node/teacher/endpoint.ts';
import {
  GOOD_REPLY,
  chunk,
  event,
  goodStream,
  startFaultServer,
  type Fault,
  type FaultServer,
} from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor, type Bench } from '../fakes/teacherBench.ts';

const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

interface Scene {
  readonly server: FaultServer;
  readonly bench: Bench;
  readonly opened: OpenedTeacher;
}

/** A server that answers the first requests with the given faults and then well, and a client before it. */
async function scene(
  faults: readonly Fault[],
  more: Partial<Endpoint> = {},
  options: Parameters<Bench['open']>[1] = {},
): Promise<Scene> {
  const server = await startFaultServer((nth) => faults[nth - 1] ?? { kind: 'reply' });
  undo.push(() => server.close());
  const bench = await newBench();
  undo.push(() => bench.dispose());
  const opened = await bench.open(endpointFor(server.baseURL, more), options);
  return { server, bench, opened };
}

async function failureOf(promise: Promise<unknown>): Promise<AppError> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => {
      if (!isAppError(error)) throw error;
      return error;
    },
  );
}

const IMPATIENT = { deadlines: { firstTokenMs: 1500, idleMs: 1200, totalMs: 20_000 } };

async function recover(faults: readonly Fault[], more: Partial<Endpoint> = {}): Promise<Scene> {
  const made = await scene(faults, more);
  const reply = await made.opened.teacher.ask(requestFor('q1'), never);
  expect(reply.text).toBe(GOOD_REPLY);
  const asked = made.server.seen.length;
  // With short deadlines a busy machine's good reply may come too late as well, and is asked for again.
  if (more.deadlines === undefined) expect(asked).toBe(faults.length + 1);
  else expect(asked).toBeGreaterThan(faults.length);
  expect(made.opened.teacher.spending().requests).toBe(asked);
  return made;
}

describe('fault: 429 ± retry-after (1, 120 s, HTTP date), 529/503 storms', () => {
  it.each([
    ['none', {}],
    ['retry-after-ms', { 'retry-after-ms': '30' }],
    ['retry-after in seconds', { 'retry-after': '0.05' }],
    ['retry-after as a date', { 'retry-after': new Date(Date.now()).toUTCString() }],
    ['x-should-retry: false', { 'x-should-retry': 'false' }],
  ])('fault: 429 with %s: paced, 0 lost, no try used up', async (_, headers) => {
    const limited: Fault = { kind: 'status', status: 429, headers };
    const { bench, opened } = await recover([limited, limited, limited]);
    const records = await bench.records();
    expect(records.filter(({ type }) => type === 'fail')).toHaveLength(3);
    expect(records.at(-1)).toMatchObject({ type: 'reply', attempt: 1 });
    expect(opened.teacher.spending().possiblyBilled).toBe(0);
  });

  it('fault: 429 more often than there are tries is still not lost', async () => {
    const limited: Fault = { kind: 'status', status: 429, headers: { 'retry-after-ms': '1' } };
    const { opened, server } = await scene([limited, limited], {}, { options: { attempts: 1 } });
    await opened.teacher.ask(requestFor('q1'), never);
    expect(server.seen).toHaveLength(3);
  });

  it('fault: 429 with a wait of minutes holds back all, tells until when, and can be stopped', async () => {
    const limited: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '120' } };
    let until = 0;
    const { opened, server } = await scene([limited], {}, { onPause: (time) => (until = time) });
    const control = new AbortController();
    const asked = failureOf(opened.teacher.ask(requestFor('q1'), control.signal));
    const other = failureOf(opened.teacher.ask(requestFor('q2'), control.signal));
    await expect.poll(() => until, { timeout: 60_000 }).toBeGreaterThan(Date.now() + 60_000);
    control.abort();
    expect([(await asked).code, (await other).code]).toEqual(['cancelled', 'cancelled']);
    expect(server.seen).toHaveLength(1);
  });

  it('fault: 429 with a wait beyond patience ends the run cleanly', async () => {
    const limited: Fault = { kind: 'status', status: 429, headers: { 'retry-after': '3600' } };
    const { opened, server } = await scene([limited]);
    const error = await failureOf(opened.teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.rateLimited', detail: { scope: 'run' } });
    await failureOf(opened.teacher.ask(requestFor('q2'), never));
    expect(server.seen).toHaveLength(1);
  });

  it.each([408, 409, 425, 500, 502, 503, 529])('fault: %d storms are sat out', async (status) => {
    const { bench } = await recover([
      { kind: 'status', status },
      { kind: 'status', status, headers: { 'retry-after-ms': '10' } },
    ]);
    expect((await bench.records()).at(-1)).toMatchObject({ type: 'reply', attempt: 3 });
  });

  it('fault: 503 with x-should-retry: false is obeyed', async () => {
    const { opened, server } = await scene([
      { kind: 'status', status: 503, headers: { 'x-should-retry': 'false' } },
    ]);
    const error = await failureOf(opened.teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.server', detail: { scope: 'item' } });
    expect(server.seen).toHaveLength(1);
  });
});

describe('fault: 401, 402, 403, 404, insufficient_quota', () => {
  it.each([
    ['401', { kind: 'status', status: 401 }, 'teacher.auth'],
    ['402', { kind: 'status', status: 402 }, 'teacher.payment'],
    ['403', { kind: 'status', status: 403 }, 'teacher.auth'],
    ['404', { kind: 'status', status: 404 }, 'teacher.model'],
    [
      'insufficient_quota',
      {
        kind: 'status',
        status: 429,
        body: { error: { message: 'no money', code: 'insufficient_quota' } },
      },
      'teacher.payment',
    ],
  ] as [string, Fault, string][])('fault: %s stops the run once', async (_, fault, code) => {
    const { opened, server } = await scene(Array.from({ length: 40 }, () => fault));
    const asked = Array.from({ length: 30 }, (_unused, i) =>
      failureOf(opened.teacher.ask(requestFor(`q${i}`), never)),
    );
    for (const error of await Promise.all(asked)) {
      expect(error).toMatchObject({ code, detail: { scope: 'run' } });
      expect(error.hint).toBeTruthy();
    }
    expect(server.seen).toHaveLength(1);
  });

  it('fault: 401 amid a run sends no more than what is in flight', async () => {
    const server = await startFaultServer((nth) =>
      nth <= 10 ? { kind: 'reply' } : { kind: 'status', status: 401 },
    );
    undo.push(() => server.close());
    const bench = await newBench();
    undo.push(() => bench.dispose());
    const { teacher } = await bench.open(endpointFor(server.baseURL, { concurrency: 4 }));
    const all = Array.from({ length: 60 }, (_, i) => teacher.ask(requestFor(`q${i}`), never));
    const settled = await Promise.allSettled(all);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    expect(server.seen.length).toBeLessThanOrEqual(10 + 1 + 4);
  });

  it('five requests given up in a row break the run, everything kept', async () => {
    const { opened, server } = await scene(
      Array.from({ length: 100 }, () => ({ kind: 'status', status: 500 }) as const),
      { concurrency: 1 },
      { options: { attempts: 2 } },
    );
    const errors: AppError[] = [];
    for (let i = 0; i < 7; i += 1) {
      errors.push(await failureOf(opened.teacher.ask(requestFor(`q${i}`), never)));
    }
    expect(errors.map(({ detail }) => detail['scope'])).toEqual([
      'item',
      'item',
      'item',
      'item',
      'run',
      'run',
      'run',
    ]);
    expect(server.seen).toHaveLength(10);
  });
});

describe('fault: 400 context overflow', () => {
  it.each([
    ['context', { message: 'x', code: 'context_length_exceeded' }, 'teacher.context'],
    ['context in words', { message: 'This exceeds the maximum context' }, 'teacher.context'],
    ['filter', { message: 'x', code: 'content_filter' }, 'teacher.filtered'],
    ['anything else', { message: 'no such parameter' }, 'teacher.badRequest'],
  ])(
    'fault: 400 context overflow and the like (%s): item flagged, run continues',
    async (_, error, code) => {
      const { opened, server } = await scene([{ kind: 'status', status: 400, body: { error } }]);
      const failure = await failureOf(opened.teacher.ask(requestFor('q1'), never));
      expect(failure).toMatchObject({ code, detail: { scope: 'item' } });
      await opened.teacher.ask(requestFor('q2'), never);
      expect(server.seen).toHaveLength(2);
    },
  );
});

describe('fault: headers hang, body stall, stream stall ± comment keep-alives', () => {
  it.each([
    ['headers hang', { kind: 'hang', after: 'nothing' }, 'teacher.timeout.firstToken'],
    ['body stall', { kind: 'hang', after: 'headers' }, 'teacher.timeout.firstToken'],
    [
      'body stall with comments',
      { kind: 'hang', after: 'headers', comments: true },
      'teacher.timeout.firstToken',
    ],
    ['stream stall', { kind: 'hang', after: 'words' }, null],
    ['stream stall with comments', { kind: 'hang', after: 'words', comments: true }, null],
  ] as [string, Fault, string | null][])(
    'fault: %s ends by a time-out and is tried again',
    async (_, fault, code) => {
      const { bench, server, opened } = await recover([fault], IMPATIENT);
      expect(server.seen[0]?.aborted).toBe(true);
      const [, first] = await bench.records();
      if (code === null) {
        expect(first).toMatchObject({ type: 'reply', text: 'First', finishReason: null });
      } else expect(first).toMatchObject({ type: 'fail', code, possiblyBilled: true });
      const { requests, possiblyBilled } = opened.teacher.spending();
      expect(possiblyBilled).toBe(requests - 1);
    },
  );

  it('fault: a stream stall shorter than its time-out meets the total deadline', async () => {
    const { opened } = await scene(
      [1, 2].map(() => ({ kind: 'hang', after: 'words', comments: true }) as const),
      { deadlines: { firstTokenMs: 20_000, idleMs: 20_000, totalMs: 500 } },
      { options: { attempts: 2 } },
    );
    const error = await failureOf(opened.teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.timeout.total', detail: { scope: 'item' } });
  });
});

describe('fault: half-closed stream, no finish_reason, `length`, `content_filter`', () => {
  it.each([
    ['half-closed', { kind: 'cut', how: 'end' }, 'First words'],
    ['reset', { kind: 'cut', how: 'reset' }, 'First words'],
    ['[DONE] without finish reason', { kind: 'finish', reason: null }, GOOD_REPLY],
    ['finish reason "error"', { kind: 'finish', reason: 'error' }, GOOD_REPLY],
  ] as [string, Fault, string][])(
    'fault: half-closed stream (%s): raw kept, never complete, tried again',
    async (_, fault, text) => {
      const { bench, opened } = await recover([fault]);
      const replies = (await bench.records()).filter(({ type }) => type === 'reply');
      expect(replies[0]).toMatchObject({ text, usage: { estimated: true } });
      expect(replies[1]).toMatchObject({ text: GOOD_REPLY, attempt: 2 });
      await opened.close();
      const again = await bench.open(endpointFor('http://127.0.0.1:1/v1'));
      expect((await bench.records()).length).toBe(4);
      await again.close();
    },
  );

  it.each([
    ['length', 'teacher.unfinished'],
    ['content_filter', 'teacher.filtered'],
    ['tool_calls', 'teacher.unfinished'],
    ['whatever', 'teacher.unfinished'],
  ])(
    'fault: half-closed stream: finish "%s" is kept, paid, and never a hit',
    async (reason, code) => {
      const usage = { prompt_tokens: 7, completion_tokens: 8 };
      const { bench, opened, server } = await scene([{ kind: 'finish', reason, usage }]);
      const error = await failureOf(opened.teacher.ask(requestFor('q1'), never));
      expect(error).toMatchObject({ code, detail: { scope: 'item' } });
      expect((await bench.records())[1]).toMatchObject({
        type: 'reply',
        text: GOOD_REPLY,
        finishReason: reason,
        usage: { promptTokens: 7, completionTokens: 8, estimated: false },
      });
      await opened.teacher.ask(requestFor('q1'), never);
      expect(server.seen).toHaveLength(2);
    },
  );

  it('a finish reason without [DONE] is accepted', async () => {
    const { opened } = await scene([{ kind: 'finish', reason: 'stop', sentinel: false }]);
    expect((await opened.teacher.ask(requestFor('q1'), never)).text).toBe(GOOD_REPLY);
  });
});

describe('fault: malformed JSON, HTML 200, empty, `{"error"}` 200, missing usage', () => {
  const sse = (body: string): Fault => ({ kind: 'body', type: 'text/event-stream', body });
  it.each([
    ['malformed JSON event', sse('data: {"choices": [\n\n'), 'teacher.malformed'],
    ['event of another form', sse(event({ choices: 'none' })), 'teacher.malformed'],
    [
      'truncated JSON body',
      { kind: 'body', type: 'application/json', body: '{"choices":[{' },
      'teacher.malformed',
    ],
    [
      'plain JSON body',
      { kind: 'body', type: 'application/json', body: '{"choices":[]}' },
      'teacher.malformed',
    ],
    [
      'HTML 200',
      { kind: 'body', type: 'text/html', body: '<html>Sign in</html>' },
      'teacher.malformed',
    ],
    ['empty body', sse(''), 'teacher.malformed'],
    ['empty reply', { kind: 'finish', reason: 'stop', text: ' ' }, null],
    [
      '{"error"} 200',
      {
        kind: 'body',
        type: 'application/json',
        body: '{"error":{"message":"upstream","code":502}}',
      },
      'teacher.server',
    ],
    [
      '{"error"} event',
      sse(event({ error: { message: 'upstream', code: 503 } })),
      'teacher.server',
    ],
  ] as [string, Fault, string | null][])(
    'fault: malformed JSON and the like (%s) is classified and tried again',
    async (_, fault, code) => {
      const { bench } = await recover([fault]);
      if (code !== null) expect((await bench.records())[1]).toMatchObject({ type: 'fail', code });
    },
  );

  it('fault: malformed JSON: a rate limit inside a 200 counts as one, an overdraft too', async () => {
    const limited = sse(event({ error: { message: 'slow', code: 429 } }));
    await recover([limited]);
    const broke = sse(event({ error: { message: 'no', code: 402 } }));
    const { opened } = await scene([broke]);
    const error = await failureOf(opened.teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.payment', detail: { scope: 'run' } });
  });

  it.each([
    ['missing', undefined],
    ['null', null],
    ['absurd', { prompt_tokens: 1e300, completion_tokens: -5 }],
    ['of another form', { prompt_tokens: 'many' }],
  ])('fault: malformed JSON: usage %s is estimated and flagged', async (_, usage) => {
    const { opened } = await scene([{ kind: 'finish', reason: 'stop', usage }]);
    const reply = await opened.teacher.ask(requestFor('q1'), never);
    expect(reply.usage.estimated).toBe(true);
    expect(reply.usage.completionTokens).toBe(Math.ceil(GOOD_REPLY.length / 3));
  });

  it('fault: malformed JSON: missing usage: what was thought in a field of its own counts, for it is billed', async () => {
    const body = [
      chunk({ reasoning_content: 'ä'.repeat(150) }),
      chunk({ reasoning: 'b'.repeat(60) }),
      chunk({ content: GOOD_REPLY }),
      chunk({}, 'stop'),
    ].join('');
    const { bench, opened } = await scene([sse(body)]);
    const reply = await opened.teacher.ask(requestFor('q1'), never);
    const written = Math.ceil(GOOD_REPLY.length / 3) + 120;
    expect(reply).toMatchObject({ text: GOOD_REPLY, usage: { completionTokens: written } });
    expect(JSON.stringify(await bench.records())).not.toContain('bbb');
    await opened.close();
    const later = await bench.open(endpointFor('http://127.0.0.1:1/v1'), { writer: 'later' });
    expect(later.teacher.spending().completionTokens).toBe(written);
  });

  it('usage in every chunk counts once, the last one', async () => {
    const usage = (n: number) => ({ usage: { prompt_tokens: 10, completion_tokens: n } });
    const body = [
      chunk({ content: GOOD_REPLY }, null, usage(1)),
      chunk({}, 'stop', usage(9)),
      'data: [DONE]\n\n',
    ].join('');
    const { opened } = await scene([sse(body)]);
    const reply = await opened.teacher.ask(requestFor('q1'), never);
    expect(reply.usage).toMatchObject({ completionTokens: 9, estimated: false });
  });
});

describe('fault: reply 5 MB, NUL, ANSI, bidi, lone surrogate', () => {
  it('fault: reply 5 MB is cut, flagged and never used', async () => {
    const part = chunk({ content: 'x'.repeat(100_000) });
    const { bench, opened } = await scene([
      { kind: 'pieces', pieces: Array.from({ length: 50 }, () => Buffer.from(part)) },
    ]);
    const error = await failureOf(opened.teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.unfinished', detail: { scope: 'item' } });
    const kept = (await bench.records())[1];
    expect(kept).toMatchObject({ type: 'reply', overlong: true });
    expect(kept?.type === 'reply' && kept.text.length).toBe(MAX_REPLY_CHARACTERS);
  });

  it('fault: reply 5 MB in one piece is cut as well', async () => {
    const { opened } = await scene([{ kind: 'reply', text: 'y'.repeat(5_000_000) }]);
    const error = await failureOf(opened.teacher.ask(requestFor('q1'), never));
    expect(error.code).toBe('teacher.unfinished');
  });

  it('fault: reply with NUL, ANSI, bidi and a lone surrogate survives the journal unchanged', async () => {
    const text = `a\u0000b\u001B[31mc\u202Ed\uD800e\u2028f\uFEFFg\r\nEND`;
    const { bench, opened, server } = await scene([{ kind: 'reply', text }]);
    expect((await opened.teacher.ask(requestFor('q1'), never)).text).toBe(text);
    await opened.close();
    const again = await bench.open(endpointFor(server.baseURL));
    expect((await again.teacher.ask(requestFor('q1'), never)).text).toBe(text);
    expect(server.seen).toHaveLength(1);
  });
});

describe('forms of a stream that are all the same reply', () => {
  const text = 'Ünïcödé 3 × 4 = 12 🍎.\nAnswer: 12\nEND';
  const whole = goodStream(text);
  const bytes = Buffer.from(whole);
  it.each([
    ['CRLF', [Buffer.from(whole.replaceAll('\n', '\r\n'))]],
    ['no space after data:', [Buffer.from(whole.replaceAll('data: ', 'data:'))]],
    ['comments between', [Buffer.from(whole.replaceAll('data: {', ': hi\n\ndata: {'))]],
    ['one segment', [bytes]],
    ['split at every byte', Array.from(bytes, (_, i) => bytes.subarray(i, i + 1))],
    ['thoughts beside it', [Buffer.from(chunk({ reasoning_content: 'hm' })), bytes]],
    [
      'another choice between',
      [
        Buffer.from(
          event({ choices: [{ index: 1, delta: { content: 'NO' }, finish_reason: null }] }),
        ),
        bytes,
      ],
    ],
  ])('%s', async (_, pieces) => {
    const { opened } = await scene([{ kind: 'pieces', pieces }]);
    const reply = await opened.teacher.ask(requestFor('q1'), never);
    expect(reply).toMatchObject({ text, finishReason: 'stop', responseModel: 'fault-1' });
  });
});
