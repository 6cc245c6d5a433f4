import * as vscode from 'vscode';
import type { Disposable } from '../disposableStore.ts';
import { SingleFiles } from '../singleFiles.ts';

/** What the files themselves can do. */
export type FilesToLoad = Pick<
  vscode.FileSystemProvider,
  'onDidChangeFile' | 'watch' | 'stat' | 'readFile' | 'writeFile'
>;

/** A file system that is loaded when one of its documents is first asked for; nothing in it is made, moved or listed. */
export class LazyFiles extends SingleFiles implements vscode.FileSystemProvider, Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #load: () => Promise<FilesToLoad>;
  #listening: vscode.Disposable | null = null;
  readonly onDidChangeFile = this.#changed.event;

  constructor(load: () => Promise<FilesToLoad>) {
    super();
    this.#load = load;
  }

  watch(uri: vscode.Uri): vscode.Disposable {
    let ended = false;
    let watching: vscode.Disposable | null = null;
    void this.#files().then((files) => {
      if (!ended) watching = files.watch(uri, { recursive: false, excludes: [] });
    });
    return new vscode.Disposable(() => {
      ended = true;
      watching?.dispose();
    });
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    return (await this.#files()).stat(uri);
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return (await this.#files()).readFile(uri);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const files = await this.#files();
    await files.writeFile(uri, content, { create: false, overwrite: true });
  }

  dispose(): void {
    this.#listening?.dispose();
    this.#changed.dispose();
  }

  async #files(): Promise<FilesToLoad> {
    const files = await this.#load();
    this.#listening ??= files.onDidChangeFile((events) => this.#changed.fire(events));
    return files;
  }
}
