import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { DashboardView } from '../../node/dashboard/dashboardView.ts';
import type { Params } from '../../shared/contract.ts';
import type { DashboardContract, ListName } from '../../shared/dashboardContract.ts';
import { dashboardWords } from '../../shared/dashboardWords.ts';
import { listTitle } from '../../shared/listTitle.ts';
import { findDataLine } from './dataLine.ts';
import type { Goal } from './reviewHost.ts';
import { dashboardStrings } from './strings.ts';

interface Ways {
  readonly root: string;
  readonly review: (goal: Goal) => Promise<void> | void;
}

/** Shows a list in Review, or one question where it can be looked at: in Review, or in its data file. */
export async function openListed(
  view: DashboardView,
  { list, id }: Params<DashboardContract, 'open'>,
  { root, review }: Ways,
): Promise<void> {
  if (id === null) {
    if (list) await review(await goalOf(view, list));
    return;
  }
  const set = await setOf(view, list, id);
  if (set === 'train' && isReviewable(view, id)) {
    await review({ id });
    return;
  }
  const found = set === null ? null : await findDataLine(root, id, set);
  if (!found) {
    throw new AppError('data.missing', vscode.l10n.t('No data file has a row with this id.'), {
      hint: vscode.l10n.t('The question was removed or its id was changed.'),
    });
  }
  const { path, line } = found;
  await vscode.commands.executeCommand('tailor.openDataset', {
    scheme: 'file',
    fsPath: path,
    line: line + 1,
  });
}

/** Review shows what was asked and answered. */
function isReviewable({ picture }: DashboardView, id: string): boolean {
  return picture.rounds.some(({ exams }) => exams.get('train')?.tally.questions.has(id) === true);
}

async function goalOf(view: DashboardView, list: ListName): Promise<Goal> {
  const { set, ids } = await view.questionsOf(list);
  if (set !== 'train') {
    throw new AppError('usage', vscode.l10n.t('Review shows training questions only.'), {
      hint: vscode.l10n.t('Open a single question to see it in its data file.'),
    });
  }
  const words = dashboardWords(dashboardStrings(), vscode.env.language);
  const title = listTitle(list, words);
  const label =
    ids.length === 1
      ? words('review.chip.one', title)
      : words('review.chip', words.count(ids.length), title);
  return { label, ids: [...ids], round: roundOf(list) };
}

/** The round whose attempts the list is about; null where it is about several. */
function roundOf(list: ListName): number | null {
  switch (list.kind) {
    case 'change':
      return list.to;
    case 'exam':
    case 'coverage':
      return list.round;
    case 'trajectory':
    case 'overlap':
    case 'acceptance':
      return null;
  }
}

async function setOf(
  view: DashboardView,
  list: ListName | null,
  id: string,
): Promise<string | null> {
  if (list) {
    const { set, ids } = await view.questionsOf(list);
    if (ids.includes(id)) return set;
  }
  return view.picture.sets.find(({ byId }) => byId.has(id))?.name ?? null;
}
