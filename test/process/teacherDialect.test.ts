import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keepKnown, loadKnown, serverName } from '../../src/node/teacher/capabilities.ts';
import { PLAIN_DIALECT, type Dialect } from '../../src/node/teacher/dialect.ts';
import { probeTeacher, type Probed } from '../../src/node/teacher/probe.ts';
import { promptTokens, speak, type Behaviour } from '../fakes/dialectServer.ts';
import { startFaultServer, type FaultServer, type RateLimit } from '../fakes/faultServer.ts';
import { endpointFor, never, newBench, requestFor } from '../fakes/teacherBench.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { scene } from './programmatic/faultPlay.ts';

async function serve(behaviour: Behaviour, limit?: RateLimit): Promise<FaultServer> {
  const server = await startFaultServer((_, seen) => speak(behaviour, seen), limit);
  onTestFinished(() => server.close());
  return server;
}

const ASKED = ['What is 17 + 25?'];
const probe = async (behaviour: Behaviour, limit?: RateLimit): Promise<Probed> =>
  probeTeacher(endpointFor((await serve(behaviour, limit)).baseURL), ASKED, never);

describe('a server is asked as it takes it', () => {
  it('without what it refuses, whose refusal is no failed try; the books hold, and the next run knows it', async () => {
    const refuses = ['max_tokens', 'seed', 'stream_options', 'temperature'];
    const server = await serve({ refuses });
    const bench = await newBench();
    onTestFinished(() => bench.dispose());
    const learned: Dialect[] = [];
    const opened = await bench.open(endpointFor(server.baseURL), {
      onLearned: (dialect) => learned.push(dialect),
      options: { attempts: 1 },
    });
    const all = ['q1', 'q2', 'q3'].map((name) => opened.teacher.ask(requestFor(name), never));
    const replies = await Promise.all(all);
    expect(replies.map(({ finishReason }) => finishReason)).toEqual(['stop', 'stop', 'stop']);
    expect(learned).toHaveLength(4);
    expect(learned.at(-1)).toEqual({
      ...PLAIN_DIALECT,
      tokenLimitField: 'max_completion_tokens',
      seed: false,
      streamUsage: false,
      temperature: false,
    });
    const last = server.seen.at(-1)?.body;
    expect(last).toMatchObject({ max_completion_tokens: 100, top_p: 1 });
    for (const name of refuses) expect(last).not.toHaveProperty(name);
    const { requests, possiblyBilled } = opened.teacher.spending();
    expect([requests, possiblyBilled]).toEqual([server.seen.length, 0]);
    expect(bench.warnings).toHaveLength(4);
    const before = server.seen.length;
    const dialect = learned.at(-1) ?? PLAIN_DIALECT;
    const later = await bench.open(endpointFor(server.baseURL, { dialect }), { writer: 'w2' });
    await later.teacher.ask(requestFor('q4'), never);
    expect(server.seen).toHaveLength(before + 1);
  });

  it('and a request is given up that is refused for what cannot be left out', async () => {
    const server = await serve({ refuses: ['max_tokens', 'max_completion_tokens'] });
    const bench = await newBench();
    onTestFinished(() => bench.dispose());
    const { teacher } = await bench.open(endpointFor(server.baseURL));
    await expect(teacher.ask(requestFor('q1'), never)).rejects.toMatchObject({
      code: 'teacher.badRequest',
      detail: { scope: 'item' },
    });
    expect(server.seen).toHaveLength(3);
  });
});

