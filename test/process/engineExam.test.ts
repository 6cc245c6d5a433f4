import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExamItem, ExamRequest, FinishedAttempt } from '../../src/core/exam/attempt.ts';
import type { ChildMessage, ParentMessage } from '../../src/core/exam/engineContract.ts';
import { EngineChild } from '../../src/node/exam/engineChild.ts';
import { EngineStudent } from '../../src/node/engineStudent.ts';
import { ENGINE_BUNDLE, TEXT_STUDENT } from './engineFixtures.ts';

const student = new EngineStudent(ENGINE_BUNDLE);
const never = new AbortController().signal;

function makeItems(questions: number, samples: number): ExamItem[] {
  return Array.from({ length: questions * samples }, (_, i) => {
    const q = Math.floor(i / samples);
    const more = ' He buys 3 more each day.'.repeat(q % 4);
    return {
      questionId: `q${q}`,
      sample: i % samples,
      prompt: `Question: Tom has ${q} apples.${more}\nReasoning:`,
    };
  });
}

const request = (change: Partial<ExamRequest>): ExamRequest => ({
  student: TEXT_STUDENT,
  head: '',
  items: makeItems(6, 2),
  sampling: { temperature: 0.9, topK: 50, topP: 0.95 },
  seed: 'round-0',
  maxNewTokens: 24,
  stopAtAnswerLine: true,
  processes: 1,
  ...change,
});

const keyOf = (a: { questionId: string; sample: number }): string => `${a.questionId}#${a.sample}`;

/** Sits an exam; `watch` is called with each attempt. */
async function sit(
  change: Partial<ExamRequest>,
  watch: (attempt: FinishedAttempt, count: number) => void = () => undefined,
  signal: AbortSignal = never,
): Promise<Map<string, FinishedAttempt>> {
  const attempts = new Map<string, FinishedAttempt>();
  const whole = request(change);
  await student.sit(whole, {
    signal,
    report: () => undefined,
    onAttempt: (attempt) => {
      expect(attempts.has(keyOf(attempt))).toBe(false);
      attempts.set(keyOf(attempt), attempt);
      watch(attempt, attempts.size);
    },
  });
  expect([...attempts.keys()].sort()).toEqual(whole.items.map(keyOf).sort());
  return attempts;
}

/** Process ids of the engine processes that `parent` has; Linux only, as the tests' machines are. */
function engineProcesses(parent = process.pid): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    try {
      if (!/^\d+$/u.test(entry)) return [];
      // "pid (name) state ppid …": the name may hold spaces and brackets.
      const [state, ppid] = readFileSync(`/proc/${entry}/stat`, 'utf8')
        .replace(/^.*\) /su, '')
        .split(' ');
      const ours = readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(ENGINE_BUNDLE);
      return Number(ppid) === parent && ours && state !== 'Z' ? [Number(entry)] : [];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

