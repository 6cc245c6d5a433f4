import type { ComparisonView } from '../../shared/dashboardContract.ts';
import { differencesOf } from '../exam/examForm.ts';
import { compareExamsSteps, type Comparison } from '../round/compare.ts';
import { sentence, type Text } from '../sentence.ts';
import { examIn, type Picture, type PictureExam } from './picture.ts';
import { outcomeOf, verdictOn } from './verdict.ts';

export type ChangeGroup = 'fixed' | 'newly-wrong' | 'still-wrong' | 'still-right' | 'flaky';

/** Two rounds' exams of one set, with the questions behind each number. */
export interface Compared {
  readonly from: number;
  readonly to: number;
  readonly exam: PictureExam;
  readonly comparison: Comparison;
  readonly groups: Readonly<Record<ChangeGroup, readonly string[]>>;
}

/** Null where a round has no exam of the set, or both are the same round. */
export function* compareSteps(
  picture: Picture,
  { from, to, set }: { readonly from: number; readonly to: number; readonly set: string },
): Generator<void, Compared | null, void> {
  const [before, after] = [examIn(picture, from, set), examIn(picture, to, set)];
  if (!before || !after || from === to) return null;
  const differs = differencesOf(before.form, after.form);
  const [first, second] = [before.tally.questions, after.tally.questions];
  const comparison = yield* compareExamsSteps(first, second, { differs });
  const { fixed, newlyWrong, stillWrong, stillRight } = comparison;
  const isFlaky = (id: string): boolean =>
    [first, second].some((exam) => {
      const { right, samples } = exam.get(id) ?? { right: 0, samples: 0 };
      return right > 0 && right < samples;
    });
  const flaky = [...first.keys()].filter((id) => second.has(id) && isFlaky(id)).sort();
  return {
    from,
    to,
    exam: after,
    comparison,
    groups: {
      fixed,
      'newly-wrong': newlyWrong,
      'still-wrong': stillWrong,
      'still-right': stillRight,
      flaky,
    },
  };
}

/** The comparison as it is shown. */
export function comparisonView(
  { from, to, exam, comparison, groups }: Compared,
  say: (text: Text) => string,
): ComparisonView {
  const { mcnemarP, differs, difference } = comparison;
  return {
    from,
    to,
    set: exam.set,
    role: exam.role,
    n: comparison.n,
    before: comparison.accuracyBefore,
    after: comparison.accuracyAfter,
    fixed: groups.fixed.length,
    newlyWrong: groups['newly-wrong'].length,
    stillWrong: groups['still-wrong'].length,
    stillRight: groups['still-right'].length,
    flaky: groups.flaky.length,
    difference: { value: difference.value, low: difference.low, high: difference.high },
    test: testOf(mcnemarP, differs, say),
    outcome: outcomeOf(comparison),
    verdict: say(verdictOn({ from, to, role: exam.role, comparison })),
    onlyBefore: comparison.onlyBefore,
    onlyAfter: comparison.onlyAfter,
  };
}

function testOf(
  p: number | null,
  differs: readonly string[],
  say: (text: Text) => string,
): ComparisonView['test'] {
  if (differs.length > 0) {
    const why = say(sentence`The exams were held differently: ${differs.join(', ')}.`);
    return { kind: 'none', why };
  }
  return p === null ? { kind: 'bootstrap' } : { kind: 'mcnemar', p };
}

/** What is compared when nobody chose: dev where two rounds have it, the last two rounds that do. */
export function defaultPair(
  picture: Picture,
): { readonly from: number; readonly to: number; readonly set: string } | null {
  const names = picture.sets
    .filter(({ role }) => role !== 'test')
    .sort((a, b) => ORDER[a.role] - ORDER[b.role])
    .map(({ name }) => name);
  for (const set of names) {
    const rounds = picture.rounds.filter(({ exams }) => exams.has(set)).map(({ round }) => round);
    const [from, to] = [rounds.at(-2), rounds.at(-1)];
    if (from !== undefined && to !== undefined) return { from, to, set };
  }
  return null;
}

const ORDER = { dev: 0, extra: 1, train: 2, test: 3 } as const;
