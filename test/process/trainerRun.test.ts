import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isAppError, type ErrorCode } from '../../src/core/errors.ts';
import type { AppError } from '../../src/core/errors.ts';
import { RunHarness, until, type StubPlan } from '../fakes/runHarness.ts';
import { asWritten } from '../fakes/asWritten.ts';

const harnesses: RunHarness[] = [];

async function harness(plan: StubPlan = {}, folder?: string): Promise<RunHarness> {
  const made = await RunHarness.create(plan, folder);
  harnesses.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((made) => made.dispose()));
});

/** Runs to the end and returns the error, which must have this code. */
async function failure(run: RunHarness, code: ErrorCode): Promise<AppError> {
  const { end } = await run.start();
  const { error } = await end;
  if (!isAppError(error, code)) throw new Error(`expected ${code}`, { cause: error });
  return error;
}

test('a run trains to the end, reports its steps and hands every record on in order', async () => {
  const run = await harness({ steps: 10, stepMs: 1 });
  const { end } = await run.start();
  const { result, error } = await end;
  expect(error).toBeNull();
  expect(result?.student).toBe(join(run.project, 'models/student-1'));
  expect(run.events.map((event) => event.seq)).toEqual(run.events.map((_, index) => index));
  expect(run.events.map((event) => event.type).slice(0, 3)).toEqual(['hello', 'phase', 'ready']);
  expect(asWritten(run.progress[0])).toMatchObject({ stage: 'starting' });
  expect(asWritten(run.progress.at(-1))).toMatchObject({ stage: 'done', done: 10, total: 10 });
  const launch = await run.launch();
  expect(launch).toMatchObject({ attempt: 1, failed: false });
  expect(launch.argv.at(-1)).toBe(run.folder);
});

test('a finished run returns at once and starts nothing', async () => {
  const run = await harness({ steps: 2, stepMs: 1 });
  await (
    await run.start()
  ).end;
  const before = await run.recorded();
  const { result } = await (await run.start()).end;
  expect(result?.done.type).toBe('done');
  expect(await run.recorded()).toEqual(before);
  expect((await run.launch()).attempt).toBe(1);
});

test('a finished student that was changed afterwards is not handed on', async () => {
  const run = await harness({ steps: 2, stepMs: 1 });
  await (
    await run.start()
  ).end;
  await writeFile(join(run.config.export.path, 'model.safetensors'), 'other weights');
  const error = await failure(run, 'student.invalid');
  expect(error.detail['path']).toContain('model.safetensors');
});

test('an old run.json with absolute paths is trained by, and stays as it is', async () => {
  const run = await harness({ behaviours: ['exit1', 'normal'], steps: 6, stepMs: 1 });
  const old = JSON.stringify(run.config);
  await writeFile(join(run.folder, 'run.json'), old);
  expect((await (await run.start()).end).error).not.toBeNull();
  const { result } = await (await run.start()).end;
  expect(result?.student).toBe(run.config.export.path);
  expect((await run.launch()).attempt).toBe(2);
  expect(await readFile(join(run.folder, 'run.json'), 'utf8')).toBe(old);
});

test('run.json is written once; another configuration is refused before anything starts', async () => {
  const run = await harness({ steps: 2, stepMs: 1 });
  await (
    await run.start()
  ).end;
  const written = await readFile(join(run.folder, 'run.json'), 'utf8');
  const trainer = await run.trainer();
  const other = trainer.run(
    run.folder,
    { ...run.config, seed: 2 },
    { signal: new AbortController().signal, report: () => undefined },
  );
  await expect(other).rejects.toMatchObject({ code: 'trainer.checkpointMismatch' });
  expect(await readFile(join(run.folder, 'run.json'), 'utf8')).toBe(written);
});

test('fault: trainer: import error before hello is depsMissing with the package', async () => {
  const error = await failure(
    await harness({ behaviours: ['importErrorEarly'] }),
    'trainer.depsMissing',
  );
  expect(error.message).toContain('torch_that_nobody_has');
});

test('fault: trainer: import error after hello is depsMissing with the package', async () => {
  const error = await failure(
    await harness({ behaviours: ['importError'] }),
    'trainer.depsMissing',
  );
  expect(error.message).toContain('torch_that_nobody_has');
});

test('fault: trainer: import error, exit before hello is reported with its last line', async () => {
  const error = await failure(
    await harness({ behaviours: ['exitBeforeHello'] }),
    'trainer.crashed',
  );
  expect(error.message).toBe('The trainer ended before it answered (exit code 7).');
  expect(error.hint).toContain('the interpreter of this stub is broken');
});

test('fault: trainer: exit 1 comes with the last 40 lines, and the next run resumes', async () => {
  const run = await harness({ behaviours: ['exit1', 'normal'], steps: 10, stepMs: 1 });
  const error = await failure(run, 'trainer.crashed');
  const log = String(error.detail['log']).split('\n');
  expect(log).toHaveLength(40);
  expect(log.at(-1)).toBe('RuntimeError: the stub fell over');
  expect((await (await run.start()).end).error).toBeNull();
  const second = (await run.recorded()).filter((record) => record.attempt === 2);
  // Steps 1 to 4 were committed, so the second attempt goes on with step 5.
  expect(second.find((record) => record.type === 'progress')?.step).toBe(5);
});

