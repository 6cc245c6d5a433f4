import type { ListedQuestion, ListName } from '../../../shared/dashboardContract.ts';
import type { DashboardWords } from '../../../shared/dashboardWords.ts';
import { listTitle } from '../../../shared/listTitle.ts';
import { withoutEmpty, type Block } from './report.ts';

/** The questions behind a number, as far as a report names them. */
export interface ReportList {
  readonly list: ListName;
  readonly total: number;
  readonly questions: readonly ListedQuestion[];
  /** The exams whose answers are shown; null = each question's newest. */
  readonly rounds: readonly number[] | null;
}

/** A list with what it is a list of: each question with its gold, what was answered, and how it went round by round. */
export function listBlock(
  { list, total, questions, rounds }: ReportList,
  words: DashboardWords,
): Block {
  const rows = questions.map((one) => [
    one.id,
    one.question,
    one.gold,
    ...answersOf(one, rounds, words),
    one.history
      .map(({ right, samples }) => (samples === null ? '–' : `${right ?? 0}/${samples}`))
      .join(' '),
    one.taughtIn.join(', '),
  ]);
  const head = [
    words('report.id'),
    words('report.question'),
    words('report.gold'),
    ...answerHeads(questions, rounds, words),
    words('report.history'),
    words('report.taughtIn'),
  ];
  // What is not trained on is taught in no round.
  const [said, lines] = withoutEmpty(head, rows);
  const whole = { head: said, rows: lines };
  const named = questions.length;
  return {
    kind: 'list',
    table: { caption: `${listTitle(list, words)}: ${words.count(total)}`, ...whole },
    rest: named < total ? words('report.more', words.count(named), words.count(total)) : null,
  };
}

/** An answer stands under the round that gave it. */
function answersOf(
  { answers }: ListedQuestion,
  rounds: ReportList['rounds'],
  words: DashboardWords,
): string[] {
  const said = (found: ListedQuestion['answers'][number] | undefined): string =>
    found ? (found.answer ?? words('report.noAnswer')) : '–';
  if (rounds === null) return [said(answers.at(-1))];
  return rounds.map((wanted) => said(answers.find(({ round }) => round === wanted)));
}

function answerHeads(
  questions: readonly ListedQuestion[],
  rounds: ReportList['rounds'],
  words: DashboardWords,
): string[] {
  if (rounds === null) return [words('report.answer')];
  return rounds.map((wanted) => {
    const several = questions.some(({ history }) =>
      history.some(({ round, samples }) => round === wanted && (samples ?? 0) > 1),
    );
    return words(several ? 'report.lastAnswerIn' : 'report.answerIn', wanted);
  });
}