/** Whether a process runs; a zombie is over, only nobody has looked yet. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe('an exam through engine processes', () => {
  it('answers every item with text, ids and a finish that belong together', async () => {
    const progress: { done: number; total: number }[] = [];
    const attempts: FinishedAttempt[] = [];
    await student.sit(request({}), {
      signal: never,
      report: ({ done, total }) => progress.push({ done, total }),
      onAttempt: (attempt) => void attempts.push(attempt),
    });
    expect(attempts).toHaveLength(12);
    expect(progress.at(-1)).toEqual({ done: 12, total: 12 });
    for (const { ids, finish, minMargin } of attempts) {
      expect(ids.length).toBeGreaterThan(0);
      expect(ids.length).toBeLessThanOrEqual(24);
      expect(finish === 'eos').toBe(ids.at(-1) === 0);
      expect(minMargin).toBeGreaterThanOrEqual(0);
    }
    expect(new Set(attempts.map(({ text }) => text)).size).toBeGreaterThan(6);
    expect(engineProcesses()).toEqual([]);
  });

  it('gives transformers’ greedy tokens', async () => {
    const parity = JSON.parse(readFileSync(`${TEXT_STUDENT}/parity.json`, 'utf8')) as {
      prompts: { text: string; greedyIds: number[] }[];
    };
    const attempts = await sit({
      items: parity.prompts.map(({ text }, i) => ({
        questionId: `p${i}`,
        sample: 0,
        prompt: text,
      })),
      sampling: { temperature: 0, topK: 1, topP: 1 },
      maxNewTokens: 32,
      stopAtAnswerLine: false,
    });
    parity.prompts.forEach(({ greedyIds }, i) => {
      const { ids, finish } = attempts.get(`p${i}#0`)!;
      const shown = finish === 'loop' ? greedyIds.slice(0, ids.length) : greedyIds;
      expect(ids).toEqual(shown);
    });
  });

  it('gives an item the same tokens alone, in company, in any order and over two processes', async () => {
    const items = makeItems(12, 3);
    for (const head of ['', 'Question: Ann has 2 pens.\nReasoning: So 2.\nAnswer: 2\n\n']) {
      const whole = await sit({ items, head, processes: 2 });
      const order = fc.sample(fc.shuffledSubarray(items, { minLength: 5, maxLength: 9 }), {
        numRuns: 3,
        seed: 7,
      });
      for (const subset of [[items[7]!], ...order]) {
        const attempts = await sit({ items: subset, head });
        for (const [key, attempt] of attempts) expect(attempt).toEqual(whole.get(key));
      }
    }
  }, 120_000);

  it('depends on seed, sample and sampling, not on which items are asked for', async () => {
    const [one, two] = [await sit({}), await sit({ seed: 'round-1' })];
    const texts = (attempts: Map<string, FinishedAttempt>): string[] =>
      [...attempts.values()].map(({ text }) => text);
    expect(texts(two)).not.toEqual(texts(one));
    expect(one.get('q0#0')!.text).not.toBe(one.get('q0#1')!.text);
  });
});

describe('an engine process', () => {
  it('replays one item alone with the stored tokens, and refuses it before the exam', async () => {
    const items = makeItems(5, 2);
    const messages: ChildMessage[] = [];
    let done = 0;
    const { head, sampling, seed, maxNewTokens, stopAtAnswerLine } = request({});
    const settings: ParentMessage = {
      type: 'start',
      folder: TEXT_STUDENT,
      ...{ head, sampling, seed, maxNewTokens, stopAtAnswerLine },
      ...{ slots: 16, threads: 1, memoryBytes: 1e8 },
    };
    const child = new EngineChild(ENGINE_BUNDLE, {
      onExit: () => undefined,
      onMessage: (message) => {
        messages.push(message);
        if (message.type === 'error') child.send(settings);
        if (message.type === 'need') child.send({ type: 'items', items, last: true });
        if (message.type !== 'done') return;
        if (++done === 1) child.send({ type: 'replay', item: items[7]! });
        else child.kill();
      },
    });
    child.send({ type: 'replay', item: items[7]! });
    await child.exited;
    const kinds = messages.map(({ type }) => type);
    expect(kinds).toContain('hello');
    expect(messages.find(({ type }) => type === 'error')).toMatchObject({ code: 'usage' });
    expect(messages.find(({ type }) => type === 'hello')).toMatchObject({ zeroCopy: true });
    const attempts = messages.flatMap((m) => (m.type === 'attempts' ? m.attempts : []));
    expect(attempts).toHaveLength(11);
    const [stored, again] = attempts.filter((a) => keyOf(a) === keyOf(items[7]!));
    expect(again).toEqual(stored);
  });
});

describe('an exam whose processes are lost', () => {
  it('fault: exam child killed or out of memory mid-exam', async () => {
    const items = makeItems(30, 4);
    const expected = await sit({ items, processes: 2, maxNewTokens: 40 });
    const killed: number[] = [];
    const attempts = await sit({ items, processes: 2, maxNewTokens: 40 }, (_, count) => {
      // Two SIGKILLs, as the system's killer sends them, at different moments.
      if (count !== 1 && count !== 60) return;
      const [pid] = engineProcesses();
      if (pid === undefined) return;
      killed.push(pid);
      process.kill(pid, 'SIGKILL');
    });
    expect(killed.length).toBeGreaterThan(0);
    for (const [key, attempt] of attempts) expect(attempt).toEqual(expected.get(key));
    expect(engineProcesses()).toEqual([]);
  }, 120_000);

  it('gives up after the third loss and names the items', async () => {
    // Takes items like an engine process and then aborts, as native code would.
    const folder = mkdtempSync(path.join(tmpdir(), 'tailor-abort-'));
    const bundle = path.join(folder, 'engine.cjs');
    writeFileSync(
      bundle,
      `process.on('message', (m) => {
        if (m.type === 'start') process.send({ type: 'need', count: 2 });
        if (m.type === 'items') process.abort();
      });
      process.on('disconnect', () => process.exit(0));`,
    );
    try {
      const running = new EngineStudent(bundle).sit(request({ items: makeItems(4, 1) }), {
        signal: never,
        report: () => undefined,
        onAttempt: () => undefined,
      });
      await expect(running).rejects.toMatchObject({
        name: 'AppError',
        code: 'engine.crashed',
        message: expect.stringContaining('q0#0, q1#0'),
        detail: { signal: 'SIGABRT', items: ['q0#0', 'q1#0'] },
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('stops soon when asked, and hands over what was finished', async () => {
    const abort = new AbortController();
    let asked = 0;
    const running = sit(
      { items: makeItems(300, 4), maxNewTokens: 300, processes: 2 },
      () => {
        asked ||= performance.now();
        abort.abort();
      },
      abort.signal,
    );
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(asked).toBeGreaterThan(0);
    // The promise is one second; a loaded test machine gets two.
    expect(performance.now() - asked).toBeLessThan(2000);
    expect(engineProcesses()).toEqual([]);
  });

  it('does not start when the signal is aborted already', async () => {
    await expect(sit({}, () => undefined, AbortSignal.abort())).rejects.toMatchObject({
      code: 'cancelled',
    });
  });

  it('passes on a failure to store an attempt, and leaves no process', async () => {
    const full = new Error('disk full');
    const running = student.sit(request({}), {
      signal: never,
      report: () => undefined,
      onAttempt: () => Promise.reject(full),
    });
    await expect(running).rejects.toBe(full);
    expect(engineProcesses()).toEqual([]);
  });

  it('leaves no engine process behind when its parent is killed', async () => {
    const script = `
      import { EngineStudent } from ${JSON.stringify(new URL('../../src/node/engineStudent.ts', import.meta.url).href)};
      const request = ${JSON.stringify(request({ items: makeItems(200, 4), maxNewTokens: 400, processes: 2 }))};
      await new EngineStudent(${JSON.stringify(ENGINE_BUNDLE)}).sit(request, {
        signal: new AbortController().signal,
        report: () => undefined,
        onAttempt: () => console.log('attempt'),
      });`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const children = engineProcesses(parent.pid);
    expect(children).toHaveLength(2);
    parent.kill('SIGKILL');
    await once(parent, 'close');
    const deadline = performance.now() + 20_000;
    while (children.some(isAlive) && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(children.filter(isAlive)).toEqual([]);
  });
});
