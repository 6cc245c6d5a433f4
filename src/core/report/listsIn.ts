import type { DashboardState, ListName } from '../../shared/dashboardContract.ts';
import { changeBars, courseBars } from '../../shared/pictures/boardPictures.ts';
import { dashboardWords } from '../../shared/dashboardWords.ts';

/** A list behind a number of the Dashboard, and that number. */
export interface ListedNumber {
  readonly list: ListName;
  readonly count: number;
}

const ANY = dashboardWords({}, 'en');

/** Every number that opens a list, in the order in which a reader asks; behind none there is no list. */
export function listsIn(state: DashboardState): ListedNumber[] {
  return [
    ...changes(state),
    ...courseBars(state.trajectories, ANY).map(({ list, value }) => ({ list, count: value })),
    ...state.contamination.map(({ of, with: set, same, questions }): ListedNumber => ({
      list: { kind: 'overlap', of, with: set, same },
      count: questions,
    })),
    ...state.rounds.flatMap(exams),
    ...state.rounds.flatMap(coverage),
    ...acceptance(state),
  ].filter(({ count }) => count > 0);
}

/** What a reader asks first: what was lost, and what was won. */
function changes({ comparison }: DashboardState): ListedNumber[] {
  if (comparison === null) return [];
  const bars = changeBars(comparison, ANY).map(({ list, value }) => ({ list, count: value }));
  const [fixed, lost, ...others] = bars;
  return [...(lost ? [lost] : []), ...(fixed ? [fixed] : []), ...others];
}

function exams({ round, exams: of }: DashboardState['rounds'][number]): ListedNumber[] {
  return of.flatMap(({ set, right, wrong, noAnswer, truncated, outdated }) => {
    const counts = { wrong, 'no-answer': noAnswer, truncated, outdated, right } as const;
    return GROUPS.map((group): ListedNumber => ({
      list: { kind: 'exam', round, set, group },
      count: counts[group],
    }));
  });
}

const GROUPS = ['wrong', 'no-answer', 'truncated', 'outdated', 'right'] as const;

function coverage({ round, frozen }: DashboardState['rounds'][number]): ListedNumber[] {
  if (frozen === null) return [];
  const { questions, withRationale, withPair, uncovered } = frozen;
  const counts = {
    questions,
    'with-rationale': withRationale,
    'with-pair': withPair,
    ...uncovered,
  };
  return Object.entries(counts).map(([group, count]) => ({
    list: { kind: 'coverage', round, group },
    count,
  }));
}

function acceptance({ acceptance: { byPrompt, byErrorKind } }: DashboardState): ListedNumber[] {
  const of = (by: 'prompt' | 'error-kind', views: typeof byPrompt): ListedNumber[] =>
    views.map(({ name, questions }) => ({
      list: { kind: 'acceptance', by, name },
      count: questions,
    }));
  return [...of('prompt', byPrompt), ...of('error-kind', byErrorKind)];
}
