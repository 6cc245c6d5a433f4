import { checkLines } from '../../core/round/checkLines.ts';
import { markLines } from '../../core/round/marks.ts';
import { countLooks, looksSentence, TEST_SET } from '../../core/round/looks.ts';
import { STEPS, type Step } from '../../core/round/step.ts';
import { formatP, formatRate } from '../../core/round/statistics.ts';
import type { ProfileReplies } from '../../core/round/spending.ts';
import type { RoundSummary } from '../../core/round/summary.ts';
import { joined, sentence, type Part, type Sentence, type Text } from '../../core/sentence.ts';
import { amountsText, type Amount } from '../../shared/money.ts';
import { alignColumns, formatDuration } from './format.ts';

/** The table of rounds as plain text: accuracy with n and interval, changes, coverage, calls and times. */
export function roundsTable(summaries: readonly RoundSummary[]): Sentence {
  if (summaries.length === 0) return sentence`No round has begun. Start one with: tailor round`;
  const sets = [...new Set(summaries.flatMap(({ results }) => results.map(({ set }) => set)))];
  const parts = [
    ...sets.map((set) => lines([sentence`${set} exam (greedy)`, ...examTable(summaries, set)])),
    ...checksOf(summaries),
    lines([sentence`What was taught`, teachingTable(summaries)]),
    ...servedPart(summaries),
    lines([sentence`Time`, timeTable(summaries)]),
  ];
  return joined(parts, '\n\n');
}

const lines = (texts: readonly Sentence[]): Sentence => joined(texts, '\n');

function examTable(summaries: readonly RoundSummary[], set: string): Sentence[] {
  const rows: Part[][] = [
    [
      sentence`round`,
      sentence`right`,
      sentence`fixed`,
      sentence`newly wrong`,
      'McNemar',
      sentence`no answer`,
      sentence`truncated`,
    ],
  ];
  for (const { round, results } of summaries) {
    const result = results.find((one) => one.set === set);
    if (!result) continue;
    const { accuracy, change, noAnswer, truncated } = result;
    rows.push([
      round,
      formatRate(accuracy),
      change ? change.fixed.length : '–',
      change ? change.newlyWrong.length : '–',
      change?.mcnemarP == null ? '–' : formatP(change.mcnemarP),
      noAnswer,
      truncated,
    ]);
  }
  const looks = set === TEST_SET ? [looksSentence(countLooks(looksIn(summaries)))] : [];
  return [alignColumns(rows), ...examNotes(summaries, set), ...looks];
}

const looksIn = (summaries: readonly RoundSummary[]): { readonly at: string }[][] =>
  summaries.map(({ looks }) => looks.map((at) => ({ at })));

/** What keeps rounds from being compared as if they had sat the same exam. */
function examNotes(summaries: readonly RoundSummary[], set: string): Sentence[] {
  let earlier = 0;
  return summaries.flatMap(({ round, results }) => {
    const result = results.find((one) => one.set === set);
    if (!result) return [];
    const before = earlier;
    earlier = round;
    const { outdated, change } = result;
    const notes: Sentence[] = [];
    if (outdated > 0) {
      const what =
        outdated === 1
          ? sentence`Round ${round}: 1 question has another text now than was asked; left out.`
          : sentence`Round ${round}: ${outdated} questions have another text now than was asked; left out.`;
      notes.push(joined([what, askAgain(round, set)]));
    }
    if (change && change.differs.length > 0) {
      const what = sentence`Rounds ${before} and ${round} were examined differently (${change.differs.join(', ')}): the students are not all that differs, so no test is made.`;
      notes.push(joined([what, askAgain(before, set)]));
    }
    return notes;
  });
}

/** How those who sat the exams stood to the trainer's record of the student: what one cannot see in the numbers. */
function checksOf(summaries: readonly RoundSummary[]): Sentence[] {
  const rows = summaries.flatMap(({ round, state }) => [
    ...checkLines(round, state),
    ...markLines(round, state),
  ]);
  return rows.length === 0 ? [] : [lines([sentence`Checks of the student`, ...rows])];
}

function askAgain(round: number, set: string): Sentence {
  return sentence`To ask again: tailor exam --round ${round} --set ${set}`;
}