describe('a value that a server does not allow', () => {
  const refusing = async (param: string, message: string): Promise<FaultServer> => {
    const server = await startFaultServer((_, { body }) =>
      Object.hasOwn(body, param)
        ? { kind: 'status', status: 400, body: { error: { message, param } } }
        : { kind: 'reply' },
    );
    onTestFinished(() => server.close());
    return server;
  };

  it.each([
    ['temperature', "Invalid 'temperature': Expected a value <= 0.5, but got 0.7 instead."],
    ['max_tokens', 'max_tokens is too large: 100. This model supports at most 64.'],
  ])('ends the run with its words, and %s is sent as before', async (param, message) => {
    const server = await refusing(param, message);
    const bench = await newBench();
    onTestFinished(() => bench.dispose());
    const learned: Dialect[] = [];
    const { teacher } = await bench.open(endpointFor(server.baseURL), {
      onLearned: (dialect) => learned.push(dialect),
    });
    const asked = Promise.allSettled(['q1', 'q2'].map((q) => teacher.ask(requestFor(q), never)));
    for (const outcome of await asked) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: { code: 'teacher.badRequest', detail: { scope: 'run' } },
      });
      expect(outcome.status === 'rejected' && String(outcome.reason)).toContain(message);
    }
    expect(learned).toEqual([]);
    expect(server.seen.map(({ body }) => Object.hasOwn(body, param))).toEqual([true]);
  });

  it('does not keep a probe from its end where the value was the probe’s own', async () => {
    const server = await startFaultServer((_, seen) =>
      seen.body['max_tokens'] === 8
        ? { kind: 'status', status: 400, body: { error: { message: 'max_tokens: at least 16' } } }
        : speak({}, seen),
    );
    onTestFinished(() => server.close());
    const { findings, dialect } = await probeTeacher(endpointFor(server.baseURL), ASKED, never);
    expect(findings).toMatchObject({ max_tokens: 'unknown', max_completion_tokens: 'taken' });
    expect(dialect.tokenLimitField).toBe('max_completion_tokens');
  });
});

