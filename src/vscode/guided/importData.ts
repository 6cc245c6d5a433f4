import { basename } from 'node:path';
import * as vscode from 'vscode';
import { cancelled } from '../../core/errors.ts';
import type { Report } from '../../core/ports.ts';
import type { ImportTarget } from '../../node/commands/importData.ts';
import type { DataFormat } from '../../core/dataset/importers.ts';
import type { FileImport } from '../../node/importFile.ts';
import { withToken } from '../cancellation.ts';
import type { Handler } from '../commands.ts';
import type { Editor } from '../editor.ts';
import { said } from '../said.ts';
import { count } from '../texts.ts';
import { requireTrust } from '../trust.ts';
import { ask, BACK, inSteps, pick, type Ask } from './inSteps.ts';

interface Known {
  readonly to: ImportTarget;
  readonly dev: number | null;
  readonly replace: boolean;
}

/** "Import Data": a file, what it seems to hold, which field is which, where the questions go, and what was wrong. */
export function importHandler(editor: Editor): Handler {
  return async (target) => {
    requireTrust();
    const { t } = vscode.l10n;
    const { root } = await editor.projects.pick(target.root);
    const [uri] =
      (await vscode.window.showOpenDialog({
        canSelectMany: false,
        openLabel: t('Import'),
        filters: {
          [t('Questions')]: ['jsonl', 'json', 'ndjson', 'csv', 'tsv', 'parquet'],
          [t('All files')]: ['*'],
        },
      })) ?? [];
    if (!uri) throw cancelled();
    const file = uri.fsPath;
    const seen = await look(file);
    const known = await inSteps<Known>(
      t('Import {0}', basename(file)),
      { to: 'split', dev: null, replace: false },
      [(known_, place) => whereTo(seen, known_, place), devCount(seen)],
    );
    const replace = await mayReplace(root, known.to);
    const title = t('Import');
    const { text, json } = await editor.jobs.run(
      { root, stage: 'other', round: null, title },
      async (context) =>
        (await import('../../node/commands/importData.ts')).importData(context, {
          ...(seen.format ? { format: seen.format } : {}),
          layout: seen.layout,
          file,
          to: known.to,
          replace,
          ...(known.dev === null ? {} : { dev: { count: known.dev } }),
        }),
    );
    await editor.reports.show(t('Import of {0}', basename(file)), said(text));
    await editor.projects.refresh();
    const bad = seen.layout === 'parquet' ? null : firstBadLine(json);
    if (bad !== null) void offerLine(uri, bad);
  };
}

/** Looks at the first rows, lets the person say which field is which where that was guessed, and reads the file so. */
async function look(file: string): Promise<FileImport> {
  const { peekFile } = await import('../../node/imports/peekFile.ts');
  const peek = await reading(file, ({ signal }) => peekFile(file, { signal }));
  const { guess } = peek;
  const mayAsk = peek.rows.length > 0 && guess?.certain !== true;
  const format = mayAsk
    ? await (await import('./fieldMapping.ts')).agreeMapping(basename(file), peek)
    : guess?.format;
  const { importFile } = await import('../../node/importFile.ts');
  return reading(file, (context) =>
    importFile(file, { ...context, layout: peek.layout, ...(format ? { format } : {}) }),
  );
}

interface Reading {
  readonly signal: AbortSignal;
  readonly report: Report;
}

/** Reads with progress that can be stopped. */
function reading<T>(file: string, work: (context: Reading) => Promise<T>): Thenable<T> {
  return vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Reading {0}', basename(file)),
      cancellable: true,
    },
    (progress, token) => {
      let told = 0;
      const report: Report = ({ done }) => {
        progress.report({ increment: done - told });
        told = done;
      };
      return withToken(token, (signal) => work({ signal, report }));
    },
  );
}

async function whereTo(
  seen: FileImport,
  known: Known,
  place: Parameters<Ask<Known>>[1],
): Promise<Known | typeof BACK> {
  const { t } = vscode.l10n;
  const { counts, format } = seen;
  const what = t(
    '{0}: {1} questions, {2} bad rows, {3} duplicates',
    formatName(format),
    count(counts.kept),
    count(counts.bad),
    count(counts.duplicates),
  );
  const chosen = await pick(place, what, [
    {
      label: t('Training and dev questions'),
      detail: t('A part is set apart by question: it measures progress and is never trained on.'),
      to: 'split' as const,
    },
    { label: t('Training questions only'), to: 'train' as const },
    { label: t('Dev questions only'), to: 'dev' as const },
    {
      label: t('Test questions'),
      detail: t('Kept for the end: never trained on, examined only when somebody asks for it.'),
      to: 'test' as const,
    },
  ]);
  return chosen === BACK ? BACK : { ...known, to: chosen.to };
}

function formatName(format: DataFormat | null): string {
  if (!format) return vscode.l10n.t('empty file');
  if (format.kind !== 'mapped') return format.kind.toUpperCase();
  return vscode.l10n.t(
    'question = {0}, answer = {1}',
    format.mapping.question,
    format.mapping.answer,
  );
}

const devCount =
  (seen: FileImport): Ask<Known> =>
  async (known, place) => {
    if (known.to !== 'split') return known;
    const { kept } = seen.counts;
    const value = await ask(place, vscode.l10n.t('How many dev questions, of {0}?', count(kept)), {
      value: String(Math.max(1, Math.round(kept / 10))),
      problem: (text) =>
        /^[1-9]\d*$/u.test(text) && Number(text) < kept
          ? null
          : vscode.l10n.t('A whole number between 1 and {0}.', count(Math.max(1, kept - 1))),
    });
    return value === BACK ? BACK : { ...known, dev: Number(value) };
  };

/** Questions that are there already are written over only after a yes. */
async function mayReplace(root: string, to: Known['to']): Promise<boolean> {
  const { loadProject } = await import('../../node/project/loadProject.ts');
  const { TEST_PATH } = await import('../../node/commands/importData.ts');
  const { data } = (await loadProject(root)).file;
  const paths = to === 'split' ? [data.train, data.dev] : [data[to] ?? TEST_PATH];
  const there: string[] = [];
  for (const path of paths) {
    const uri = vscode.Uri.joinPath(vscode.Uri.file(root), path);
    const size = await Promise.resolve(vscode.workspace.fs.stat(uri)).then(
      (stat) => stat.size,
      () => 0,
    );
    if (size > 0) there.push(path);
  }
  if (there.length === 0) return false;
  const replace = vscode.l10n.t('Replace');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Write over {0}?', there.join(', ')),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Frozen rounds stay as they are. In a round that is not frozen, questions that are new or have another text are asked and taught again.',
      ),
    },
    replace,
  );
  if (answer !== replace) throw cancelled();
  return true;
}

/** The first row that could not be read, as the command's own result tells it. */
function firstBadLine(json: unknown): number | null {
  if (typeof json !== 'object' || json === null || !('bad' in json)) return null;
  const first: unknown = Array.isArray(json.bad) ? json.bad[0] : null;
  if (typeof first !== 'object' || first === null || !('line' in first)) return null;
  return typeof first.line === 'number' ? first.line : null;
}

/** Large files are not opened as text: the editor would read all of them. */
const MOST_BYTES = 5 * 1024 * 1024;

async function offerLine(uri: vscode.Uri, line: number): Promise<void> {
  const { size } = await vscode.workspace.fs.stat(uri);
  if (size > MOST_BYTES) return;
  const open = vscode.l10n.t('Open Line {0}', line);
  const text = vscode.l10n.t('Some rows could not be read; the report lists them.');
  if ((await vscode.window.showWarningMessage(text, open)) !== open) return;
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at) });
}
