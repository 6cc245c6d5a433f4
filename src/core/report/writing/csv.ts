import type { DashboardState, RateView } from '../../../shared/dashboardContract.ts';
import type { LedgerItem } from '../ledger.ts';
import { listRows } from './csvLists.ts';
import { trainingRows } from './csvTraining.ts';
import type { ReportList } from './listTable.ts';
import { visibleText } from '../../visibleText.ts';

/** Columns of the table: one number a row, so that every number of the Dashboard can be filtered and drawn; the questions
 * behind it follow, one a row. */
export const CSV_HEAD = [
  'section',
  'round',
  'set',
  'name',
  'measure',
  'value',
  'low',
  'high',
  'n',
  'note',
  // Of the lists alone: one question a row.
  'question',
  'gold',
  'before',
  'answer',
  // Of the curves alone: one point a row.
  'step',
] as const;

/** A row by its columns. */
export interface CsvRow {
  readonly section: string;
  readonly round?: number;
  readonly set?: string;
  readonly name?: string;
  readonly measure: string;
  /** Null = unknown, written as nothing. */
  readonly value: number | null;
  readonly low?: number;
  readonly high?: number;
  readonly n?: number;
  readonly note?: string;
  /** Clipped, as a list shows it. */
  readonly question?: string;
  readonly gold?: string;
  /** What was answered in the round that is compared with. */
  readonly before?: string;
  readonly answer?: string;
  readonly step?: number;
}

type Row = CsvRow;

/** A spreadsheet takes a text that begins so for a formula, full-width forms included, white space aside. */
const FORMULA = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/u;

/**
 * A text as a CSV cell (RFC 4180). One that a spreadsheet would compute gets an apostrophe in front, which makes it a
 * text there (OWASP, CSV injection).
 */
