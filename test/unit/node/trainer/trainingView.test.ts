import { appendFile, copyFile, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listRuns } from '../../../../src/node/trainer/listRuns.ts';
import { TrainingView } from '../../../../src/node/trainer/trainingView.ts';
import { startTimeOf, thisHost } from '../../../../src/node/storage/processIdentity.ts';
import { TRAINING_STRINGS } from '../../../../src/shared/trainingStrings.ts';
import {
  trainingSnapshotSchema,
  type TrainingSnapshot,
} from '../../../../src/shared/trainingContract.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { record, RUN_ID } from '../../../fakes/trainerRecords.ts';

const RUN_FILE = new URL('../../../fixtures/run/run.lora.json', import.meta.url);
const BATCH = new URL('../../../fixtures/run/first-batch.valid.json', import.meta.url);

async function project() {
  const root = await temporaryFolder();
  const folder = await run(root, 0, RUN_ID);
  return { root, folder };
}

async function run(root: string, round: number, runId: string): Promise<string> {
  const folder = join(root, 'rounds', String(round), 'runs', runId);
  await mkdir(folder, { recursive: true });
  return folder;
}

const write = (folder: string, ...events: object[]): Promise<void> =>
  appendFile(
    join(folder, 'events.jsonl'),
    events.map((event) => `${JSON.stringify(event)}\n`).join(''),
  );

/** A view that looks only when it is told to. */
async function open(root: string) {
  const clock = fakeClock(Date.now());
  const still = { ...clock, sleep: () => new Promise<void>(() => undefined) };
  const strings = TRAINING_STRINGS;
  const view = await TrainingView.open({ root, project: 'P', clock: still, strings });
  onTestFinished(() => view.dispose());
  const heard: TrainingSnapshot[] = [];
  view.onSnapshot((snapshot) => heard.push(trainingSnapshotSchema.parse(snapshot)));
  return { view, heard, clock };
}

const hereHello = async () =>
  record('hello', {
    host: thisHost(),
    pid: process.pid,
    startTime: (await startTimeOf(process.pid)) ?? '0',
  });

