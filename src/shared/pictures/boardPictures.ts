import type { ComparisonView, DashboardState, ListName } from '../dashboardContract.ts';
import type { DashboardWords } from '../dashboardWords.ts';
import type { AccuracySet } from './accuracySet.ts';
import type { Bar, BarsOptions } from './bars.ts';

/** A bar whose number opens a list. */
export interface ListedBar extends Bar {
  readonly list: ListName;
}

/** The project's sets with what each round's exam came to; sets without an exam are left out. */
export function accuracySets({
  sets,
  rounds,
}: Pick<DashboardState, 'sets' | 'rounds'>): AccuracySet[] {
  return sets
    .map(({ name, role }) => ({
      name,
      role,
      points: rounds.flatMap(({ round, exams }) =>
        exams
          .filter((exam) => exam.set === name && exam.accuracy.n > 0)
          .map(({ accuracy }) => ({ round, accuracy })),
      ),
    }))
    .filter(({ points }) => points.length > 0);
}

type Look = Pick<Bar, 'hatch' | 'colour'>;

/** What changed between two rounds, question by question. */
export function changeBars(
  { from, to, set, fixed, newlyWrong, stillWrong, stillRight, flaky, test }: ComparisonView,
  words: DashboardWords,
): ListedBar[] {
  const bar = (
    group: 'fixed' | 'newly-wrong' | 'still-wrong' | 'still-right' | 'flaky',
    value: number,
    look: Look,
  ): ListedBar => ({
    label: words(`change.${group}`),
    value,
    ...look,
    list: { kind: 'change', from, to, set, group },
  });
  return [
    bar('fixed', fixed, { hatch: 'full', colour: 'good' }),
    bar('newly-wrong', newlyWrong, { hatch: 'cross', colour: 'bad' }),
    bar('still-wrong', stillWrong, { hatch: 'fall', colour: 1 }),
    bar('still-right', stillRight, { hatch: 'rise', colour: 0 }),
    ...(flaky > 0 || test.kind === 'bootstrap'
      ? [bar('flaky', flaky, { hatch: 'empty', colour: 2 })]
      : []),
  ];
}

const COURSES = {
  learned: { hatch: 'full', colour: 'good' },
  known: { hatch: 'rise', colour: 0 },
  flaky: { hatch: 'empty', colour: 2 },
  unclear: { hatch: 'empty', colour: 3 },
  stubborn: { hatch: 'fall', colour: 1 },
  forgotten: { hatch: 'cross', colour: 'bad' },
} as const satisfies Readonly<Record<string, Look>>;

const ORDER = ['learned', 'known', 'flaky', 'unclear', 'stubborn', 'forgotten'] as const;

/** What became of the training questions over the rounds. */
export function courseBars(
  { counts, unknown }: DashboardState['trajectories'],
  words: DashboardWords,
): ListedBar[] {
  return ORDER.map((group) => ({
    label: words(`course.${group}`),
    value: counts[group],
    ...(unknown.includes(group) ? { instead: words('course.unknown') } : {}),
    ...COURSES[group],
    list: { kind: 'trajectory', group },
  }));
}

/** Over which exams the courses are told. */
export function courseTitle(
  { rounds, upTo }: DashboardState['trajectories'],
  words: DashboardWords,
): string {
  return rounds === 1
    ? words('course.overOne', upTo ?? 0)
    : words('course.over', words.count(rounds), upTo ?? 0);
}

/** What must be known of the courses. */
export function courseNotes(
  { rounds, upTo, newest, counts }: DashboardState['trajectories'],
  words: DashboardWords,
): string[] {
  const isBehind = rounds > 1 && upTo !== null && newest !== null && newest > upTo;
  return [
    ...(rounds === 1 ? [words('course.first')] : []),
    ...(isBehind
      ? [words(counts.forgotten === 0 ? 'course.behind' : 'course.behindSome', newest, upTo)]
      : []),
    words('course.how'),
  ];
}

/** What bars of questions say; `of` is how many there are in all. */
export function barTexts(of: number, words: DashboardWords): BarsOptions['texts'] {
  return {
    count: words.count,
    percent: words.percent,
    head: [words('picture.questions'), words('picture.number'), words('picture.share')],
    sentence: (parts) => words('picture.of', words.count(of), parts),
  };
}
