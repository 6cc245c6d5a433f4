import { stat } from 'node:fs/promises';
import * as vscode from 'vscode';
import { isAppError } from '../../core/errors.ts';
import type { Log, Signal } from '../../core/ports.ts';
import { diagnoseRows, readRows, type Finding } from '../../core/dataset/diagnose.ts';
import type { RowFacts } from '../../core/dataset/rowFacts.ts';
import { runPaced } from '../../node/review/pace.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import { LARGEST_DOCUMENT } from '../webviews/dataLine.ts';
import type { DataFile, DataFiles } from './dataFiles.ts';
import { linesOf, OtherSets } from './otherSets.ts';

/** So long nobody has typed before a file is looked at again. */
const QUIET_MS = 300;

/** What is known of a data file in the text editor at one of its versions. */
export interface Analysis {
  readonly file: DataFile;
  readonly version: number;
  readonly lines: readonly string[];
  readonly rows: readonly RowFacts[];
  readonly findings: readonly Finding[];
  /** Sets of the project that are too large to be compared with it. */
  readonly notCompared: readonly string[];
}

interface Opened {
  readonly document: vscode.TextDocument;
  readonly file: DataFile;
  rows: {
    readonly version: number;
    readonly lines: readonly string[];
    readonly of: readonly RowFacts[];
  } | null;
  analysis: Analysis | null;
  timer: NodeJS.Timeout | undefined;
  running: Running | null;
}

interface Running {
  readonly version: number;
  readonly abort: AbortController;
  readonly result: Promise<Analysis | null>;
}

export interface DocumentsParts {
  readonly files: DataFiles;
  readonly log: Log;
  /** Told of a new analysis, of a file that is too large for one, and of one that is closed. */
  readonly show: (uri: vscode.Uri, what: Analysis | 'large' | null) => void;
}

/** The data files that are open in text editors, looked at whenever nobody has typed for a moment. */
export class DataDocuments implements Disposable {
  readonly #parts: DocumentsParts;
  readonly #store: DisposableStore;
  readonly #opened = new Map<string, Opened>();
  readonly #others: OtherSets;

  constructor(parts: DocumentsParts) {
    this.#parts = parts;
    this.#store = new DisposableStore((error) => parts.log.error(String(error)));
    this.#others = new OtherSets(parts.files, (file, signal) => this.#rowsOpened(file, signal));
    const { workspace, window } = vscode;
    this.#store.add(
      window.tabGroups.onDidChangeTabs(({ opened, closed }) => {
        for (const uri of textsOf(opened)) void this.#noteLarge(uri);
        for (const uri of textsOf(closed)) if (!this.#opened.has(uri.toString())) this.#close(uri);
      }),
    );
    this.#store.add(workspace.onDidOpenTextDocument((document) => void this.#follow(document)));
    this.#store.add(workspace.onDidChangeTextDocument(({ document }) => this.#changed(document)));
    this.#store.add(workspace.onDidCloseTextDocument(({ uri }) => this.#close(uri)));
    this.#store.add(parts.files.onDidChange(() => this.#followAll()));
    this.#followAll();
  }

  /** What is known of a document as it is now; null where it is none of the project's data, or too large. */
  async of(
    document: vscode.TextDocument,
    token?: vscode.CancellationToken,
  ): Promise<Analysis | null> {
    await this.#follow(document);
    const opened = this.#opened.get(document.uri.toString());
    if (!opened || token?.isCancellationRequested === true) return null;
    if (opened.analysis?.version === document.version) return opened.analysis;
    return this.#analyse(opened);
  }