export function csvText(text: string): string {
  const shown = visibleText(text);
  const guarded = FORMULA.test(shown) ? `'${shown}` : shown;
  return /[",\n;]/u.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** What stands behind the numbers. */
interface Behind {
  readonly lists: readonly ReportList[];
  readonly ledger: readonly LedgerItem[];
}

/**
 * The Dashboard's numbers as one table, behind them the questions of their lists, and the ledger: each taught text with
 * the rounds that hold it.
 */
export function reportCsv(state: DashboardState, { lists, ledger }: Behind): string {
  const rows = [...rowsOf(state), ...lists.flatMap(listRows), ...ledger.map(ledgerRow)];
  const lines = rows.map((row) =>
    CSV_HEAD.map((column) => {
      const value = row[column];
      if (value === undefined || value === null) return '';
      return typeof value === 'number' ? String(value) : csvText(value);
    }).join(','),
  );
  return `${[CSV_HEAD.join(','), ...lines].join('\n')}\n`;
}

const rate = ({
  rate: value,
  low,
  high,
  n,
}: RateView): Pick<Row, 'value' | 'low' | 'high' | 'n'> => ({
  value,
  low,
  high,
  n,
});

function rowsOf(state: DashboardState): Row[] {
  return [
    ...state.rounds.flatMap(roundRows),
    ...comparisonRows(state),
    ...trajectoryRows(state),
    ...acceptanceRows(state),
    ...state.contamination.flatMap(({ of, with: set, same, groups, questions }): Row[] => [
      { section: 'overlap', set, name: `${of} ${same}`, measure: 'groups', value: groups },
      { section: 'overlap', set, name: `${of} ${same}`, measure: 'questions', value: questions },
    ]),
    ...state.students.flatMap(({ name, madeIn, saw, positives, negatives }): Row[] => {
      const of = { section: 'student', name, ...(madeIn ? { round: madeIn.round } : {}) };
      const seen = saw.join(' ');
      return [
        { ...of, measure: 'rationales seen', value: positives, note: seen },
        { ...of, measure: 'mistakes seen', value: negatives, note: seen },
      ];
    }),
    ...(state.testLooks
      ? [
          {
            section: 'test',
            set: 'test',
            measure: 'looks',
            value: state.testLooks.times,
            note: state.testLooks.last ?? '',
          },
        ]
      : []),
    ...trainingRows(state),
    ...state.probes.flatMap(({ questionId, question, gold, samples }) =>
      samples.map(({ epoch, right, answer, text }): Row => ({
        section: 'probe',
        name: questionId,
        measure: `epoch ${epoch}`,
        value: right ? 1 : 0,
        note: text,
        question,
        gold,
        answer: answer ?? '',
      })),
    ),
  ];
}

const ledgerRow = ({ questionId, itemId, source, rounds }: LedgerItem): Row => ({
  section: 'ledger',
  set: 'train',
  name: questionId,
  measure: `${source} ${itemId}`,
  value: rounds.length,
  note: rounds.join(' '),
});

function roundRows({
  round,
  student,
  exams,
  frozen,
  spent,
  opinions,
  served,
  seconds,
  tokens,
  peakMemoryMB,
  decisions,
}: DashboardState['rounds'][number]): Row[] {
  const of = { round, name: student.name };
  const cost = { section: 'cost', round } as const;
  return [
    ...exams.flatMap((exam): Row[] => {
      const about = { ...of, section: 'exam', set: exam.set };
      const note = exam.differs.join(' ');
      return [
        { ...about, measure: 'accuracy', ...rate(exam.accuracy), note },
        { ...about, measure: 'samples', value: exam.samples },
        ...(exam.several === null
          ? []
          : [
              { ...about, measure: 'one right or more', ...rate(exam.several.any) },
              { ...about, measure: 'all right', ...rate(exam.several.all) },
              { ...about, measure: 'most frequent answer right', ...rate(exam.several.voted) },
            ]),
        { ...about, measure: 'right', value: exam.right },
        { ...about, measure: 'wrong', value: exam.wrong },
        { ...about, measure: 'no answer', value: exam.noAnswer },
        { ...about, measure: 'truncated', value: exam.truncated },
        { ...about, measure: 'outdated', value: exam.outdated },
      ];
    }),
    ...(frozen
      ? [
          ...(['questions', 'withRationale', 'withPair', 'positives', 'negatives'] as const).map(
            (measure): Row => ({ section: 'frozen', round, measure, value: frozen[measure] }),
          ),
          ...Object.entries(frozen.bySource).map(([name, value]): Row => ({
            section: 'frozen',
            round,
            name,
            measure: 'source',
            value,
          })),
          ...Object.entries(frozen.uncovered).map(([name, value]): Row => ({
            section: 'frozen',
            round,
            name,
            measure: 'uncovered',
            value,
          })),
          // A warning is no number: its words are the row.
          ...frozen.warnings.map((said): Row => ({
            section: 'frozen',
            round,
            measure: 'warning',
            value: null,
            note: said,
          })),
        ]
      : []),
    ...(['calls', 'promptTokens', 'completionTokens', 'underWay', 'possiblyBilled'] as const).map(
      (measure): Row => ({ ...cost, name: 'teach', measure, value: spent[measure] }),
    ),
    ...moneyRows({ ...cost, name: 'teach' }, spent.money),
    ...opinionRows(round, opinions),
    ...servedRows(round, served),
    { section: 'cost', round, measure: 'peakMemoryMB', value: peakMemoryMB },
    ...Object.entries(seconds).map(([name, value]): Row => ({
      section: 'cost',
      round,
      name,
      measure: 'seconds',
      value,
    })),
    ...Object.entries(tokens).map(([name, value]): Row => ({
      section: 'cost',
      round,
      name,
      measure: 'tokens',
      value,
    })),
    ...Object.entries(decisions.byType).map(([name, value]): Row => ({
      section: 'decisions',
      round,
      name,
      measure: 'standing',
      value,
    })),
    { section: 'decisions', round, measure: 'person', value: decisions.person },
    { section: 'decisions', round, measure: 'rule', value: decisions.rule },
    { section: 'decisions', round, measure: 'journal entries', value: decisions.entries },
  ];
}

/** A row for each currency; what is not known is nothing, and where nobody was paid it is 0. */
function moneyRows(
  of: Pick<Row, 'section' | 'round' | 'name'>,
  money: DashboardState['rounds'][number]['spent']['money'],
): Row[] {
  const rows = money?.length === 0 ? [{ amount: 0, currency: null }] : money;
  return (rows ?? [{ amount: null, currency: null }]).map(({ amount, currency }) => ({
    ...of,
    measure: 'money',
    value: amount,
    note: currency ?? '',
  }));
}

/** What second opinions come to, and what they took; nothing where nobody asked for one. */
function opinionRows(round: number, opinions: DashboardState['rounds'][number]['opinions']): Row[] {
  if (!opinions) return [];
  return OPINIONS.map((measure): Row => ({
    ...{ section: 'opinions', round, measure },
    value: opinions[measure],
  }));
}

const OPINIONS = [
  ...(['scored', 'mean', 'apart', 'settled'] as const),
  ...(['calls', 'promptTokens', 'completionTokens'] as const),
] as const;

/** Of the exams that a server sat: what is not known is nothing, not 0. */
function servedRows(round: number, served: DashboardState['rounds'][number]['served']): Row[] {
  if (served === null) return [];
  const of = { section: 'cost', round, name: 'exam' } as const;
  const { spent } = served;
  return [
    ...SERVED.map((measure): Row => ({ ...of, measure, value: spent?.[measure] ?? null })),
    ...moneyRows(of, spent?.money ?? null),
  ];
}

const SERVED = [
  ...(['requests', 'calls', 'refused', 'promptTokens', 'completionTokens'] as const),
  'possiblyBilled',
] as const;

function comparisonRows({ comparison }: DashboardState): Row[] {
  if (comparison === null) return [];
  const { from, to, set, n, before, after, difference, test, verdict } = comparison;
  const of = { section: 'comparison', round: to, set, name: `${from} to ${to}` };
  const groups = ['fixed', 'newlyWrong', 'stillWrong', 'stillRight', 'flaky'] as const;
  return [
    { ...of, measure: 'before', ...rate(before) },
    { ...of, measure: 'after', ...rate(after), note: verdict },
    ...groups.map((measure): Row => ({ ...of, measure, value: comparison[measure], n })),
    { ...of, measure: 'difference', ...difference, n },
    {
      ...of,
      measure: 'p',
      value: test.kind === 'mcnemar' ? test.p : null,
      n,
      note: test.kind === 'none' ? test.why : test.kind,
    },
  ];
}

function trajectoryRows({ trajectories }: DashboardState): Row[] {
  const { counts, upTo, unknown } = trajectories;
  const isUnknown = (name: string): boolean => unknown.some((one) => one === name);
  return Object.entries(counts).map(([name, value]): Row => ({
    section: 'trajectory',
    name,
    measure: 'questions',
    ...(upTo === null ? {} : { round: upTo }),
    value: isUnknown(name) ? null : value,
    note: isUnknown(name) ? 'not known yet' : '',
  }));
}

function acceptanceRows({ acceptance }: DashboardState): Row[] {
  const { byPrompt, byErrorKind } = acceptance;
  const rows = (section: string, views: typeof byPrompt): Row[] =>
    views.flatMap(({ name, items, questions, passed, accepted, edited }): Row[] => [
      { section, name, measure: 'items', value: items },
      { section, name, measure: 'questions', value: questions },
      { section, name, measure: 'passed', ...rate(passed) },
      // Of nothing there is no share.
      {
        section,
        name,
        measure: 'accepted',
        ...rate(accepted),
        ...(accepted.n === 0 ? NOBODY : {}),
      },
      { section, name, measure: 'edited', value: edited },
    ]);
  return [...rows('acceptance by prompt', byPrompt), ...rows('acceptance by error', byErrorKind)];
}

const NOBODY = { value: null } as const;
