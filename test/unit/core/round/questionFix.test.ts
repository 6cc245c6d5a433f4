import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { cancelled } from '../../../../src/core/errors.ts';
import { questionNow } from '../../../../src/core/curation/questionText.ts';
import { curationUpTo } from '../../../../src/core/round/curationUpTo.ts';
import { examRound } from '../../../../src/core/round/examRound.ts';
import { gradedTrainAttempts } from '../../../../src/core/round/gradedTrain.ts';
import { loadRound, runRounds } from '../../../../src/core/round/runRounds.ts';
import type { Step } from '../../../../src/core/round/step.ts';
import { setUp as setUpLoop } from '../../../fakes/loopSetUp.ts';

const ana = { kind: 'person', name: 'ana' } as const;
/** The fake student misses this one in round 0 and 1. */
const ID = 'train-5';
const WAS = 'What is 15 plus 7?';
const NOW = 'What is 15 plus 8?';
const fix: Decision[] = [
  { type: 'fix-question', author: ana, questionId: ID, was: WAS, text: NOW, reason: 'misprint' },
  { type: 'fix-gold', author: ana, questionId: ID, was: '22', answer: '23', reason: 'misprint' },
];

/** Rounds 0…rounds−1, with `decisions` made in `round` before its freeze. */
async function loopWith(decisions: readonly Decision[], round: number, rounds: number) {
  const loop = setUpLoop();
  let made = false;
  const onStep = (at: number, step: Step): void => {
    if (made || at !== round || step !== 'freeze') return;
    made = true;
    void loop.store.decide(round, decisions);
  };
  await runRounds(loop.ports, rounds, onStep);
  return loop;
}