describe('a probe', () => {
  it('finds everything that a rich server takes', async () => {
    const limit = { perSecond: 1000, burst: 100, announce: true };
    const server = await serve({ reasons: true, cached: 32, models: ['a', 'fault-1'] }, limit);
    const probed = await probeTeacher(endpointFor(server.baseURL), ASKED, never);
    const calls = server.seen.filter(({ path }) => !path.endsWith('/models'));
    const read = calls.map(({ body }) => promptTokens(body));
    expect(probed.dialect).toEqual({ ...PLAIN_DIALECT, json: 'json_schema' });
    expect(probed.findings).toEqual({
      n: 'taken',
      stop: 'taken',
      max_tokens: 'taken',
      max_completion_tokens: 'taken',
      usage: true,
      cachedTokens: true,
      rateHeaders: true,
      reasoning: true,
      listed: true,
      counted: { told: Math.max(...read), guessed: expect.any(Number) },
    });
    const { told, guessed } = probed.findings.counted ?? { told: 0, guessed: 0 };
    expect(guessed / told).toBeGreaterThan(1);
    expect(guessed / told).toBeLessThan(1.5);
    expect(probed.models).toEqual(['a', 'fault-1']);
    expect(probed.replies.map(({ text }) => text)).toEqual(['42']);
    expect(probed.spent).toMatchObject({
      requests: 6,
      promptTokens: read.reduce((sum, one) => sum + one),
      cachedTokens: 192,
    });
  });

  it('tells what is ignored from what is refused', async () => {
    const probed = await probe({
      refuses: ['n', 'temperature', 'max_tokens'],
      ignores: ['stop', 'response_format'],
      usage: false,
    });
    expect(probed.dialect).toEqual({
      ...PLAIN_DIALECT,
      temperature: false,
      tokenLimitField: 'max_completion_tokens',
      json: 'none',
    });
    expect(probed.findings).toEqual({
      n: 'refused',
      stop: 'ignored',
      max_tokens: 'refused',
      max_completion_tokens: 'taken',
      usage: false,
      cachedTokens: false,
      rateHeaders: false,
      reasoning: false,
      listed: null,
      counted: null,
    });
    expect(probed.models).toBeNull();
  });

  it('does not ask for more than a list that the model is not in, or that is none', async () => {
    const other = await probe({ models: ['another', 'third'] });
    expect([other.findings.listed, other.models]).toEqual([false, ['another', 'third']]);
    const tagged = await probe({ models: ['fault-1:latest'] });
    expect(tagged.findings.listed).toBe(true);
    for (const list of ['<html>', '{"data":[]}', '[]']) {
      const server = await startFaultServer((_, seen) =>
        seen.path.endsWith('/models')
          ? { kind: 'body', type: 'application/json', body: list }
          : speak({}, seen),
      );
      onTestFinished(() => server.close());
      const probed = await probeTeacher(endpointFor(server.baseURL), ASKED, never);
      expect(probed.findings.listed).toBeNull();
    }
  });

  it('takes the field that limits where the other one has no effect', async () => {
    const probed = await probe({ ignores: ['max_tokens', 'n'] });
    expect(probed.findings).toMatchObject({ n: 'ignored', max_tokens: 'ignored' });
    expect(probed.dialect.tokenLimitField).toBe('max_completion_tokens');
  });

  it('of the embedded teacher finds what its server does, in as many calls as it says', async () => {
    const made = await scene([]);
    const probed = await probeTeacher(made.endpoint, ASKED, never);
    expect(probed.findings).toMatchObject({
      n: 'taken',
      max_tokens: 'taken',
      max_completion_tokens: 'taken',
      usage: true,
      cachedTokens: true,
      rateHeaders: false,
      reasoning: false,
      listed: true,
    });
    const { told = 0, guessed = 0 } = probed.findings.counted ?? {};
    expect(Math.abs(Math.log2(told / guessed))).toBeLessThan(1);
    const { requests, billedPromptTokens, billedCompletionTokens } = made.server.ledger.totals();
    expect(probed.spent).toMatchObject({
      requests,
      promptTokens: billedPromptTokens,
      completionTokens: billedCompletionTokens,
    });
  });

  it('stops at what is wrong with every request, and when it is told to', async () => {
    const broken = await startFaultServer(() => ({ kind: 'status', status: 401 }));
    onTestFinished(() => broken.close());
    const refused = probeTeacher(endpointFor(broken.baseURL), ASKED, never);
    await expect(refused).rejects.toMatchObject({ code: 'teacher.auth' });
    expect(broken.seen).toHaveLength(1);
    const silent = await startFaultServer(() => ({ kind: 'hang', after: 'nothing' }));
    onTestFinished(() => silent.close());
    const control = new AbortController();
    const probing = probeTeacher(endpointFor(silent.baseURL), ASKED, control.signal);
    const stopped = expect(probing).rejects.toMatchObject({ code: 'cancelled' });
    await expect.poll(() => silent.seen.length, { timeout: 60_000 }).toBe(1);
    control.abort();
    await stopped;
  });
});

describe('what is known of servers', () => {
  it('is kept by address and model, with its date, and findings outlive what a run learns', async () => {
    const path = join(await temporaryFolder(), 'deep', 'capabilities.json');
    const one = serverName(new URL('https://api.example.com/v1'), 'm');
    const other = serverName(new URL('https://api.example.com/v1'), 'n');
    expect(await loadKnown(path, one)).toBeUndefined();
    const { findings } = await probe({});
    await keepKnown(path, one, { now: 0, dialect: PLAIN_DIALECT, findings });
    await keepKnown(path, other, { now: 0, dialect: { ...PLAIN_DIALECT, seed: false } });
    await keepKnown(path, one, { now: 1000, dialect: { ...PLAIN_DIALECT, topP: false } });
    expect(await loadKnown(path, one)).toEqual({
      ...one,
      at: '1970-01-01T00:00:01.000Z',
      dialect: { ...PLAIN_DIALECT, topP: false },
      findings,
    });
    expect((await loadKnown(path, other))?.dialect.seed).toBe(false);
    expect(await readFile(path, 'utf8')).not.toContain('sk-');
  });
});
