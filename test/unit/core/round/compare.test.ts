import { describe, expect, test } from 'vitest';
import { compareExams, type Outcome } from '../../../../src/core/round/compare.ts';
import { trajectoryOf } from '../../../../src/core/round/trajectory.ts';
import { gradeNumeric } from '../../../../src/core/grading/grade.ts';
import { gsm8kSolutions, type SolutionModel } from '../../../fakes/gsm8kSolutions.ts';
import { NO_PUBLIC_DATA } from '../../../fakes/publicData.ts';

const exam = (outcomes: Record<string, Outcome>): Map<string, Outcome> =>
  new Map(Object.entries(outcomes));

describe('comparing exams', () => {
  test('sorts the shared questions into four lists and leaves the others out', () => {
    const comparison = compareExams(
      exam({ d: 'right', a: 'wrong', b: 'right', c: 'no-answer', old: 'right' }),
      exam({ a: 'right', b: 'wrong', c: 'wrong', d: 'right', new: 'right', newer: 'wrong' }),
    );
    expect(comparison).toMatchObject({
      n: 4,
      fixed: ['a'],
      newlyWrong: ['b'],
      stillWrong: ['c'],
      stillRight: ['d'],
      onlyBefore: 1,
      onlyAfter: 2,
      mcnemarP: 1,
    });
    expect(comparison.accuracyBefore).toMatchObject({ right: 2, n: 4, rate: 0.5 });
  });

  test('of samples gives shares, an interval over questions and no McNemar', () => {
    const before = new Map<string, Outcome>();
    const after = new Map<string, Outcome>();
    for (let i = 0; i < 100; i += 1) {
      before.set(`q${i}`, { right: i % 3, samples: 4 });
      after.set(`q${i}`, { right: (i % 3) + 2, samples: 4 });
    }
    const comparison = compareExams(before, after);
    expect(comparison.mcnemarP).toBeNull();
    expect(comparison.difference.value).toBeCloseTo(0.5, 12);
    expect(comparison.accuracyBefore.rate).toBeCloseTo(0.2475, 12);
    expect(comparison.accuracyBefore.low).toBeLessThan(0.2475);
    expect(comparison.accuracyBefore.high).toBeGreaterThan(0.2475);
    expect(comparison.fixed).toHaveLength(66);
    expect(compareExams(before, after)).toEqual(comparison);
  });

  test('of samples that are all wrong, or all right, is as unsure as its questions are few', () => {
    const of = (right: number): Map<string, Outcome> =>
      new Map(Array.from({ length: 20 }, (_, i) => [`q${i}`, { right, samples: 4 }]));
    const { accuracyBefore, accuracyAfter } = compareExams(of(0), of(4));
    expect(accuracyBefore).toMatchObject({ rate: 0, low: 0 });
    expect(accuracyBefore.high).toBeCloseTo(0.1611, 4);
    expect(accuracyAfter).toMatchObject({ rate: 1, high: 1 });
    expect(accuracyAfter.low).toBeCloseTo(0.8389, 4);
  });

  test('counts a question whose share is another as changed, on whichever side of one half', () => {
    const before = exam({ a: { right: 0, samples: 4 }, b: 'right', c: 'wrong' });
    const after = exam({ a: { right: 1, samples: 4 }, b: 'right', c: 'right' });
    expect(compareExams(before, after)).toMatchObject({ changed: 2, fixed: ['c'] });
  });

  test('nothing in common gives no claim', () => {
    expect(compareExams(exam({ a: 'right' }), exam({ b: 'right' }))).toMatchObject({
      n: 0,
      mcnemarP: 1,
      accuracyAfter: { n: 0, low: 0, high: 1 },
    });
  });

  test('an impossible share is refused', () => {
    expect(() => compareExams(exam({ a: { right: 5, samples: 4 } }), exam({ a: 'right' }))).toThrow(
      RangeError,
    );
  });
});

describe.skipIf(NO_PUBLIC_DATA !== null)(
  `published models${NO_PUBLIC_DATA === null ? '' : ` (${NO_PUBLIC_DATA})`}`,
  () => {
    const examOf = (model: SolutionModel): Map<string, Outcome> =>
      new Map(
        gsm8kSolutions()
          .filter((solution) => solution.model === model)
          .map(({ question, text, gold }) => [question, gradeNumeric(text, gold).verdict]),
      );

    test('compare as their published labels do', () => {
      const finetuned = examOf('6b_finetuning');
      const verified = examOf('6b_verification');
      const large = examOf('175b_finetuning');
      const first = compareExams(finetuned, verified);
      expect(first.n).toBe(1319);
      expect([first.accuracyBefore.right, first.accuracyAfter.right]).toEqual([286, 515]);
      expect([first.fixed.length, first.newlyWrong.length]).toEqual([293, 64]);
      expect(first.mcnemarP?.toExponential(1)).toBe('3.9e-36');
      const second = compareExams(verified, large);
      expect([second.fixed.length, second.newlyWrong.length]).toEqual([152, 209]);
      expect(second.mcnemarP?.toFixed(4)).toBe('0.0032');
      expect(second.accuracyAfter.right).toBe(458);
      expect(second.difference.high).toBeLessThan(0);
    });
  },
);

describe('trajectories', () => {
  const of = (...rounds: [number, number][]): string =>
    trajectoryOf(rounds.map(([right, samples]) => ({ right, samples })));

  test.each([
    [
      'learned',
      [
        [0, 4],
        [4, 4],
      ],
    ],
    [
      'forgotten',
      [
        [4, 4],
        [0, 4],
      ],
    ],
    [
      'forgotten',
      [
        [0, 4],
        [4, 4],
        [0, 4],
      ],
    ],
    // Against any earlier round: what came in two steps is learned as well.
    [
      'learned',
      [
        [0, 4],
        [2, 4],
        [4, 4],
      ],
    ],
    [
      'forgotten',
      [
        [4, 4],
        [2, 4],
        [0, 4],
      ],
    ],
    [
      'stubborn',
      [
        [0, 4],
        [0, 4],
      ],
    ],
    [
      'known',
      [
        [4, 4],
        [3, 4],
        [4, 4],
      ],
    ],
    [
      'flaky',
      [
        [2, 4],
        [1, 4],
      ],
    ],
    [
      'flaky',
      [
        [3, 4],
        [1, 4],
      ],
    ],
    [
      'unclear',
      [
        [1, 1],
        [0, 1],
      ],
    ],
    [
      'unclear',
      [
        [1, 1],
        [0, 1],
        [1, 1],
      ],
    ],
    [
      'flaky',
      [
        [1, 1],
        [0, 1],
        [1, 1],
        [0, 1],
      ],
    ],
    ['unclear', [[0, 4]]],
    ['unclear', []],
    ['unclear', [[0, 0]]],
  ] as [string, [number, number][]][])('%s: %j', (trajectory, rounds) => {
    expect(of(...rounds)).toBe(trajectory);
  });
});
