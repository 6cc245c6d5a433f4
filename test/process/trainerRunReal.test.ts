import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isAppError } from '../../src/core/errors.ts';
import type { FrozenRow } from '../../src/core/round/frozen.ts';
import type { RunConfig } from '../../src/core/training/run.ts';
import { doctorFacts, probePython } from '../../src/node/python/probe.ts';
import { bridgeCommand } from '../../src/node/python/bridge.ts';
import { REPOSITORY, RunHarness, testPython, until } from '../fakes/runHarness.ts';

const BUNDLE = join(REPOSITORY, 'python-bridge');
const VENV = join(REPOSITORY, '.venv');
const MODEL = join(REPOSITORY, 'test/fixtures/students/llama-text');

const missing = [VENV, MODEL].filter((path) => !existsSync(path));
if (missing.length > 0)
  console.warn(`The real trainer is not tested: ${missing.join(', ')} missing.`);

const harnesses: RunHarness[] = [];
afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((made) => made.dispose()));
});

function row(number: number): FrozenRow {
  const answer = number + 2;
  const positive = (id: string, completion: string) => ({
    id,
    completion,
    source: 'teacher' as const,
    round: 0,
    hinted: false,
    programmatic: true,
  });
  return {
    v: 1,
    id: `q${number}`,
    prompt: `Q: Ada has ${number} apples and gets 2.\nA:`,
    gold: String(answer),
    positives: [
      positive(`p${number}-1`, ` ${number} + 2 = ${answer}.\nThe answer is ${answer}.`),
      positive(`p${number}-2`, ` Two more than ${number} is ${answer}.\nThe answer is ${answer}.`),
    ],
    negatives: [
      { id: `n${number}`, text: ' I do not know.', round: 0, sample: 0, fingerprint: 'f' },
    ],
  };
}

const ROWS = Array.from({ length: 8 }, (_, number) => `${JSON.stringify(row(number))}\n`).join('');

/** A run of the real trainer on a tiny random student: 8 questions, small batches. */
async function realRun(epochs: number): Promise<{ run: RunHarness; config: RunConfig }> {
  const run = await RunHarness.create();
  harnesses.push(run);
  await cp(MODEL, run.config.model.path, { recursive: true });
  await mkdir(dirname(run.config.data.path), { recursive: true });
  await writeFile(run.config.data.path, ROWS);
  return { run, config: configOf(run, epochs) };
}

function configOf({ config }: RunHarness, epochs: number): RunConfig {
  return {
    ...config,
    data: {
      path: config.data.path,
      rows: 8,
      sha256: createHash('sha256').update(ROWS).digest('hex'),
    },
    optim: { ...config.optim, epochs, globalBatch: 4, lr: 1e-3 },
    maxLen: 400,
    save: { everySteps: 1000, keep: 2 },
  };
}

/** How an attempt ended: the supervisor writes it after the last record. */
function exitOf(run: RunHarness, attempt: number): Promise<string> {
  return until(async () => {
    const text = await readFile(join(run.folder, 'exit.json'), 'utf8').catch(() => '');
    return text.includes(`"attempt":${attempt},`) ? text : undefined;
  });
}

/** Gives the project another place, and the harness of it there. */
async function move(run: RunHarness): Promise<RunHarness> {
  const project = `${run.project}-moved`;
  await rename(run.project, project);
  const moved = new RunHarness(project, join(project, relative(run.project, run.folder)));
  harnesses.push(moved);
  return moved;
}

test.skipIf(missing.length > 0)(
  'the real trainer: cancelled in the middle, resumed where its project was moved to, and its student is verified',
  { timeout: 240_000 },
  async () => {
    const { run, config } = await realRun(30);
    const python = await testPython();
    const options = {
      config,
      trainer: {
        python,
        command: (folder: string) => bridgeCommand(python, BUNDLE, ['train', '--run', folder]),
      },
    };
    const first = await run.start(options);
    const hello = await run.event((event) => event.type === 'hello');
    // The host and the trainer read the start time of a process alike: re-attaching rests on it.
    expect((await run.launch()).process).toEqual(
      hello.type === 'hello' ? { pid: hello.pid, startTime: hello.startTime } : null,
    );
    await run.event((event) => event.type === 'progress' && event.step >= 2);
    first.abort.abort();
    expect((await first.end).error).toSatisfy((error) => isAppError(error, 'cancelled'));
    const stopped = (await run.recorded()).map((record) => record.type);
    expect(stopped.slice(-2)).toEqual(['checkpoint', 'cancelled']);
    const savedAt = (await run.recorded()).at(-2)?.step ?? -1;
    expect(savedAt).toBeGreaterThanOrEqual(2);
    const accepted = run.events.find((event) => event.type === 'accepted');
    const steps = accepted?.type === 'accepted' ? accepted.steps : 0;
    expect(savedAt).toBeLessThan(steps);

    const written = await readFile(join(run.folder, 'run.json'), 'utf8');
    expect(written).not.toContain(run.project);
    await exitOf(run, 1);
    const moved = await move(run);
    const second = await moved.start({ ...options, config: configOf(moved, 30) });
    const { result, error } = await second.end;
    expect(error).toBeNull();
    expect(result?.done.summary.steps).toBe(steps);
    const resumed = moved.events.flatMap((event) =>
      event.type === 'progress' && event.attempt === 2 ? [event.step] : [],
    );
    // It counts on from where it was, before its first step.
    expect(Math.min(...resumed)).toBe(savedAt);
    // Once every step, over both places.
    const trained = (await moved.recorded()).filter((record) => record.type === 'metrics');
    expect(trained.map(({ step }) => step)).toEqual(
      Array.from({ length: steps }, (_, at) => at + 1),
    );
    expect(await readFile(join(moved.folder, 'run.json'), 'utf8')).toBe(written);
    expect(existsSync(run.project)).toBe(false);
    expect(result?.student).toBe(moved.config.export.path);
    expect(existsSync(join(moved.config.export.path, 'model.safetensors'))).toBe(true);
    expect(result?.done.artifacts.length).toBeGreaterThan(3);
    expect(await exitOf(moved, 2)).toContain('"code":0');
  },
);

test.skipIf(missing.length > 0)(
  'fault: trainer: SIGKILL of the real worker is classified',
  { timeout: 240_000 },
  async () => {
    const { run, config } = await realRun(1000);
    const python = await testPython();
    const { end } = await run.start({
      config,
      trainer: {
        python,
        command: (folder) => bridgeCommand(python, BUNDLE, ['train', '--run', folder]),
      },
    });
    const ready = await run.event((event) => event.type === 'ready');
    await run.event((event) => event.type === 'progress');
    if (ready.type === 'ready') process.kill(ready.workerPid, 'SIGKILL');
    const { error } = await end;
    expect(error).toSatisfy((found) => isAppError(found, 'trainer.killed'));
  },
);

test.skipIf(missing.length > 0)('the real probe answers and finds nothing to mend', async () => {
  const probe = await probePython(await testPython(), { bundle: BUNDLE });
  expect(doctorFacts(probe)).toEqual([]);
});