  /** Whether any data file of a project is open. */
  isOpen(root: string): boolean {
    return [...this.#opened.values()].some(({ file }) => file.root === root);
  }

  dispose(): void {
    for (const { document } of [...this.#opened.values()]) this.#close(document.uri);
    this.#store.dispose();
  }

  #followAll(): void {
    for (const document of vscode.workspace.textDocuments) void this.#follow(document);
    for (const { tabs } of vscode.window.tabGroups.all) {
      for (const uri of textsOf(tabs)) void this.#noteLarge(uri);
    }
  }

  /** The editor hands no text over 50 MB to any extension: of those there are tabs alone. */
  async #noteLarge(uri: vscode.Uri): Promise<void> {
    if ((await this.#parts.files.of(uri)) && (await isLarge(uri))) this.#parts.show(uri, 'large');
  }

  async #follow(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    const key = uri.toString();
    const file = await this.#parts.files.of(uri);
    const known = this.#opened.get(key);
    if (file && known?.file === file) return;
    if (known) this.#close(uri);
    if (!file || isGone(document)) return;
    if (await isLarge(uri)) {
      this.#parts.show(uri, 'large');
      return;
    }
    if (isGone(document) || this.#opened.has(key)) return;
    const opened: Opened = {
      document,
      file,
      rows: null,
      analysis: null,
      timer: undefined,
      running: null,
    };
    this.#opened.set(key, opened);
    void this.#analyse(opened);
  }

  /** The other sets of the project are compared with this one. */
  #changed(document: vscode.TextDocument): void {
    const changed = this.#opened.get(document.uri.toString());
    if (!changed) return;
    for (const opened of this.#opened.values()) {
      if (opened.file.root !== changed.file.root) continue;
      clearTimeout(opened.timer);
      opened.running?.abort.abort();
      opened.timer = setTimeout(() => void this.#analyse(opened), QUIET_MS);
    }
  }

  #close(uri: vscode.Uri): void {
    const opened = this.#opened.get(uri.toString());
    this.#parts.show(uri, null);
    if (!opened) return;
    clearTimeout(opened.timer);
    opened.running?.abort.abort();
    this.#opened.delete(uri.toString());
    if (this.#opened.size === 0) this.#others.forget();
  }

  #analyse(opened: Opened): Promise<Analysis | null> {
    clearTimeout(opened.timer);
    const { version } = opened.document;
    // Several providers ask at the same moment.
    if (opened.running?.version === version && !opened.running.abort.signal.aborted) {
      return opened.running.result;
    }
    opened.running?.abort.abort();
    const abort = new AbortController();
    const running = { version, abort, result: this.#look(opened, abort.signal) };
    opened.running = running;
    void running.result.then(() => {
      if (opened.running === running) opened.running = null;
    });
    return running.result;
  }

  async #look(opened: Opened, signal: AbortSignal): Promise<Analysis | null> {
    const { document, file } = opened;
    try {
      const { version, lines, of: rows } = await this.#rowsOf(opened, signal);
      const { sets, tooLarge } = await this.#others.beside(file, signal);
      const findings = await runPaced(diagnoseRows(rows, file.set, sets), signal);
      if (signal.aborted || document.isClosed) return null;
      opened.analysis = { file, version, lines, rows, findings, notCompared: tooLarge };
      this.#parts.show(document.uri, opened.analysis);
      return opened.analysis;
    } catch (error) {
      // Somebody typed on, or closed it.
      if (!isAppError(error, 'cancelled')) this.#parts.log.error(`Data check: ${String(error)}`);
      return null;
    }
  }

  /** Reads the rows of a document; lines that were there before are not read again. */
  async #rowsOf(opened: Opened, signal: Signal): Promise<NonNullable<Opened['rows']>> {
    const { version } = opened.document;
    if (opened.rows?.version === version) return opened.rows;
    const lines = linesOf(opened.document.getText());
    const { lines: before = [], of = [] } = opened.rows ?? {};
    const known = new Map<string, RowFacts>();
    before.forEach((line, index) => {
      const row = of[index];
      if (row) known.set(line, row);
    });
    const rows = await runPaced(readRows(lines, known), signal);
    return (opened.rows = { version, lines, of: rows });
  }

  async #rowsOpened(file: DataFile, signal: Signal): Promise<readonly RowFacts[] | null> {
    const opened = [...this.#opened.values()].find((one) => one.file.real === file.real);
    return opened ? (await this.#rowsOf(opened, signal)).of : null;
  }
}

/** The files that tabs show as texts. */
export function textsOf(tabs: readonly vscode.Tab[]): vscode.Uri[] {
  return tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : []));
}

/** Asked anew each time: a document is closed while something is waited for. */
const isGone = ({ isClosed }: vscode.TextDocument): boolean => isClosed;

/** Larger ones are never taken apart here: the Dataset Editor is made for them. */
async function isLarge({ fsPath }: vscode.Uri): Promise<boolean> {
  const found = await stat(fsPath).catch(() => null);
  return (found?.size ?? 0) > LARGEST_DOCUMENT;
}