describe('a fixed question', () => {
  it('is frozen with its new text, and nothing that was made for the older one', async () => {
    const { store } = await loopWith(fix, 0, 1);
    // Both annotations and all attempts are about the older text: there is nothing to teach.
    expect(store.rows.get(0)?.some(({ id }) => id === ID)).toBe(false);
    expect(store.manifests.get(0)?.coverage.withRationale).toBe(59);
    expect(store.sets['train']?.find(({ id }) => id === ID)?.question).toBe(WAS);
  });

  it('is asked anew in the next exam, and taught and trained on with the new text', async () => {
    const { store, teacher } = await loopWith(fix, 0, 2);
    const curation = await curationUpTo(store, 1);
    const asked = (await store.attempts(1, 'train')).filter(({ questionId }) => questionId === ID);
    expect(asked.every(({ text }) => text.includes('15 + 8 ='))).toBe(true);
    expect(new Set(asked.map((attempt) => attempt.asked)).size).toBe(1);
    expect(asked[0]?.asked).toMatch(/^[0-9a-f]{16}$/u);
    const feedback = teacher.asked.filter(
      ({ questionId, purpose }) => questionId === ID && purpose === 'feedback',
    );
    expect(feedback.length).toBeGreaterThan(0);
    for (const { messages } of feedback) {
      const prompt = messages.map(({ content }) => content).join('\n');
      expect(prompt).toContain(NOW);
      expect(prompt).not.toContain(WAS);
    }
    const fresh = (await store.items(1)).filter(({ questionId }) => questionId === ID);
    expect(fresh.every((item) => item.asked === asked[0]?.asked)).toBe(true);
    const row = store.rows.get(1)?.find(({ id }) => id === ID);
    expect(row?.prompt).toBe(`Question: ${NOW}\nReasoning:`);
    expect(row?.gold).toBe('23');
    expect(row?.positives.every(({ completion }) => completion.includes('23'))).toBe(true);
    expect(row?.negatives.length).toBeGreaterThan(0);
    expect(row?.negatives.every(({ round }) => round === 1)).toBe(true);
    const old = await gradedTrainAttempts(store, 0, curation);
    expect(
      old.filter(({ attempt }) => attempt.questionId === ID).every(({ stale }) => stale === true),
    ).toBe(true);
  });

  it('teaches a candidate of the older text only after a person accepted it again', async () => {
    const first = setUpLoop();
    await runRounds(first.ports, 1);
    const items = (await first.store.items(0)).filter(({ questionId }) => questionId === ID);
    const accept: Decision = {
      type: 'accept',
      author: ana,
      items: items.map(({ itemId }) => ({ itemId, questionId: ID })),
    };
    const [textFix] = fix as [Decision, Decision];
    const before = await loopWith([accept, textFix], 0, 1);
    expect(before.store.rows.get(0)?.some(({ id }) => id === ID)).toBe(false);
    const after = await loopWith([textFix, accept], 0, 1);
    const row = after.store.rows.get(0)?.find(({ id }) => id === ID);
    expect(row?.positives.map(({ id }) => id)).toEqual(items.map(({ itemId }) => itemId));
    expect(row?.negatives).toEqual([]);
  });

  it('keeps a gold that was fixed from teaching what a person accepted for the older one', async () => {
    const first = setUpLoop();
    await runRounds(first.ports, 1);
    const items = (await first.store.items(0)).filter(({ questionId }) => questionId === ID);
    const accept: Decision = {
      type: 'accept',
      author: ana,
      items: items.map(({ itemId }) => ({ itemId, questionId: ID })),
    };
    const gold = fix[1]!;
    const before = await loopWith([accept, gold], 0, 1);
    expect(before.store.rows.get(0)?.some(({ id }) => id === ID)).toBe(false);
    const after = await loopWith([gold, accept], 0, 1);
    const row = after.store.rows.get(0)?.find(({ id }) => id === ID);
    expect(row?.positives).toHaveLength(items.length);
    // They were taught against the gate, and miss the gold: no pair is made of them.
    expect(row?.negatives).toEqual([]);
    expect(after.store.manifests.get(0)?.coverage.uncovered).toMatchObject({
      'a rationale misses the gold': 1,
    });
  });

  it('is asked again when the same exam is run again before the freeze, and only it', async () => {
    const { store, ports, student } = setUpLoop();
    await runRounds(ports, 1, (_, step) => {
      if (step === 'freeze') throw cancelled();
    }).catch(() => undefined);
    await store.decide(0, fix);
    const before = student.sat;
    await examRound(ports, await loadRound(ports, 0), ['train']);
    expect(student.sat - before).toBe(4);
    const graded = await gradedTrainAttempts(store, 0, await curationUpTo(store, 0));
    const own = graded.filter(({ attempt }) => attempt.questionId === ID);
    expect(own).toHaveLength(4);
    expect(own.every(({ stale }) => stale === undefined)).toBe(true);
    await examRound(ports, await loadRound(ports, 0), ['train']);
    expect(student.sat - before).toBe(4);
  });

  it('counts as never fixed once the fix is taken back, also for what was made before it', async () => {
    const { store } = await loopWith(
      [...fix, { type: 'undo', author: ana, ofWriter: 'memory-1', ofSeq: -1 }],
      0,
      0,
    );
    const question = store.sets['train']!.find(({ id }) => id === ID)!;
    const [textFix] = fix as [Decision];
    await store.decide(0, [textFix]);
    const seq = (await store.decisions(0)).at(-1)!.seq;
    expect(questionNow(question, await curationUpTo(store, 0)).question).toBe(NOW);
    await store.decide(0, [{ type: 'undo', author: ana, ofWriter: 'memory-1', ofSeq: seq }]);
    expect(questionNow(question, await curationUpTo(store, 0))).toBe(question);
    expect(
      (await gradedTrainAttempts(store, 0, await curationUpTo(store, 0))).some(
        ({ stale }) => stale === true,
      ),
    ).toBe(false);
  });

  it('leaves out a question that was fixed to the text of a held-out one', async () => {
    const [textFix] = fix as [Extract<Decision, { type: 'fix-question' }>];
    const { store } = await loopWith([{ ...textFix, text: 'What is 500 plus 2?' }], 0, 2);
    expect(store.rows.get(1)?.some(({ id }) => id === ID)).toBe(false);
    expect((await store.attempts(1, 'train')).some(({ questionId }) => questionId === ID)).toBe(
      false,
    );
  });
});
