import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256Json } from '../../../../src/core/hash.ts';
import { loadRound, runRounds } from '../../../../src/core/round/runRounds.ts';
import { planRun } from '../../../../src/core/round/trainRound.ts';
import { runConfigSchema, type RunConfig } from '../../../../src/core/training/run.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

/** How runs were named while their names hung on where the project lay: restated from their run.json alone. */
function olderName({ data, launch, ...config }: RunConfig): string {
  const { runId: _id, save: _s, export: _e, threads: _t, device: _d, probes: _p, ...made } = config;
  const { accelerate, ...processes } = launch ?? {};
  const named = {
    ...made,
    data: { rows: data.rows, sha256: data.sha256 },
    ...(launch === undefined
      ? {}
      : { launch: { ...processes, accelerate: accelerate?.replace('/project/', '') } }),
  };
  return `r0-${sha256Json(named).slice(0, 10)}`;
}

const LAUNCH = { processes: 2, accelerate: 'accelerate.yaml' };

/** A project in memory whose round 0 is frozen and not yet trained; `root` is where it lies. */
async function frozen(training: Record<string, unknown>) {
  const made = setUp(training);
  const { ports, store, student } = made;
  // Weights are the same wherever they lie.
  student.identify = () => Promise.resolve({ digest: 'd'.repeat(64), engine: 'e', parameters: 1 });
  await runRounds(ports, 1);
  const state = { ...(await loadRound(ports, 0)), training: null };
  const lies = (root: string): void => {
    store.absolute = (path) => `${root}/${path}`;
  };
  return { ...made, state, lies };
}

it('restates the older rule: a run.json that it named', () => {
  const path = new URL('../../../fixtures/run/run.older.json', import.meta.url);
  const older = runConfigSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  expect(olderName(older)).toBe(older.runId);
});

describe.each([{}, { mode: 'lora', launch: LAUNCH }])('a run of %j', (training) => {
  it('has one name wherever the project lies, and its own paths there', async () => {
    const { ports, state, lies } = await frozen(training);
    const here = await planRun(ports, state, false);
    lies('/home/me/p');
    const there = await planRun(ports, state, false);
    expect(there.config.runId).toBe(here.config.runId);
    expect(there.config.export.studentId).toBe(here.config.export.studentId);
    expect(here.config.model.path).toBe('/project/models/base');
    expect(there.config.model.path).toBe('/home/me/p/models/base');
    expect(there.config.runId).not.toBe(olderName(there.config));
    // Stopped, moved, and started again: the same run.
    const stopped = { ...state, training: { runId: here.config.runId, student: null } };
    expect((await planRun(ports, stopped, false)).config.runId).toBe(here.config.runId);
  });

  it('that an older version began goes on where it lies, and is refused by name elsewhere', async () => {
    const { ports, store, state, lies } = await frozen(training);
    const { config } = await planRun(ports, state, false);
    const runId = olderName(config);
    store.runs.set(runId, { ...config, runId });
    const stopped = { ...state, training: { runId, student: null } };
    expect((await planRun(ports, stopped, false)).config).toMatchObject({
      runId,
      export: { studentId: `round-1-${runId.slice(3)}` },
    });
    store.binding.add(runId);
    // Never begun anew without a word: the refusal says what differs.
    lies('/home/me/p');
    store.runConfig = () => Promise.resolve(config);
    await expect(planRun(ports, stopped, false)).rejects.toMatchObject({
      code: 'trainer.checkpointMismatch',
      message: expect.stringContaining('settings (model.path'),
      hint: expect.stringContaining(runId),
    });
  });

  it('keeps its name apart from that of the same files in another folder of the project', async () => {
    const { ports, store, state } = await frozen(training);
    const { config } = await planRun(ports, state, false);
    const other = { ...state, student: { ...state.student, path: 'models/copy' } };
    store.states.set(0, other);
    expect((await planRun(ports, other, false)).config.runId).not.toBe(config.runId);
  });
});