describe('the training view', () => {
  it('says what each run was trained with, as its own file has it', async () => {
    const { root, folder } = await project();
    await write(folder, await hereHello());
    const { view } = await open(root);
    expect(view.snapshot().runs).toMatchObject([{ runId: RUN_ID, settings: null }]);
    await copyFile(RUN_FILE, join(folder, 'run.json'));
    await view.look(true);
    expect(view.snapshot().runs.map(({ settings }) => settings)).toEqual([
      {
        mode: 'lora',
        pair: { kind: 'triplet', ratio: 0.1, margin: 1, repr: 'last' },
        epochs: 6,
        lr: 0.0002,
      },
    ]);
  });

  it('shows nothing where nothing was trained, and the first run when it begins', async () => {
    const root = await temporaryFolder();
    const { view, heard } = await open(root);
    expect(view.snapshot()).toMatchObject({ state: 'none', runId: null, canStop: false });
    const folder = await run(root, 0, RUN_ID);
    await write(folder, await hereHello());
    await view.look(true);
    expect(heard.at(-1)).toMatchObject({ state: 'starting', runId: RUN_ID, canStop: true });
  });

  it('follows a run that is alive: its curve, its first batch, its messages', async () => {
    const { root, folder } = await project();
    await write(folder, await hereHello(), record('ready', { workerPid: process.pid }));
    const { view, heard } = await open(root);
    await copyFile(BATCH, join(folder, 'first-batch.json'));
    await write(folder, record('phase'), record('metrics', { step: 1 }), record('progress'));
    await view.look(true);
    const now = heard.at(-1);
    expect(now).toMatchObject({ state: 'running', step: 1, etaMs: 5000, canStop: true });
    expect(now?.points).toHaveLength(1);
    expect(now?.firstBatch?.rows.length).toBeGreaterThan(0);
    await view.look(true);
    expect(heard).toHaveLength(1);
  });

  it('reads a line only when it is whole, and nothing twice', async () => {
    const { root, folder } = await project();
    await write(folder, await hereHello());
    const { view, heard } = await open(root);
    const line = JSON.stringify(record('warning', { message: 'Once.' }));
    await appendFile(join(folder, 'events.jsonl'), line.slice(0, 30));
    await view.look(false);
    expect(heard).toHaveLength(0);
    await appendFile(join(folder, 'events.jsonl'), `${line.slice(30)}\nnot json\n`);
    await view.look(false);
    await view.look(false);
    expect(heard.flatMap(({ messages }) => messages.map(({ text }) => text))).toEqual(['Once.']);
  });

  it('says that a run is silent, stopping, failed, stopped or done', async () => {
    const { root, folder } = await project();
    await write(folder, await hereHello(), record('phase'));
    const { view, clock } = await open(root);
    const state = async (): Promise<string> => {
      await view.look(true);
      return view.snapshot().state;
    };
    expect(await state()).toBe('running');
    clock.set(clock.now() + 61_000);
    expect(await state()).toBe('silent');
    expect(view.snapshot().canStop).toBe(true);
    await write(folder, record('progress'));
    expect(await state()).toBe('running');
    const cancel = { attempt: 1, mode: 'checkpoint', at: '2026', by: 'me' };
    await writeFile(join(folder, 'cancel'), JSON.stringify(cancel));
    expect(await state()).toBe('stopping');
    await write(folder, record('cancelled'));
    expect(await state()).toBe('cancelled');
    expect(view.snapshot().canStop).toBe(false);
    await write(folder, record('hello', { attempt: 2 }), record('error', { attempt: 2 }));
    expect(await state()).toBe('failed');
    await write(folder, record('hello', { attempt: 3 }), record('done', { attempt: 3 }));
    expect(await state()).toBe('done');
  });

  it('explains a trainer that died without a word from its exit and its log', async () => {
    const { root, folder } = await project();
    await write(folder, record('hello', { host: thisHost(), pid: 2 ** 22 + 1, startTime: '1' }));
    await writeFile(
      join(folder, 'train.log'),
      "Traceback\nModuleNotFoundError: No module named 'torch'\n",
    );
    const { view } = await open(root);
    const { state, messages, canStop } = view.snapshot();
    expect([state, canStop]).toEqual(['failed', false]);
    expect(messages.at(-1)).toMatchObject({ level: 'error' });
    expect(messages.at(-1)?.text).toContain('torch');
    expect(messages.at(-1)?.hint).not.toBeNull();
  });

  it('leaves a run of another computer to that computer', async () => {
    const { root, folder } = await project();
    await write(folder, record('hello'), record('phase'), record('metrics'));
    const { view } = await open(root);
    expect(view.snapshot()).toMatchObject({ state: 'running', canStop: false });
  });

  it('shows the run that was picked, and follows the newest again once that is picked', async () => {
    const { root, folder } = await project();
    await write(folder, record('done'));
    const later = await run(root, 1, 'r1-later');
    await write(later, { ...record('done'), runId: 'r1-later' });
    await utimes(join(folder, 'events.jsonl'), 1, 1);
    const { view } = await open(root);
    expect(view.snapshot()).toMatchObject({ round: 1, runId: 'r1-later' });
    await view.show(0, RUN_ID);
    expect(view.snapshot()).toMatchObject({ round: 0, runId: RUN_ID });
    await view.show(1, 'r1-later');
    const newest = await run(root, 2, 'r2-newest');
    await write(newest, { ...record('hello'), runId: 'r2-newest' });
    await utimes(join(newest, 'events.jsonl'), 9e9, 9e9);
    await view.look(true);
    expect(view.snapshot().runId).toBe('r2-newest');
    await rm(newest, { recursive: true });
    await view.look(true);
    expect(view.snapshot().runId).toBe('r1-later');
  });

  it('knows the newest run by what it wrote, not by the times that a copy gave the files', async () => {
    const { root, folder } = await project();
    await write(folder, { ...record('done'), t: '2026-01-02T03:00:00.000Z' });
    const later = await run(root, 1, 'r1-later');
    const said = { ...record('done'), runId: 'r1-later', t: '2026-01-03T03:00:00.000Z' };
    await write(later, said);
    await utimes(join(later, 'events.jsonl'), 1, 1);
    expect((await listRuns(root)).map(({ runId }) => runId)).toEqual([RUN_ID, 'r1-later']);
    const { view } = await open(root);
    expect(view.snapshot()).toMatchObject({ round: 1, runId: 'r1-later' });
  });

  it('stays small for a long run, however long it is', async () => {
    const { root, folder } = await project();
    const steps = Array.from({ length: 3000 }, (_, at) => record('metrics', { step: at + 1 }));
    await write(folder, record('hello'), ...steps, record('done'));
    const { view } = await open(root);
    expect(view.snapshot().points.length).toBeLessThanOrEqual(600);
    expect(JSON.stringify(view.snapshot()).length).toBeLessThan(256 * 1024);
  });

  it('threat 11: lists no folder whose name is not a run’s', async () => {
    const { root, folder } = await project();
    await write(folder, record('hello'));
    for (const name of ['..hidden', 'UPPER', 'a b', 'x'.repeat(70)]) {
      await write(await run(root, 0, name), record('hello'));
    }
    expect((await listRuns(root)).map(({ runId }) => runId)).toEqual([RUN_ID]);
  });
});
