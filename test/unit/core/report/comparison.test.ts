import { describe, expect, it } from 'vitest';
import { compareSteps, defaultPair } from '../../../../src/core/report/comparison.ts';
import { examIn } from '../../../../src/core/report/picture.ts';
import { runWhole } from '../../../../src/core/runWhole.ts';
import { boardProject } from '../../../webview/boardProject.ts';

describe('two rounds on training questions with several samples', () => {
  it('call flaky what was right and wrong in one of them, and nothing that was always one of these', () => {
    const picture = boardProject({ rounds: 3 });
    const compared = runWhole(compareSteps(picture, { from: 0, to: 1, set: 'train' }));
    const [first, second] = [0, 1].map((round) => examIn(picture, round, 'train')?.tally.questions);
    const isMixed = (id: string): boolean =>
      [first?.get(id), second?.get(id)].some(
        (one) => one !== undefined && one.right > 0 && one.right < one.samples,
      );
    const both = [...(first?.keys() ?? [])].filter((id) => second?.has(id) === true);
    const mixed = both.filter(isMixed).sort();
    expect(compared?.groups.flaky).toEqual(mixed);
    expect(mixed.length).toBeGreaterThan(0);
    expect(
      both.some((id) => first?.get(id)?.right === first?.get(id)?.samples && !isMixed(id)),
    ).toBe(true);
  });
});

describe('what is compared when nobody chose', () => {
  it('is never test, also where only that was examined: whoever wants to compare on it says so', () => {
    const picture = boardProject({ rounds: 3 });
    const onTest = picture.rounds.map((round) => {
      const dev = round.exams.get('dev');
      const exams = new Map(dev ? [['test', { ...dev, set: 'test', role: 'test' as const }]] : []);
      return { ...round, exams };
    });
    const looked = { ...picture, rounds: onTest };
    expect(defaultPair(picture)).toMatchObject({ set: 'dev' });
    expect(defaultPair(looked)).toBeNull();
    expect(runWhole(compareSteps(looked, { from: 0, to: 1, set: 'test' }))).not.toBeNull();
  });
});