function teachingTable(summaries: readonly RoundSummary[]): Sentence {
  const rows: Part[][] = [
    [
      sentence`round`,
      sentence`questions`,
      sentence`with rationale`,
      sentence`with pair`,
      sentence`positives`,
      sentence`negatives`,
      sentence`teacher calls`,
      sentence`tokens`,
      sentence`suspects`,
    ],
  ];
  for (const { round, state, manifest, spending } of summaries) {
    const { requests, underWay, possiblyBilled } = spending;
    // What was asked has its price before anything is frozen.
    if (!manifest && requests + underWay + possiblyBilled === 0) continue;
    const coverage = manifest?.coverage;
    const teacher = manifest?.teacher ?? state.teaching;
    const names = namesNeeded(spending.profiles, teacher?.profile);
    const parts: Text[] = [
      names ?? String(requests),
      ...(underWay === 0 ? [] : [sentence`${underWay} under way`]),
      ...(possiblyBilled === 0 ? [] : [sentence`${possiblyBilled} perhaps billed`]),
    ];
    const calls = joined(parts, ' + ');
    rows.push([
      round,
      ...(coverage
        ? [
            coverage.questions,
            coverage.withRationale,
            `${coverage.withPair}/${coverage.questions}`,
            coverage.positives,
            coverage.negatives,
          ]
        : ['–', '–', '–', '–', '–']),
      names === null && teacher?.programmatic === true ? sentence`${calls} (programmatic)` : calls,
      spending.promptTokens + spending.completionTokens,
      state.audit?.suspects ?? 0,
    ]);
  }
  return rows.length === 1 ? sentence`nothing yet` : alignColumns(rows);
}

/** How often each profile answered, where it is not the round's teacher alone that did. */
function namesNeeded(
  profiles: readonly ProfileReplies[],
  teacher: string | undefined,
): Sentence | null {
  const isTeacher = ({ profile }: ProfileReplies): boolean =>
    profile === '' || teacher === undefined || profile === teacher;
  if (profiles.length < 2 && profiles.every(isTeacher)) return null;
  const named = profiles.map(({ profile, requests }): Text =>
    profile === '' ? sentence`${requests} of unknown teachers` : `${requests} ${profile}`,
  );
  return joined(named, ', ');
}

/** What exams took at a student's server; nothing where the exam engine sat them all. */
function servedPart(summaries: readonly RoundSummary[]): Sentence[] {
  const rows: Part[][] = [
    [sentence`round`, sentence`server`, sentence`requests`, sentence`tokens`, sentence`money`],
  ];
  for (const { round, served } of summaries) {
    if (served === null) continue;
    const { spent } = served;
    if (spent === null) {
      rows.push([round, '–', ...[0, 1, 2].map(() => sentence`unknown`)]);
      continue;
    }
    const { calls, refused, possiblyBilled, money } = spent;
    const parts: Text[] = [
      String(calls),
      ...(refused === 0 ? [] : [sentence`${refused} turned away`]),
      ...(possiblyBilled === 0 ? [] : [sentence`${possiblyBilled} perhaps billed`]),
    ];
    rows.push([
      round,
      spent.profiles.join(', '),
      joined(parts, ' + '),
      spent.promptTokens + spent.completionTokens,
      moneyPart(money, possiblyBilled),
    ]);
  }
  return rows.length === 1
    ? []
    : [lines([sentence`Exams at a student server`, alignColumns(rows)])];
}

function moneyPart(money: readonly Amount[] | null, possiblyBilled: number): Part {
  if (money === null) return sentence`unknown`;
  if (money.length === 0) return '–';
  const amounts = amountsText(money);
  return possiblyBilled > 0 ? sentence`at most ${amounts}` : amounts;
}

/** The steps of a round in a sentence or a table. */
export const STEP_NAMES: Readonly<Record<Step, Sentence>> = {
  exam: sentence`exam`,
  teach: sentence`teach`,
  curate: sentence`curate`,
  freeze: sentence`freeze`,
  train: sentence`train`,
};

function timeTable(summaries: readonly RoundSummary[]): Sentence {
  const rows: Part[][] = [
    [sentence`round`, ...STEPS.map((step) => STEP_NAMES[step]), sentence`together`],
  ];
  for (const { round, state } of summaries) {
    const spent = STEPS.map((step) => state.seconds[step] ?? 0);
    const sum = spent.reduce((a, b) => a + b, 0);
    rows.push([round, ...[...spent, sum].map((s) => (s === 0 ? '–' : formatDuration(s)))]);
  }
  return alignColumns(rows);
}
