import { itemsTaught } from '../../core/report/ledger.ts';
import { reportCsv } from '../../core/report/writing/csv.ts';
import { reportHtml } from '../../core/report/writing/html.ts';
import { reportMarkdown } from '../../core/report/writing/markdown.ts';
import type { ReportList } from '../../core/report/writing/listTable.ts';
import { reportOf } from '../../core/report/writing/reportOf.ts';
import type { ListName } from '../../shared/dashboardContract.ts';
import { dashboardWords } from '../../shared/dashboardWords.ts';
import { systemClock } from '../storage/systemClock.ts';
import type { DashboardView } from './dashboardView.ts';

export const REPORT_FORMATS = ['html', 'markdown', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportLanguage {
  /** The Dashboard's own, in English where one is missing. */
  readonly strings: Readonly<Record<string, string>>;
  /** As the platform names it; decides how numbers are written. */
  readonly language: string;
}

const ENGLISH: ReportLanguage = { strings: {}, language: 'en' };
/** Questions that a report names of each list. */
const NAMED = 100;

/** What the Dashboard shows now, as a file: the same numbers, the same tests, the same words. */
export async function reportText(
  view: DashboardView,
  format: ReportFormat,
  { strings, language }: ReportLanguage = ENGLISH,
  now: number = systemClock.now(),
): Promise<string> {
  await view.settled();
  const state = view.snapshot();
  if (format === 'csv') return reportCsv(state, itemsTaught(view.picture));
  const words = dashboardWords(strings, language);
  const lists = await listsOf(view);
  const report = reportOf(state, { words, lists, at: new Date(now).toISOString() });
  return format === 'html' ? reportHtml(report, language) : reportMarkdown(report);
}

/** What a reader asks next: which questions got lost, which were won, and what was forgotten in training. */
async function listsOf(view: DashboardView): Promise<ReportList[]> {
  const names: ListName[] = [];
  const { comparison, trajectories } = view.snapshot();
  if (comparison) {
    const { from, to, set } = comparison;
    for (const group of ['newly-wrong', 'fixed'] as const) {
      names.push({ kind: 'change', from, to, set, group });
    }
  }
  if (trajectories.counts.forgotten > 0) names.push({ kind: 'trajectory', group: 'forgotten' });
  const lists: ReportList[] = [];
  for (const list of names) {
    const { total, questions } = await view.list(list, 0, NAMED);
    const { rounds } = await view.questionsOf(list);
    lists.push({ list, total, questions, rounds });
  }
  return lists;
}
