import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { curateRound } from '../../../../src/core/round/curateRound.ts';
import { gradeRound } from '../../../../src/core/round/examRound.ts';
import { freezeStep } from '../../../../src/core/round/freezeStep.ts';
import { loadRound, runRounds, runStep } from '../../../../src/core/round/runRounds.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const ana = { kind: 'person', name: 'ana' } as const;

/** A round that is frozen and not yet trained. */
async function frozenRound() {
  const made = setUp();
  const abort = new AbortController();
  await runRounds({ ...made.ports, signal: abort.signal }, 1, (_, step) => {
    if (step === 'train') abort.abort();
  }).catch(() => undefined);
  made.store.states.set(0, { ...made.store.states.get(0)!, training: null });
  return made;
}

describe('a frozen round', () => {
  it('trains although decisions came after the freeze: they count for the next round', async () => {
    const { store, ports, trainer } = await frozenRound();
    const row = store.rows.get(0)![0]!;
    const { itemId } = (await store.items(0)).find(({ questionId }) => questionId === row.id)!;
    const late: Decision[] = [
      { type: 'fix-gold', author: ana, questionId: row.id, was: row.gold, answer: '12345' },
      { type: 'reject', author: ana, items: [{ questionId: row.id, itemId }] },
    ];
    await store.decide(0, late);
    const before = trainer.runs.length;
    await runRounds(ports, 1);
    expect(trainer.runs).toHaveLength(before + 1);
  });

  it('is frozen again, with what was decided meanwhile, once its set was deleted', async () => {
    const { store, ports } = await frozenRound();
    const { id } = store.rows.get(0)![0]!;
    const rejected = (await store.items(0)).filter(({ questionId }) => questionId === id);
    await store.decide(0, [
      {
        type: 'reject',
        author: ana,
        items: rejected.map(({ itemId }) => ({ questionId: id, itemId })),
      },
    ]);
    store.manifests.delete(0);
    store.rows.delete(0);
    const state = await loadRound(ports, 0);
    expect(state.frozen).toBeNull();
    await freezeStep(ports, state);
    const row = store.rows.get(0)!.find((one) => one.id === id);
    const taught = row?.positives.filter(({ source }) => source === 'teacher') ?? [];
    expect(taught).toEqual([]);
  });
});

describe('a round that was stopped', () => {
  it('between an exam and its grades writes them when it goes on', async () => {
    const { store, ports } = setUp();
    const save = store.saveGrades.bind(store);
    store.saveGrades = () => Promise.reject(new Error('killed'));
    await expect(runRounds(ports, 1)).rejects.toThrow('killed');
    expect(Object.keys(store.states.get(0)!.exams)).toEqual(['train', 'dev']);
    store.saveGrades = save;
    const steps: string[] = [];
    await runRounds(ports, 1, (round, step) => steps.push(`${round} ${step}`));
    expect(steps[0]).toBe('0 exam');
    expect(store.states.get(0)!.audit).not.toBeNull();
  });

  it('accepts by rule what the teacher wrote after an earlier curation', async () => {
    const { store, ports } = setUp();
    let state = await loadRound(ports, 0);
    state = await runStep(ports, state, 'exam', ['train', 'dev']);
    // Somebody curates what is there, which is nothing yet.
    await runStep(ports, state, 'curate', ['train', 'dev']);
    await runRounds(ports, 1);
    expect(store.manifests.get(0)?.coverage.withTwoRationales).toBe(60);
  });
});

describe('an audit or a rule applied beside the loop', () => {
  it('takes nothing back that the loop has recorded meanwhile', async () => {
    const { store, ports } = await frozenRound();
    const seen = store.states.get(0)!;
    await runRounds(ports, 1);
    const trained = store.states.get(0)!.training;
    expect(trained?.student).not.toBeNull();
    await gradeRound({ store }, seen);
    expect(store.states.get(0)!.training).toEqual(trained);
    await curateRound({ store }, seen);
    expect(store.states.get(0)!.training).toEqual(trained);
  });
});
