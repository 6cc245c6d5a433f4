import * as vscode from 'vscode';
import type { Finding } from '../../core/dataset/diagnose.ts';
import { fixAll, fixesOf, type FixSource, type RowFix } from '../../core/dataset/rowFixes.ts';
import { visibleText } from '../../core/visibleText.ts';
import { said } from '../said.ts';
import { shows, TOO_LARGE } from './dataDiagnostics.ts';
import type { Analysis, DataDocuments } from './dataDocuments.ts';

/** More rows at once have too many ways to be listed. */
const MOST_ROWS = 20;

/** Ways to mend rows of a data file, and from a row to where else it can be looked at. */
export class DataActions implements vscode.CodeActionProvider {
  readonly #documents: Pick<DataDocuments, 'of'>;

  constructor(documents: Pick<DataDocuments, 'of'>) {
    this.#documents = documents;
  }

  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    context: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[]> {
    const large = context.diagnostics.filter(({ code }) => code === TOO_LARGE);
    if (large.length > 0) return [openDataset(document.uri, range.start.line, large)];
    const analysis = await this.#documents.of(document, token);
    if (!analysis || token.isCancellationRequested) return [];
    const actions = mends(document, range, analysis, context.diagnostics);
    // Asked for by a person; by itself the editor would put its light bulb beside every row.
    if (context.triggerKind === vscode.CodeActionTriggerKind.Invoke) {
      actions.push(...ways(document.uri, range.start.line, analysis));
    }
    return actions;
  }
}

function mends(
  document: vscode.TextDocument,
  range: vscode.Range,
  analysis: Analysis,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction[] {
  const { start, end } = range;
  if (end.line - start.line >= MOST_ROWS) return [];
  const isAt = ({ line, from, to }: Finding): boolean =>
    start.line <= line &&
    line <= end.line &&
    (line < end.line || from <= end.character) &&
    (line > start.line || to >= start.character);
  const found = analysis.findings.filter(isAt);
  if (found.length === 0) return [];
  const ids = new Set(analysis.rows.flatMap(({ id }) => (id ? [id.text] : [])));
  const source: FixSource = { lines: analysis.lines, rows: analysis.rows, ids };
  const actions = found.flatMap((finding) =>
    fixesOf(finding, source).map((fix) => action(document, fix, finding, diagnostics)),
  );
  for (const kind of new Set(found.map((finding) => finding.kind))) {
    const all = fixAll(kind, analysis.findings, source);
    const [first] = found.filter((finding) => finding.kind === kind);
    if (all && first) actions.push(action(document, all.fix, first, diagnostics));
  }
  return actions;
}

function action(
  document: vscode.TextDocument,
  fix: RowFix,
  finding: Finding,
  diagnostics: readonly vscode.Diagnostic[],
): vscode.CodeAction {
  const made = new vscode.CodeAction(visibleText(said(fix.title)), vscode.CodeActionKind.QuickFix);
  made.edit = editOf(document, fix);
  made.isPreferred = fix.preferred;
  made.diagnostics = diagnostics.filter((one) => shows(one, finding));
  return made;
}

/** The changed places and nothing else. */
export function editOf(document: vscode.TextDocument, fix: RowFix): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { line, patch } of fix.patches) {
    const { at, removed, inserted } = patch;
    edit.replace(document.uri, new vscode.Range(line, at, line, at + removed.length), inserted);
  }
  for (const [first, last] of runs(fix.removes)) {
    edit.delete(document.uri, wholeLines(document, first, last));
  }
  return edit;
}

/** Lines with one of their ends: the last line of a file gives up the end of the line before it. */
function wholeLines(document: vscode.TextDocument, first: number, last: number): vscode.Range {
  if (last + 1 < document.lineCount) return new vscode.Range(first, 0, last + 1, 0);
  const end = document.lineAt(last).text.length;
  if (first === 0) return new vscode.Range(0, 0, last, end);
  return new vscode.Range(first - 1, document.lineAt(first - 1).text.length, last, end);
}

/** Neighbours as one: what is deleted may not touch. */
function runs(lines: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (const line of [...lines].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last && line <= last[1] + 1) last[1] = line;
    else found.push([line, line]);
  }
  return found;
}

function ways(uri: vscode.Uri, line: number, { file, rows }: Analysis): vscode.CodeAction[] {
  const id = rows[line]?.id?.text;
  const review =
    file.set === 'train' && rows[line]?.usable === true && id !== undefined
      ? [
          commanding(vscode.l10n.t('Open in Review'), 'tailor.openReview', {
            root: file.root,
            id,
          }),
        ]
      : [];
  return [...review, openDataset(uri, line, [])];
}

function openDataset(
  { fsPath, scheme }: vscode.Uri,
  line: number,
  diagnostics: vscode.Diagnostic[],
): vscode.CodeAction {
  const title = vscode.l10n.t('Open in Dataset Editor');
  const made = commanding(title, 'tailor.openDataset', { fsPath, scheme, line: line + 1 });
  made.diagnostics = diagnostics;
  return made;
}

function commanding(title: string, command: string, argument: object): vscode.CodeAction {
  const made = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  made.command = { title, command, arguments: [argument] };
  return made;
}
