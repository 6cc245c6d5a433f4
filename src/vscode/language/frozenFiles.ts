import * as vscode from 'vscode';
import { scanLine, textFieldOf } from '../../core/dataset/jsonSpans.ts';
import type { Log } from '../../core/ports.ts';
import { KEPT_FOLDERS, keptFile, type KeptFile } from '../dataset/filePlace.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';

/** Files in folders of the names that kept ones lie in; whether one is of a project `whyKept` says. */
export const KEPT_SELECTOR: vscode.DocumentSelector = KEPT_FOLDERS.map((folder) => ({
  scheme: 'file',
  pattern: `**/${folder}/**`,
}));

/**
 * Says above the first row of a file that is kept as it was written why it cannot be edited, and leads to where what it
 * says can be changed.
 */
export class KeptFileLens implements vscode.CodeLensProvider {
  async provideCodeLenses({ uri }: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const kept = await whyKept(uri);
    if (!kept) return [];
    const at = new vscode.Range(0, 0, 0, 0);
    const { t } = vscode.l10n;
    return [
      // The ways on come first: the reason is longer than many a window is wide.
      ...waysOn(kept.root, null).map((way) => new vscode.CodeLens(at, commandOf(way))),
      // A lens without a command is text.
      new vscode.CodeLens(at, {
        title: `$(lock) ${kept.reason}`,
        command: '',
        tooltip: t('Files of rounds stay as they were written.'),
      }),
    ];
  }
}

/** From a row of such a file to the question in Review. */
export class KeptFileActions implements vscode.CodeActionProvider {
  async provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
  ): Promise<vscode.CodeAction[]> {
    const kept = await whyKept(document.uri);
    if (!kept) return [];
    const id = questionOf(document.lineAt(range.start.line).text);
    return waysOn(kept.root, id).map((way) => {
      const made = new vscode.CodeAction(way.title, vscode.CodeActionKind.QuickFix);
      made.command = commandOf(way);
      return made;
    });
  }
}

/** Whoever has made such a file writable and changes it is told what that means, once. */
export class KeptFileGuard implements Disposable {
  readonly #store: DisposableStore;
  /** Of each file that is open it is asked once what it is. */
  readonly #asked = new Set<string>();

  constructor(log: Log) {
    this.#store = new DisposableStore((error) => log.error(String(error)));
    const { workspace } = vscode;
    this.#store.add(
      workspace.onDidChangeTextDocument(({ document }) => {
        if (document.isDirty) void this.#tell(document);
      }),
    );
    this.#store.add(
      workspace.onDidCloseTextDocument(({ uri }) => this.#asked.delete(uri.toString())),
    );
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #tell({ uri }: vscode.TextDocument): Promise<void> {
    const key = uri.toString();
    if (this.#asked.has(key)) return;
    this.#asked.add(key);
    const kept = await whyKept(uri);
    if (!kept) return;
    const ways = waysOn(kept.root, null);
    const revert = vscode.l10n.t('Revert the Change');
    const chosen = await vscode.window.showWarningMessage(
      kept.reason,
      ...ways.map(({ title }) => title),
      revert,
    );
    if (chosen === revert) {
      await vscode.window.showTextDocument(uri);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    }
    const way = ways.find(({ title }) => title === chosen);
    if (way) await vscode.commands.executeCommand(way.command, way.argument);
  }
}

/** Why a file of a project stays as it was written; null for every other file. */
export async function whyKept(uri: vscode.Uri): Promise<KeptFile | null> {
  return uri.scheme === 'file' ? keptFile(uri.fsPath) : null;
}

/** Where what such a file says can be looked at and changed. */
interface Way {
  readonly title: string;
  readonly command: string;
  readonly argument: object;
}

function waysOn(root: string, id: string | null): Way[] {
  const { t } = vscode.l10n;
  return [
    {
      title: t('Open in Review'),
      command: 'tailor.openReview',
      argument: id === null ? { root } : { root, id },
    },
    {
      title: t('Open the Data File'),
      command: 'tailor.openDataset',
      argument: { root, set: 'train' },
    },
  ];
}

function commandOf({ title, command, argument }: Way): vscode.Command {
  return { title, command, arguments: [argument] };
}

/** The question that a row of a frozen set or of a journal is about. */
function questionOf(line: string): string | null {
  const scan = scanLine(line);
  const found = textFieldOf(line, scan, 'questionId') ?? textFieldOf(line, scan, 'id');
  return found && found.text;
}
