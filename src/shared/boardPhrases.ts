import type { DashboardState, RoundView, StudentSaw } from './dashboardContract.ts';
import type { DashboardText } from './dashboardStrings.ts';
import type { DashboardWords } from './dashboardWords.ts';
import { amountsText } from './money.ts';

/** "round 0", "rounds 0, 1": whose frozen sets a student saw. */
export function roundsSeen(saw: readonly number[], words: DashboardWords): string {
  if (saw.length === 0) return words('saw.nothing');
  return words(saw.length === 1 ? 'saw.one' : 'saw.list', saw.join(', '));
}

/** How many texts a student saw; of one that this project taught nothing there is no number. */
export function textsSeen(
  { saw, positives, negatives }: Pick<StudentSaw, 'saw' | 'positives' | 'negatives'>,
  words: DashboardWords,
): string {
  return saw.length === 0 ? '–' : `${words.count(positives)} / ${words.count(negatives)}`;
}

/** Questions that one of two compared exams alone asked. */
export function onlyAsked(count: number, round: number, words: DashboardWords): string {
  return count === 1
    ? words('change.onlyOne', round)
    : words('change.only', words.count(count), round);
}

/** Whether a round's teacher was asked nothing: then zeros would only look like figures. */
export function askedNobody({ teacher, spent }: Pick<RoundView, 'teacher' | 'spent'>): boolean {
  return teacher === null && spent.calls + spent.underWay + spent.possiblyBilled === 0;
}

/** Whoever was asked in a round, by name, with what that took; the round's teacher or nobody where no request is known. */
export function askersOf(
  { teacher, spent, asked }: Pick<RoundView, 'teacher' | 'spent' | 'asked'>,
  words: DashboardWords,
): { readonly who: string | null; readonly spent: RoundView['spent'] }[] {
  const named = ({ profile, programmatic }: NonNullable<RoundView['teacher']>): string =>
    programmatic ? words('cost.programmatic', profile) : profile;
  const [only] = asked;
  if (only === undefined || (asked.length === 1 && only.profile === '')) {
    return [{ who: teacher && named(teacher), spent }];
  }
  return asked.map((one) => ({
    who: one.profile === '' ? words('unknown') : named(one),
    spent: one,
  }));
}

type Served = NonNullable<RoundView['served']>;

/** Null where no price is known. */
export function moneySpent(
  { spent: { money }, served }: Pick<RoundView, 'spent' | 'served'>,
  words: DashboardWords,
): string | null {
  if (money === null) return null;
  // What runs here is paid by nobody, in no currency; of a round whose exams cost something “nothing” would be untrue.
  if (money.length === 0) return served === null ? words('cost.free') : '–';
  return amountsText(money, words.money);
}

/** Who was asked in the exams that a server sat. */
export function servedBy({ spent }: Served, words: DashboardWords): string {
  return spent === null ? words('cost.server') : words('cost.servers', spent.profiles.join(', '));
}

/** Answered requests, and those that were turned away, which cost nothing; null where nobody wrote them down. */
export function servedCalls({ spent }: Served, words: DashboardWords): string | null {
  if (spent === null) return null;
  const calls = words.count(spent.calls);
  return spent.refused === 0 ? calls : words('cost.refused', calls, words.count(spent.refused));
}

/** Tokens, in and out; null where nobody wrote them down. */
export function servedTokens({ spent }: Served, words: DashboardWords): string | null {
  if (spent === null) return null;
  const tokens = `${words.count(spent.promptTokens)} / ${words.count(spent.completionTokens)}`;
  return spent.estimated ? words('cost.estimated', tokens) : tokens;
}

/** Null where not all has a price; what is perhaps billed is in it at its worst. */
export function servedMoney({ spent }: Served, words: DashboardWords): string | null {
  if (spent === null || spent.money === null) return null;
  if (spent.money.length === 0) return words('cost.free');
  const money = amountsText(spent.money, words.money);
  return spent.possiblyBilled > 0 ? words('cost.atMost', money) : money;
}

/** The stages whose time stands in the round's own row; that of exams by a server stands beside what they cost. */
export function ownStages({
  seconds,
  served,
}: Pick<RoundView, 'seconds' | 'served'>): [string, number][] {
  return Object.entries(seconds).filter(([stage]) => served === null || stage !== 'exam');
}

/** How long a stage took, and its tokens where they are known. */
export function stageTook(
  [stage, seconds]: readonly [string, number],
  { tokens }: Pick<RoundView, 'tokens'>,
  words: DashboardWords,
): string {
  const took = words.duration(seconds);
  const count = tokens[stage];
  return count === undefined ? took : words('cost.stageTokens', took, words.count(count));
}

/** What is said where no contamination is found: of training questions alone nothing can be like anything else. */
export function overlapNone({ sets }: Pick<DashboardState, 'sets'>): DashboardText {
  return sets.some(({ role }) => role !== 'train') ? 'overlap.none' : 'overlap.alone';
}

/** Whether a training stands between the rounds that are tested: what another one would have brought, no test says. */
export function isNoiseOpen({
  comparison,
  rounds,
}: Pick<DashboardState, 'comparison' | 'rounds'>): boolean {
  if (comparison === null || comparison.test.kind === 'none') return false;
  const { from, to } = comparison;
  // Of one student in both rounds there is no training between them.
  const compared = rounds.filter(({ round }) => round === from || round === to);
  return new Set(compared.map(({ student }) => student.digest)).size > 1;
}

/** Why no two rounds are compared. */
export function changeNone({ rounds }: Pick<DashboardState, 'rounds'>): DashboardText {
  const examined = rounds.some(({ exams }) => exams.some(({ accuracy }) => accuracy.n > 0));
  return examined ? 'change.one' : 'change.none';
}
