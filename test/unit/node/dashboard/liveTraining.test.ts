import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../../../src/core/ports.ts';
import { DashboardView } from '../../../../src/node/dashboard/dashboardView.ts';
import { startTimeOf, thisHost } from '../../../../src/node/storage/processIdentity.ts';
import type { DashboardState } from '../../../../src/shared/dashboardContract.ts';
import { TRAINING_STRINGS } from '../../../../src/shared/trainingStrings.ts';
import { lines } from '../../../fakes/projectFolder.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { record, RUN_ID } from '../../../fakes/trainerRecords.ts';

/** A clock that stands until a test moves it; whoever sleeps wakes when their time has come. */
function steppedClock() {
  let now = Date.now();
  const sleeping = new Set<{ readonly at: number; readonly wake: () => void }>();
  const clock: Clock = {
    now: () => now,
    sleep: (ms) => new Promise((wake) => sleeping.add({ at: now + ms, wake })),
  };
  const step = async (ms: number): Promise<void> => {
    now += ms;
    for (const one of [...sleeping]) {
      if (one.at > now) continue;
      sleeping.delete(one);
      one.wake();
    }
    // What was woken reads files: it gets its time.
    for (let turn = 0; turn < 40; turn += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  };
  return { clock, step, now: () => now };
}

it('tells of a training as it goes on, twice a second at most, and of its end', async () => {
  const { root, run } = await reportProject({ rounds: 1 });
  await run();
  const folder = join(root, 'rounds/0/runs', RUN_ID);
  await mkdir(folder);
  const write = (...events: object[]): Promise<void> =>
    appendFile(join(folder, 'events.jsonl'), lines(events));
  const startTime = (await startTimeOf(process.pid)) ?? '0';
  await write(record('hello', { host: thisHost(), pid: process.pid, startTime }));
  await write(record('ready', { workerPid: process.pid }), record('phase'));
  const { clock, step, now } = steppedClock();
  const view = await DashboardView.open({
    root,
    project: 'P',
    clock,
    strings: TRAINING_STRINGS,
    prices: () => Promise.resolve(new Map()),
    pollMs: 500,
  });
  onTestFinished(() => view.dispose());
  await view.settled();
  const heard: { at: number; state: DashboardState }[] = [];
  view.onState((state) => heard.push({ at: now(), state }));
  for (let at = 1; at <= 40; at += 1) {
    await write(record('progress', { step: at, epoch: at / 100, etaMs: 5000 }));
    await write(record('metrics', { step: at }));
    if (at === 20) await write(record('sample', { questionId: 'dev-0', epoch: 1, answer: '9' }));
    await step(100);
  }
  await write(record('done'));
  for (let more = 0; more < 30; more += 1) await step(100);
  expect(heard.length).toBeGreaterThan(4);
  const gaps = heard.slice(1).map(({ at }, place) => at - (heard[place]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
  const last = heard.at(-1)?.state;
  expect(last?.training).toMatchObject({ runId: RUN_ID, state: 'done' });
  expect(last?.training?.points.length).toBe(40);
  expect(last?.probes).toEqual([
    expect.objectContaining({
      questionId: 'dev-0',
      samples: [expect.objectContaining({ epoch: 1, answer: '9' })],
    }),
  ]);
  const states = heard.map(({ state }) =>
    state.rounds[0]?.runs.find((one) => one.runId === RUN_ID),
  );
  expect([states[0]?.state, states.at(-1)?.state]).toEqual(['open', 'done']);
});

it('shows the run that was picked, and follows the newest again', async () => {
  const { root, run, store } = await reportProject();
  await run();
  const { clock } = steppedClock();
  const view = await DashboardView.open({
    root,
    project: 'P',
    clock,
    strings: TRAINING_STRINGS,
    prices: () => Promise.resolve(new Map()),
  });
  onTestFinished(() => view.dispose());
  const runIds = [];
  for (const round of [0, 1]) runIds.push((await store.state(round))?.training?.runId ?? '');
  const rev = await view.showRun(0, runIds[0] ?? '');
  expect(view.snapshot()).toMatchObject({ rev, training: { round: 0, runId: runIds[0] } });
  await view.showRun(1, runIds[1] ?? '');
  expect(view.snapshot().training?.runId).toBe(runIds[1]);
});
