import { describe, expect, test } from 'vitest';
import { chooseRun } from '../../../../src/core/round/chooseRun.ts';
import { openRound, type RoundState } from '../../../../src/core/round/state.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';
import type { MemoryStore } from '../../../fakes/memoryStore.ts';

const recipe = { mode: 'full', optim: { lr: 1e-5, epochs: 3 }, data: { sha256: 'a' } };
const other = { mode: 'lora', optim: { lr: 2e-4, epochs: 3 }, data: { sha256: 'b' } };
const trained = { path: 'models/x', digest: 'd' };

function begun(runId: string, student: typeof trained | null): RoundState {
  return { ...openRound(0, { path: 'base', digest: 'd' }), training: { runId, student } };
}

describe('the run that training starts or goes on with', () => {
  const store = (): MemoryStore => setUp().store;

  test('the same recipe goes on with the same run, also with a fresh one', async () => {
    const wanted = { recipe, base: 'r0-aa', fresh: false };
    expect(await chooseRun(store(), openRound(0, trained), wanted)).toBe('r0-aa');
    expect(await chooseRun(store(), begun('r0-aa-3', null), wanted)).toBe('r0-aa-3');
  });

  test('a fresh run takes the first name that nobody has', async () => {
    const runs = store();
    const wanted = { recipe, base: 'r0-aa', fresh: true };
    expect(await chooseRun(runs, begun('r0-aa', null), wanted)).toBe('r0-aa');
    runs.runs.set('r0-aa', recipe).set('r0-aa-2', recipe);
    expect(await chooseRun(runs, begun('r0-aa', trained), wanted)).toBe('r0-aa-3');
  });

  test.each([null, trained])('another recipe is refused, and named (%s)', async (student) => {
    const runs = store();
    runs.runs.set('r0-aa', recipe);
    runs.binding.add('r0-aa');
    const wanted = { recipe: other, base: 'r0-bb', fresh: false };
    const refused = chooseRun(runs, begun('r0-aa', student), wanted);
    await expect(refused).rejects.toMatchObject({ code: 'trainer.checkpointMismatch' });
    await expect(refused).rejects.toThrow('the frozen set; settings (mode, optim.lr)');
    expect(await chooseRun(runs, begun('r0-aa', student), { ...wanted, fresh: true })).toBe(
      'r0-bb',
    );
  });

  test('a run that an older version named goes on under that name, and a fresh one gets a new name', async () => {
    const wanted = { recipe, base: 'r0-aa', older: 'r0-zz', fresh: false };
    expect(await chooseRun(store(), begun('r0-zz', null), wanted)).toBe('r0-zz');
    expect(await chooseRun(store(), begun('r0-zz-2', trained), wanted)).toBe('r0-zz-2');
    expect(await chooseRun(store(), begun('r0-zz', null), { ...wanted, fresh: true })).toBe(
      'r0-aa',
    );
    const runs = store();
    runs.runs.set('r0-zzz', other);
    runs.binding.add('r0-zzz');
    await expect(chooseRun(runs, begun('r0-zzz', null), wanted)).rejects.toMatchObject({
      code: 'trainer.checkpointMismatch',
    });
  });

  test('a set that is frozen again as it was finds the run that an older version had begun', async () => {
    const wanted = { recipe, base: 'r0-aa', older: 'r0-zz', fresh: false };
    const runs = store();
    expect(await chooseRun(runs, openRound(0, trained), wanted)).toBe('r0-aa');
    runs.runs.set('r0-zz', recipe);
    expect(await chooseRun(runs, openRound(0, trained), wanted)).toBe('r0-zz');
    expect(await chooseRun(runs, begun('r0-never', null), wanted)).toBe('r0-zz');
    runs.runs.set('r0-aa', recipe);
    expect(await chooseRun(runs, openRound(0, trained), wanted)).toBe('r0-aa');
  });

  test('an older run whose project has moved is of no other student: the folder is named, not the weights', async () => {
    const runs = store();
    const at = (path: string, digest: string) => ({ ...recipe, model: { path, digest } });
    runs.runs.set('r0-aa', at('/old/base', 'd'));
    runs.binding.add('r0-aa');
    const refused = (path: string, digest: string): Promise<string> =>
      chooseRun(runs, begun('r0-aa', null), {
        recipe: at(path, digest),
        base: 'r0-bb',
        fresh: false,
      });
    await expect(refused('/new/base', 'd')).rejects.toThrow(/else: settings \(model\.path\)\.$/u);
    await expect(refused('/new/base', 'e')).rejects.toThrow(
      /else: the student that it starts from\.$/u,
    );
  });

  test('a run that came to nothing binds nobody: the finished one goes on, or another recipe begins', async () => {
    const runs = store();
    runs.runs.set('r0-bb', other).set('r0-aa', recipe);
    const failed = begun('r0-bb', null);
    expect(await chooseRun(runs, failed, { recipe, base: 'r0-cc', fresh: false })).toBe('r0-cc');
    const before = { runId: 'r0-aa-2', student: trained };
    const after = { ...failed, training: { runId: 'r0-bb', student: null, before } };
    const wanted = { recipe, base: 'r0-aa', fresh: false };
    expect(await chooseRun(runs, after, wanted)).toBe('r0-aa-2');
    expect(await chooseRun(runs, after, { ...wanted, base: 'r0-bb' })).toBe('r0-bb');
    // A third recipe is held against what was trained, not against what failed.
    runs.runs.set('r0-aa-2', recipe);
    const third = chooseRun(runs, after, { recipe: other, base: 'r0-cc', fresh: false });
    await expect(third).rejects.toMatchObject({ detail: { runId: 'r0-aa-2' } });
    runs.binding.add('r0-bb');
    await expect(chooseRun(runs, after, wanted)).rejects.toMatchObject({
      detail: { runId: 'r0-bb' },
    });
  });

  test('a setting that is left out now is named like one that is new', async () => {
    const runs = store();
    const launched = { ...recipe, launch: { processes: 2 }, runId: 'r0-aa', threads: null };
    runs.runs.set('r0-aa', launched);
    const refused = chooseRun(runs, begun('r0-aa', trained), {
      recipe,
      base: 'r0-bb',
      fresh: false,
    });
    await expect(refused).rejects.toThrow(/else: settings \(launch\)\.$/u);
  });

  test('a run that was never begun stands in nobody’s way', async () => {
    const wanted = { recipe: other, base: 'r0-bb', fresh: false };
    expect(await chooseRun(store(), begun('r0-aa', null), wanted)).toBe('r0-bb');
  });
});