test('fault: trainer: SIGKILL is "killed" and the last committed checkpoint is used', async () => {
  const run = await harness({ behaviours: ['sigkill', 'normal'], steps: 10, stepMs: 1, atStep: 7 });
  const error = await failure(run, 'trainer.killed');
  expect(error.message).toContain('signal 9');
  expect((await (await run.start()).end).error).toBeNull();
  const second = (await run.recorded()).filter((record) => record.attempt === 2);
  expect(second.find((record) => record.type === 'progress')?.step).toBe(5);
});

test('fault: trainer: SIGKILL of the worker alone is known from exit.json', async () => {
  const error = await failure(await harness({ behaviours: ['workerKilled'] }), 'trainer.killed');
  expect(error.detail).toMatchObject({ signal: 9, trainerCode: 'INTERNAL' });
});

test('fault: trainer: OOM text in the log suggests a smaller batch', async () => {
  const error = await failure(await harness({ behaviours: ['oomText'], stepMs: 1 }), 'trainer.oom');
  expect(error.hint).toContain('tokenBudget');
});

test('fault: trainer: NaN keeps the record of the trainer and the last good checkpoint', async () => {
  const run = await harness({ behaviours: ['nan'], stepMs: 1 });
  const error = await failure(run, 'trainer.nonFinite');
  expect(error.hint).toBe('Do something about it.');
  expect(existsSync(join(run.folder, 'checkpoints/step-000004/COMMITTED'))).toBe(true);
});

test('fault: trainer: 200 MB stdout goes to the log and never through the host', async () => {
  const run = await harness({ behaviours: ['flood'], stepMs: 1, floodMB: 200 });
  const before = process.memoryUsage.rss();
  const { result } = await (await run.start()).end;
  expect(result).not.toBeNull();
  expect((await stat(join(run.folder, 'train.log'))).size).toBe(200 * 16 * 65536);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100e6);
});

test('fault: trainer: bad JSON event is set aside and hides nothing', async () => {
  const run = await harness({ behaviours: ['garbage'], steps: 10, stepMs: 1 });
  const { result } = await (await run.start()).end;
  expect(result).not.toBeNull();
  const steps = run.events.flatMap((event) => (event.type === 'progress' ? [event.step] : []));
  expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const warned = run.log.lines.filter((line) => line.includes('set aside'));
  expect(warned.some((line) => line.includes('not valid JSON'))).toBe(true);
  expect(warned.some((line) => line.includes('belongs to run other-run'))).toBe(true);
});

test('fault: trainer: bad JSON event of a newer protocol is refused, and the run is left alone', async () => {
  const run = await harness({ behaviours: ['newer'], steps: 200, stepMs: 20 });
  await failure(run, 'trainer.protocol');
  const count = (await run.recorded()).length;
  await until(async () => ((await run.recorded()).length > count ? true : undefined));
});

test('fault: trainer: disk full at checkpoint leaves the older one and says so', async () => {
  const run = await harness({ behaviours: ['diskFull', 'normal'], steps: 10, stepMs: 1 });
  await failure(run, 'trainer.diskFull');
  expect(existsSync(join(run.folder, 'checkpoints/step-000004/COMMITTED'))).toBe(true);
  expect(existsSync(join(run.folder, 'checkpoints/step-000008.tmp'))).toBe(false);
  expect((await (await run.start()).end).error).toBeNull();
});

test('fault: trainer: hang is shown as not responding and never ended for it', async () => {
  const run = await harness({ behaviours: ['hang'], stepMs: 1 });
  const { abort, end } = await run.start({
    detachOnAbort: true,
    trainer: { timings: { helloMs: 30_000, pollMs: 20, aliveMs: 50, silenceMs: 300 } },
  });
  await until(() => run.progress.find((shown) => String(shown.note).startsWith('not responding')));
  const { process: identity } = await run.launch();
  expect(() => process.kill(identity!.pid, 0)).not.toThrow();
  abort.abort();
  expect(isAppError((await end).error, 'cancelled')).toBe(true);
  expect(() => process.kill(identity!.pid, 0)).not.toThrow();
});

test('fault: trainer: hang before hello ends the waiting, not the process', async () => {
  const run = await harness({ behaviours: ['hangBeforeHello'] });
  const { end } = await run.start({
    trainer: { timings: { helloMs: 200, pollMs: 20, aliveMs: 50, silenceMs: 60_000 } },
  });
  expect(isAppError((await end).error, 'trainer.noHello')).toBe(true);
  const { process: identity } = await run.launch();
  expect(() => process.kill(identity!.pid, 0)).not.toThrow();
});
