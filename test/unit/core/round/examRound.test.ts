import { describe, expect, it } from 'vitest';
import { GOLD_RULE } from '../../../../src/core/curation/goldRule.ts';
import { describeParity } from '../../../../src/core/exam/describeParity.ts';
import type { ParityVerdict } from '../../../../src/core/exam/parityVerdict.ts';
import { checkLines } from '../../../../src/core/round/checkLines.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
import { summarise } from '../../../../src/core/round/summary.ts';
import { roundsTable } from '../../../../src/node/terminal/roundsTable.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

describe('the exam of the training questions', () => {
  it('puts no gold in doubt that the question’s own equation proves, and every other', async () => {
    const { store, ports } = setUp();
    // The fake student's samples 0, 2 and 4 share their mistake.
    store.project.exam.samples = 5;
    const questions = await store.questions('train');
    const proved = questions.filter((_, index) => index % 2 === 0);
    for (const question of questions) delete question.equation;
    for (const question of proved) question.equation = question.answer;
    await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);

    const confirmed = (await store.decisions(0)).flatMap((event) =>
      event.type === 'gold-confirmed' ? [event] : [],
    );
    expect(confirmed.length).toBeGreaterThan(5);
    expect(new Set(confirmed.map(({ author }) => author.name))).toEqual(new Set([GOLD_RULE]));
    const ids = new Set(proved.map(({ id }) => id));
    expect(confirmed.filter(({ questionId }) => !ids.has(questionId))).toEqual([]);
  });
});

describe('how who sat the exam stood to the record of the student', () => {
  const parity: ParityVerdict = {
    ...{ verdict: 'plausible', by: 'box', weightsSha256: 'ab'.repeat(32), compared: 'text' },
    ...{ prompts: 8, steps: 201, nearTies: 1, delta: null },
    tolerance: { delta: 0.02, margin: 0.25, source: 'bfloat16' },
  };

  it('is kept with every exam of the round and with what is frozen from them, and is shown', async () => {
    const { store, student, ports } = setUp();
    student.parity = parity;
    await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);
    const state = await store.state(0);
    expect(Object.values(state?.exams ?? {}).map((exam) => exam.parity)).toEqual([parity, parity]);
    for (const step of ['teach', 'curate', 'freeze'] as const) {
      await runStep(ports, await loadRound(ports, 0), step, []);
    }
    expect((await store.manifest(0))?.examParity).toEqual({ train: parity, dev: parity });
    const shown = String(roundsTable(await summarise(store)));
    expect(shown).toContain(`round 0 (train, dev), server box: ${String(describeParity(parity))}`);
  });

  it('says of an exam whose student nobody could check that it is not checked', async () => {
    const { store, student, ports } = setUp();
    student.parity = { verdict: 'unchecked', by: 'box' };
    await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);
    student.parity = parity;
    await runStep(ports, await loadRound(ports, 0), 'exam', ['dev']);
    const state = await store.state(0);
    expect(state?.exams['train']?.parity).toEqual({ verdict: 'unchecked', by: 'box' });
    expect(state && checkLines(0, state).map(String)).toEqual([
      expect.stringMatching(/^round 0 \(train\), server box: not checked/u) as string,
      expect.stringMatching(/^round 0 \(dev\), server box: plausible/u) as string,
    ]);
    const line = String(roundsTable(await summarise(store)));
    expect(line).toContain('round 0 (train), server box: not checked');
  });
});
