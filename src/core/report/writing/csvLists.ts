import type { ListedQuestion, ListName } from '../../../shared/dashboardContract.ts';
import type { CsvRow } from './csv.ts';
import type { ReportList } from './listTable.ts';

/** The questions of a list, one a row, under the section and the measure of the number that they stand behind. */
export function listRows({ list, questions, rounds }: ReportList): CsvRow[] {
  const named = nameOf(list);
  const first = rounds?.[0];
  const last = rounds?.at(-1);
  return questions.map((question): CsvRow => {
    const newest = question.answers.at(-1);
    const round = last ?? newest?.round;
    const found = question.history.find((one) => one.round === round);
    const [right, n] = [found?.right ?? null, found?.samples ?? null];
    return {
      ...named,
      section: `list of ${named.section}`,
      ...(round === undefined ? {} : { round }),
      set: question.set,
      name: question.id,
      value: right === null || n === null || n === 0 ? null : right / n,
      ...(n === null ? {} : { n }),
      question: question.question,
      gold: question.gold,
      ...(first === last ? {} : { before: answerIn(question, first) }),
      answer: answerIn(question, round),
    };
  });
}

/** Nothing where none could be read, or where the question was not asked. */
function answerIn({ answers }: ListedQuestion, wanted: number | undefined): string {
  return answers.find(({ round }) => round === wanted)?.answer ?? '';
}

const CHANGES = {
  fixed: 'fixed',
  'newly-wrong': 'newlyWrong',
  'still-wrong': 'stillWrong',
  'still-right': 'stillRight',
  flaky: 'flaky',
} as const;
const EXAMS = {
  right: 'right',
  wrong: 'wrong',
  'no-answer': 'no answer',
  truncated: 'truncated',
  outdated: 'outdated',
} as const;
const COVERAGE: ReadonlyMap<string, string> = new Map([
  ['with-rationale', 'withRationale'],
  ['with-pair', 'withPair'],
]);

/** As the rows of the numbers are named. */
function nameOf(list: ListName): Pick<CsvRow, 'section' | 'measure' | 'note'> {
  switch (list.kind) {
    case 'change':
      return {
        section: 'comparison',
        measure: CHANGES[list.group],
        note: `${list.from} to ${list.to}`,
      };
    case 'exam':
      return { section: 'exam', measure: EXAMS[list.group] };
    case 'trajectory':
      return { section: 'trajectory', measure: list.group };
    case 'coverage':
      return { section: 'frozen', measure: COVERAGE.get(list.group) ?? list.group };
    case 'overlap':
      return { section: 'overlap', measure: `${list.of} ${list.same}` };
    case 'acceptance':
      return {
        section: list.by === 'prompt' ? 'acceptance by prompt' : 'acceptance by error',
        measure: list.name,
      };
  }
}
