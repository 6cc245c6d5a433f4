import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { curateRound } from '../../../../src/core/round/curateRound.ts';
import { freezeStep } from '../../../../src/core/round/freezeStep.ts';
import { countLate, lateSentence } from '../../../../src/core/round/lateDecisions.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
import { summarise } from '../../../../src/core/round/summary.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

/** A round that is ready to be frozen, and a decision that takes its first question out of the set. */
async function readyToFreeze() {
  const { store, ports } = setUp();
  let state = await loadRound(ports, 0);
  state = await runStep(ports, state, 'exam', ['train', 'dev']);
  state = await runStep(ports, state, 'teach', []);
  state = await curateRound(ports, state);
  const [first] = await store.items(0);
  if (!first) throw new Error('the teacher wrote nothing');
  const { questionId } = first;
  const items = (await store.items(0)).filter((one) => one.questionId === questionId);
  const reject: Decision = {
    type: 'reject',
    author: { kind: 'person', name: 'ana' },
    items: items.map(({ itemId }) => ({ questionId, itemId })),
  };
  return { store, ports, state, reject, questionId };
}

describe('a decision made while a round is frozen', () => {
  it('is in the set when it came while the set was being made', async () => {
    const { store, ports, state, reject, questionId } = await readyToFreeze();
    const items = store.items.bind(store);
    let decided = false;
    store.items = async (round) => {
      const found = await items(round);
      // The decisions were read before this.
      if (!decided) await store.decide(0, [reject]);
      decided = true;
      return found;
    };
    await freezeStep(ports, state);
    const row = store.rows.get(0)?.find(({ id }) => id === questionId);
    expect(row?.positives.filter(({ source }) => source === 'teacher') ?? []).toEqual([]);
    expect((await summarise(store))[0]?.late).toBe(0);
  });

  it('is said to be late when it came after the last look', async () => {
    const { store, ports, state, reject, questionId } = await readyToFreeze();
    const freeze = store.freeze.bind(store);
    store.freeze = async (...set) => {
      await store.decide(0, [reject]);
      return freeze(...set);
    };
    await freezeStep(ports, state);
    expect(store.rows.get(0)?.some(({ id }) => id === questionId)).toBe(true);
    expect((await summarise(store))[0]?.late).toBe(1);
  });
});

it('counts nothing where a set does not say what it was made from', () => {
  const by = { author: { kind: 'person', name: 'ana' }, writer: 'a', at: '2026-01-01' } as const;
  const hint = { type: 'hint', ...by, seq: 3, questionId: 'q', hint: 'slower' } as const;
  const undo = { type: 'undo', ...by, seq: 4, ofWriter: 'a', ofSeq: 3 } as const;
  expect(countLate(0, [hint], undefined)).toBe(0);
  expect(countLate(0, [hint], { '0/a': 3 })).toBe(0);
  expect(countLate(0, [hint], { '0/a': 2 })).toBe(1);
  expect(countLate(0, [hint], { '1/a': 9 })).toBe(1);
  // What was taken back at once changes nothing; what was taken back afterwards does.
  expect(countLate(0, [hint, undo], { '0/a': 2 })).toBe(0);
  expect(countLate(0, [hint, undo], { '0/a': 3 })).toBe(1);
  expect(lateSentence(4, 0)).toBeNull();
  expect([1, 2].map((count) => String(lateSentence(4, count)))).toEqual([
    '1 decision came after round 4 was frozen: it counts for the next round.',
    '2 decisions came after round 4 was frozen: they count for the next round.',
  ]);
});
