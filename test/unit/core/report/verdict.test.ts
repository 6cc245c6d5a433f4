import { describe, expect, it } from 'vitest';
import { outcomeOf, verdictOn } from '../../../../src/core/report/verdict.ts';
import { uniforms } from '../../../../src/core/round/bootstrap.ts';
import { compareExams, type Outcome } from '../../../../src/core/round/compare.ts';

/** An exam of `n` questions: the first `right` are right. */
const exam = (n: number, isRight: (at: number) => boolean): Map<string, Outcome> =>
  new Map(Array.from({ length: n }, (_, at) => [`q${at}`, isRight(at) ? 'right' : 'wrong']));

const say = (
  before: ReadonlyMap<string, Outcome>,
  after: ReadonlyMap<string, Outcome>,
  role: 'dev' | 'train' = 'dev',
  differs: readonly string[] = [],
): string =>
  String(verdictOn({ from: 0, to: 1, role, comparison: compareExams(before, after, { differs }) }));

describe('the verdict on a change', () => {
  it('calls a clear change better or worse, with the p value', () => {
    const [low, high] = [exam(100, (at) => at < 30), exam(100, (at) => at < 60)];
    expect(say(low, high)).toBe(
      'Round 1 is better than round 0 by more than chance in the choice of questions explains (exact McNemar p < 0.001).',
    );
    expect(say(high, low)).toMatch(/^Round 1 is worse than round 0 by more than chance/u);
  });

  it('says when a change lies within chance, also where it looks like one', () => {
    const before = exam(100, (at) => at < 40);
    expect(
      say(
        before,
        exam(100, (at) => at >= 5 && at < 52),
      ),
    ).toMatch(
      /^The change from round 0 to round 1 lies within chance \(exact McNemar p = 0\.14\)\.$/u,
    );
    // Five of five cannot be told from chance by any exact test.
    expect(
      say(
        before,
        exam(100, (at) => at < 45),
      ),
    ).toContain('5 changed questions are too few to tell anything (exact McNemar p = 0.063)');
    expect(say(before, before)).toContain('0 changed questions');
    expect(
      say(
        before,
        exam(100, (at) => at < 46),
      ),
    ).toContain('better than round 0');
  });

  it('with several samples rests on the interval over questions', () => {
    const shares = (of: (at: number) => number): Map<string, Outcome> =>
      new Map(Array.from({ length: 60 }, (_, at) => [`q${at}`, { right: of(at), samples: 4 }]));
    const before = shares((at) => at % 3);
    expect(
      say(
        before,
        shares((at) => (at % 3) + 1),
      ),
    ).toMatch(/better .* \(95 % of paired bootstrap: \+25\.0 … \+25\.0 points\)/u);
    expect(
      say(
        shares((at) => (at % 3) + 1),
        before,
      ),
    ).toContain('worse than round 0');
    expect(
      say(
        before,
        shares((at) => (at + 1) % 3),
      ),
    ).toContain('lies within chance (95 % of');
  });

  it('with several samples claims nothing of a handful of questions, whatever the interval says', () => {
    const some = (n: number, changed: number, right: number): Map<string, Outcome> =>
      new Map(
        Array.from({ length: n }, (_, at) => [
          `q${at}`,
          { right: at < changed ? right : 2, samples: 4 },
        ]),
      );
    const before = some(40, 5, 0);
    expect(compareExams(before, some(40, 5, 4)).difference.low).toBeGreaterThan(0);
    expect(say(before, some(40, 5, 4))).toMatch(
      /lies within chance: 5 changed questions are too few to tell anything \(95 % of paired bootstrap: /u,
    );
    expect(say(some(2, 2, 0), some(2, 2, 4))).toContain('2 changed questions are too few');
    expect(outcomeOf(compareExams(before, some(40, 5, 4)))).toBe('chance');
    expect(say(some(40, 6, 0), some(40, 6, 4))).toContain('better than round 0');
    expect(outcomeOf(compareExams(some(40, 6, 0), some(40, 6, 4)))).toBe('better');
  });

  it('makes none where the exams differ or share nothing, and warns of training questions', () => {
    const [a, b] = [exam(50, (at) => at < 10), exam(50, (at) => at < 40)];
    expect(say(a, b, 'dev', ['exam.head', 'the engine'])).toBe(
      'Not tested: the exams were held differently (exam.head, the engine), so the student is not all that changed.',
    );
    expect(say(a, new Map([['other', 'right' as const]]))).toBe(
      'The exams of rounds 0 and 1 share no question.',
    );
    expect(say(a, b, 'train')).toMatch(
      /explains .*\. These questions are trained on: .* progress\.$/u,
    );
  });

  it('is wrong about as rarely as it says where nothing changed but chance', () => {
    const random = uniforms('no change');
    let [single, several] = [0, 0];
    const trials = 100;
    for (let trial = 0; trial < trials; trial += 1) {
      // Each question has its own difficulty, and both exams answer it by the same chance.
      const chances = Array.from({ length: 60 }, () => random());
      const draw = (): Map<string, Outcome> =>
        new Map(chances.map((chance, at) => [`q${at}`, random() < chance ? 'right' : 'wrong']));
      const drawn = (): Map<string, Outcome> =>
        new Map(
          chances.map((chance, at) => {
            const right = [0, 1, 2, 3].filter(() => random() < chance).length;
            return [`q${at}`, { right, samples: 4 }];
          }),
        );
      single += say(draw(), draw()).includes('lies within chance') ? 0 : 1;
      several += say(drawn(), drawn()).includes('lies within chance') ? 0 : 1;
    }
    // The exact test keeps below its 5 %; the interval's 5 % is met about.
    expect(single / trials).toBeLessThan(0.05);
    expect(several / trials).toBeLessThan(0.1);
  });
});
