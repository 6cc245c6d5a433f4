import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isAppError } from '../../src/core/errors.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { isRunning } from '../../src/node/trainer/processGroup.ts';
import { requestStop } from '../../src/node/trainer/stopRun.ts';
import { FAST, RunHarness, until, type StubPlan } from '../fakes/runHarness.ts';

const harnesses: RunHarness[] = [];

async function harness(plan: StubPlan): Promise<RunHarness> {
  const made = await RunHarness.create(plan);
  harnesses.push(made);
  return made;
}

afterEach(async () => {
  await Promise.all(harnesses.splice(0).map((made) => made.dispose()));
});

/** The run's process has left the process table. */
async function gone(run: RunHarness): Promise<true> {
  const { process: identity } = await run.launch();
  return await until(async () => ((await isRunning(identity!)) ? undefined : true));
}

async function types(run: RunHarness): Promise<string[]> {
  return (await run.recorded()).map((record) => record.type);
}

describe('cancel at any phase', () => {
  const long = { steps: 1000, stepMs: 20, saveEvery: 1000 };

  test('before the start: nothing is started', async () => {
    const run = await harness(long);
    const trainer = await run.trainer();
    const abort = new AbortController();
    abort.abort();
    const ending = trainer.run(run.folder, run.config, {
      signal: abort.signal,
      report: () => undefined,
    });
    await expect(ending).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(join(run.folder, 'launch.json'))).toBe(false);
  });

  test.each([
    ['before hello', { helloMs: 700 }, null],
    ['while importing', { importMs: 60_000 }, 'hello'],
    ['while loading', { loadMs: 60_000 }, 'ready'],
    ['in a long step', { stepMs: 60_000 }, 'accepted'],
    ['while training', {}, 'progress'],
    ['while saving', { saveEvery: 1, saveMs: 300 }, 'phase:saving'],
  ])(
    '%s: the run ends with cancelled, and a resumed one trains to the end',
    async (_, plan, at) => {
      const run = await harness({ ...long, ...plan });
      const { abort, end } = await run.start();
      if (at === null) {
        await until(() => existsSync(join(run.folder, 'launch.json')) || undefined);
      } else {
        await run.event((event) =>
          event.type === 'phase' ? `phase:${event.name}` === at : event.type === at,
        );
      }
      abort.abort();
      expect(isAppError((await end).error, 'cancelled')).toBe(true);
      await gone(run);
      const recorded = await types(run);
      expect(recorded.at(-1)).toBe('cancelled');
      await run.plan({ steps: 3, stepMs: 1 });
      expect((await (await run.start()).end).error).toBeNull();
      expect((await run.launch()).attempt).toBe(2);
    },
  );

  test('the checkpoint is committed before cancelled is recorded, and training goes on behind it', async () => {
    const run = await harness(long);
    const { abort, end } = await run.start();
    await run.event((event) => event.type === 'progress' && event.step === 3);
    abort.abort();
    await end;
    const recorded = await run.recorded();
    expect(recorded.slice(-4).map((record) => record.type)).toEqual([
      'phase',
      'phase',
      'checkpoint',
      'cancelled',
    ]);
    const saved = recorded.at(-2)?.step ?? -1;
    await run.plan({ steps: saved + 2, stepMs: 1 });
    expect((await (await run.start()).end).error).toBeNull();
    const resumed = (await run.recorded()).filter((record) => record.attempt === 2);
    expect(resumed.find((record) => record.type === 'progress')?.step).toBe(saved + 1);
  });
});

test('fault: trainer: ignores SIGTERM is ended by SIGKILL to the group at the last rung', async () => {
  const run = await harness({ behaviours: ['ignoreTerm'], stepMs: 1 });
  const { abort, end } = await run.start({
    trainer: { timings: { ...FAST, stop: { stoppingMs: 300, savingMs: 600, termMs: 300 } } },
  });
  await run.event((event) => event.type === 'progress' && event.step === 5);
  abort.abort();
  expect(isAppError((await end).error, 'cancelled')).toBe(true);
  await gone(run);
  expect(
    run.log.lines
      .filter((line) => line.includes('sending'))
      .map((line) => line.split('sending ')[1]),
  ).toEqual(['SIGTERM to its process group.', 'SIGKILL to its process group.']);
});

