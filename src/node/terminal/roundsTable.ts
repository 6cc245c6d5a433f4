import { STEPS } from '../../core/round/step.ts';
import { formatP, formatRate } from '../../core/round/statistics.ts';
import type { RoundSummary } from '../../core/round/summary.ts';
import { alignColumns, formatDuration } from './format.ts';

/** The table of rounds as plain text: accuracy with n and interval, changes, coverage, calls and times. */
export function roundsTable(summaries: readonly RoundSummary[]): string {
  if (summaries.length === 0) return 'No round has begun. Start one with: tailor round';
  const sets = [...new Set(summaries.flatMap(({ results }) => results.map(({ set }) => set)))];
  const parts = sets.map((set) => `${set} exam (greedy)\n${examTable(summaries, set)}`);
  parts.push(`What was taught\n${teachingTable(summaries)}`);
  parts.push(`Time\n${timeTable(summaries)}`);
  return parts.join('\n\n');
}

function examTable(summaries: readonly RoundSummary[], set: string): string {
  const rows = [['round', 'right', 'fixed', 'newly wrong', 'McNemar', 'no answer', 'truncated']];
  for (const { round, results } of summaries) {
    const result = results.find((one) => one.set === set);
    if (!result) continue;
    const { accuracy, change, noAnswer, truncated } = result;
    rows.push([
      String(round),
      formatRate(accuracy),
      change ? String(change.fixed.length) : '–',
      change ? String(change.newlyWrong.length) : '–',
      change?.mcnemarP == null ? '–' : formatP(change.mcnemarP),
      String(noAnswer),
      String(truncated),
    ]);
  }
  return [alignColumns(rows), ...examNotes(summaries, set)].join('\n');
}

/** What keeps rounds from being compared as if they had sat the same exam. */
function examNotes(summaries: readonly RoundSummary[], set: string): string[] {
  let earlier = 0;
  return summaries.flatMap(({ round, results }) => {
    const result = results.find((one) => one.set === set);
    if (!result) return [];
    const before = earlier;
    earlier = round;
    const { outdated, change } = result;
    const notes: string[] = [];
    if (outdated > 0) {
      notes.push(
        `Round ${round}: ${outdated} ${outdated === 1 ? 'question has' : 'questions have'} another text now than was asked; left out. ${askAgain(round, set)}`,
      );
    }
    if (change && change.differs.length > 0) {
      notes.push(
        `Rounds ${before} and ${round} were examined differently (${change.differs.join(', ')}): the students are not all that differs, so no test is made. ${askAgain(before, set)}`,
      );
    }
    return notes;
  });
}

function askAgain(round: number, set: string): string {
  return `To ask again: tailor exam --round ${round} --set ${set}`;
}

function teachingTable(summaries: readonly RoundSummary[]): string {
  const rows = [
    [
      'round',
      'questions',
      'with rationale',
      'with pair',
      'positives',
      'negatives',
      'teacher calls',
      'tokens',
      'suspects',
    ],
  ];
  for (const { round, state, manifest, spending } of summaries) {
    const { requests, possiblyBilled } = spending;
    // What was asked has its price before anything is frozen.
    if (!manifest && requests + possiblyBilled === 0) continue;
    const coverage = manifest?.coverage;
    const programmatic = manifest?.teacher.programmatic ?? state.teaching?.programmatic ?? false;
    const label = programmatic ? ' (programmatic)' : '';
    const lost = possiblyBilled === 0 ? '' : ` + ${possiblyBilled} without reply`;
    rows.push([
      String(round),
      ...(coverage
        ? [
            String(coverage.questions),
            String(coverage.withRationale),
            `${coverage.withPair}/${coverage.questions}`,
            String(coverage.positives),
            String(coverage.negatives),
          ]
        : ['–', '–', '–', '–', '–']),
      `${requests}${lost}${label}`,
      String(spending.promptTokens + spending.completionTokens),
      String(state.audit?.suspects ?? 0),
    ]);
  }
  return rows.length === 1 ? 'nothing yet' : alignColumns(rows);
}

function timeTable(summaries: readonly RoundSummary[]): string {
  const rows: string[][] = [['round', ...STEPS, 'together']];
  for (const { round, state } of summaries) {
    const spent = STEPS.map((step) => state.seconds[step] ?? 0);
    const sum = spent.reduce((a, b) => a + b, 0);
    rows.push([String(round), ...[...spent, sum].map((s) => (s === 0 ? '–' : formatDuration(s)))]);
  }
  return alignColumns(rows);
}
