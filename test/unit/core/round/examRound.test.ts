import { describe, expect, it } from 'vitest';
import { GOLD_RULE } from '../../../../src/core/curation/goldRule.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
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
