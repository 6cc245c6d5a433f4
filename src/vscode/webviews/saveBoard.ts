import * as vscode from 'vscode';
import { AppError } from '../../core/errors.ts';
import type { DashboardView } from '../../node/dashboard/dashboardView.ts';
import type { ReportFormat } from '../../node/dashboard/reportText.ts';
import type { Params } from '../../shared/contract.ts';
import type { DashboardContract } from '../../shared/dashboardContract.ts';
import { dashboardStrings, trainingStrings } from './strings.ts';

type What = Params<DashboardContract, 'export'>;
type Format = What['format'];

const EXTENSION: Readonly<Record<Format, string>> = {
  markdown: 'md',
  html: 'html',
  csv: 'csv',
  svg: 'svg',
  png: 'png',
};

/** More than any picture of ours has. */
const LARGEST = 20 * 1024 * 1024;
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** Asks where, and writes a report or a picture there; false where the person thinks better of it. */
export async function saveBoard(view: DashboardView, what: What, root: string): Promise<boolean> {
  const { format } = what;
  const stem = 'name' in what ? nameOf(what.name) : 'report';
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(vscode.Uri.file(root), `${stem}.${EXTENSION[format]}`),
    filters: { [labelOf(format)]: [EXTENSION[format]] },
    saveLabel: vscode.l10n.t('Save'),
  });
  if (!target) return false;
  const bytes = 'data' in what ? pictureOf(what) : await reportOf(view, what.format);
  await vscode.workspace.fs.writeFile(target, bytes);
  return true;
}

/** In the person's language, as the page is. */
async function reportOf(view: DashboardView, format: ReportFormat): Promise<Uint8Array> {
  const { reportText } = await import('../../node/dashboard/reportText.ts');
  const language = {
    strings: { ...trainingStrings(), ...dashboardStrings() },
    language: vscode.env.language,
  };
  return Buffer.from(await reportText(view, format, { language }), 'utf8');
}

/** What the page has drawn, if it is what it says it is. */
function pictureOf({ format, data }: { format: 'svg' | 'png'; data: string }): Uint8Array {
  const bytes = Buffer.from(data, format === 'png' ? 'base64' : 'utf8');
  const fits =
    format === 'png' ? bytes.subarray(0, PNG.length).equals(PNG) : data.startsWith('<svg ');
  if (fits && bytes.length <= LARGEST) return bytes;
  throw new AppError('usage', vscode.l10n.t('This is no picture that can be saved.'));
}

/** A name of the page's own; whatever else came is no part of a path. */
function nameOf(name: string): string {
  return /^[a-z][a-z-]{0,40}$/u.test(name) ? name : 'picture';
}

function labelOf(format: Format): string {
  switch (format) {
    case 'markdown':
      return vscode.l10n.t('Markdown');
    case 'html':
      return vscode.l10n.t('Web page');
    case 'csv':
      return vscode.l10n.t('Table (CSV)');
    case 'svg':
    case 'png':
      return vscode.l10n.t('Picture');
  }
}