test('fault: trainer: hang is ended by SIGTERM once a person asks', async () => {
  const run = await harness({ behaviours: ['hang', 'normal'], stepMs: 1, steps: 10 });
  const { abort, end } = await run.start({
    trainer: { timings: { ...FAST, stop: { stoppingMs: 300, savingMs: 600, termMs: 20_000 } } },
  });
  await run.event((event) => event.type === 'progress' && event.step === 5);
  abort.abort();
  expect(isAppError((await end).error, 'cancelled')).toBe(true);
  await gone(run);
  expect((await (await run.start()).end).error).toBeNull();
});

test('a trainer that crashes over the checkpoint of its cancel is not called cancelled', async () => {
  const run = await harness({ behaviours: ['crashWhileStopping'], steps: 1000, stepMs: 20 });
  const { abort, end } = await run.start();
  await run.event((event) => event.type === 'progress');
  abort.abort();
  const { error } = await end;
  expect(isAppError(error, 'trainer.crashed') && error.hint).toContain('over its own checkpoint');
});

test('a second request does not wait for the first', async () => {
  const run = await harness({ behaviours: ['hang'], stepMs: 1 });
  const { end } = await run.start();
  await run.event((event) => event.type === 'progress' && event.step === 5);
  const stop = { clock: systemClock };
  expect(await requestStop(run.folder, run.config.runId, stop)).toBe(true);
  expect(await requestStop(run.folder, run.config.runId, stop)).toBe(true);
  const { error } = await end;
  expect(isAppError(error, 'trainer.killed')).toBe(true);
  expect(await requestStop(run.folder, run.config.runId, stop)).toBe(false);
});

test('a stop from another window ends the follower with trainer.cancelled', async () => {
  const run = await harness({ steps: 1000, stepMs: 20 });
  const { end } = await run.start();
  await run.event((event) => event.type === 'progress');
  await requestStop(run.folder, run.config.runId, { clock: systemClock });
  expect(isAppError((await end).error, 'trainer.cancelled')).toBe(true);
});

test('started again while it still stops, a run goes on as the next attempt', async () => {
  const run = await harness({ steps: 40, stepMs: 20, saveMs: 800 });
  const first = await run.start();
  await run.event((event) => event.type === 'progress');
  first.abort.abort();
  await run.event((event) => event.type === 'phase' && event.name === 'stopping');
  const { error } = await (await run.start()).end;
  expect(error).toBeNull();
  expect(isAppError((await first.end).error, 'cancelled')).toBe(true);
  expect((await run.launch()).attempt).toBe(2);
});

test('stale cancel of another attempt is moved aside and stops nothing', async () => {
  const run = await harness({ behaviours: ['exit1', 'normal'], steps: 10, stepMs: 1 });
  await (
    await run.start()
  ).end;
  const stale = { attempt: 1, mode: 'checkpoint', at: '', by: 'an earlier window' };
  await writeFile(join(run.folder, 'cancel'), JSON.stringify(stale));
  expect((await (await run.start()).end).error).toBeNull();
  expect(JSON.parse(await readFile(join(run.folder, 'cancel.1'), 'utf8'))).toEqual(stale);
  expect(await readdir(run.folder)).not.toContain('cancel');
});

test('a stale cancel that appears while another attempt runs does not swallow the request', async () => {
  const run = await harness({ steps: 1000, stepMs: 20 });
  const { abort, end } = await run.start();
  await run.event((event) => event.type === 'progress');
  await writeFile(
    join(run.folder, 'cancel'),
    JSON.stringify({ attempt: 7, mode: 'checkpoint', at: '', by: 'a copy of another run' }),
  );
  abort.abort();
  expect(isAppError((await end).error, 'cancelled')).toBe(true);
  expect((await types(run)).at(-1)).toBe('cancelled');
});
