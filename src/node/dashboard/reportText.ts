import { taughtIn, itemsTaught } from '../../core/report/ledger.ts';
import { listed, listOf } from '../../core/report/lists.ts';
import { listsIn } from '../../core/report/listsIn.ts';
import { reportCsv } from '../../core/report/writing/csv.ts';
import { reportHtml } from '../../core/report/writing/html.ts';
import type { ReportList } from '../../core/report/writing/listTable.ts';
import { reportMarkdown } from '../../core/report/writing/markdown.ts';
import { reportOf } from '../../core/report/writing/reportOf.ts';
import type { ListName } from '../../shared/dashboardContract.ts';
import { dashboardWords } from '../../shared/dashboardWords.ts';
import { trainingWords } from '../../shared/trainingWords.ts';
import { pacer } from '../review/pace.ts';
import { systemClock } from '../storage/systemClock.ts';
import type { DashboardView, Moment } from './dashboardView.ts';

export const REPORT_FORMATS = ['html', 'markdown', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportLanguage {
  /** The Dashboard's own and the training's, in English where one is missing. */
  readonly strings: Readonly<Record<string, string>>;
  /** As the platform names it; decides how numbers are written. */
  readonly language: string;
}

export interface ReportWishes {
  readonly language?: ReportLanguage;
  /** When it is written. */
  readonly now?: number;
  /** Every question of every list; a CSV always has them all. */
  readonly all?: boolean;
  readonly signal?: AbortSignal;
}

const ENGLISH: ReportLanguage = { strings: {}, language: 'en' };

/**
 * Questions of each list that a text names: more of those that a reader looks through, fewer where every exam and every
 * frozen set of every round has several lists.
 */
const NAMED: Readonly<Record<ListName['kind'], number>> = {
  change: 100,
  trajectory: 100,
  overlap: 100,
  exam: 20,
  coverage: 20,
  acceptance: 20,
};

/** What the Dashboard shows now, as a file: the same numbers, the same tests, the same words, the same lists. */
export async function reportText(
  view: Pick<DashboardView, 'settled' | 'moment'>,
  format: ReportFormat,
  { language = ENGLISH, now = systemClock.now(), all = false, signal }: ReportWishes = {},
): Promise<string> {
  await view.settled();
  // What comes while the lists are read is of another moment.
  const moment = view.moment();
  const { state, picture } = moment;
  const whole = all || format === 'csv';
  const most = ({ kind }: ListName): number => (whole ? Infinity : NAMED[kind]);
  const lists = await listsOf(moment, most, signal);
  if (format === 'csv') return reportCsv(state, { lists, ledger: itemsTaught(picture) });
  const words = dashboardWords(language.strings, language.language);
  const train = trainingWords(language.strings, language.language);
  const at = new Date(now).toISOString();
  const report = reportOf(state, { words, train, lists, at, all });
  return format === 'html' ? reportHtml(report, language.language) : reportMarkdown(report);
}

/** Questions between two looks at whether others wait. */
const PIECE = 100;

/** The lists behind the numbers of one moment, so that none is of another than the numbers. */
async function listsOf(
  { state, picture, compared }: Moment,
  most: (list: ListName) => number,
  signal: AbortSignal | undefined,
): Promise<ReportList[]> {
  const taught = taughtIn(picture);
  const pace = pacer(signal);
  const lists: ReportList[] = [];
  for (const { list } of listsIn(state)) {
    const found = listOf(picture, list, compared);
    const questions: ReportList['questions'][number][] = [];
    const wanted = Math.min(most(list), found.ids.length);
    for (let from = 0; from < wanted; from += PIECE) {
      await pace();
      const page = { from, count: Math.min(PIECE, wanted - from) };
      questions.push(...listed(picture, found, page, taught).questions);
    }
    lists.push({ list, total: found.ids.length, questions, rounds: found.rounds });
  }
  return lists;
}
