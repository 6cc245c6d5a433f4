import * as vscode from 'vscode';
import { isAppError } from '../../core/errors.ts';
import type { Clock, Log } from '../../core/ports.ts';
import type { RowStates } from '../../node/review/rowStates.ts';
import { DisposableStore, type Disposable } from '../disposableStore.ts';
import { literally, type DataFiles } from './dataFiles.ts';

/** An exam writes many times a second; a few words behind rows need not follow each. */
const QUIET_MS = 1000;

interface Followed {
  readonly abort: AbortController;
  readonly store: DisposableStore;
  states: Promise<RowStates | null>;
  known: RowStates | null;
  timer: NodeJS.Timeout | undefined;
}

/** How the questions of the projects' training data stand, read when rows are first shown and kept up with the files. */
export class ProjectStates implements Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #followed = new Map<string, Followed>();
  readonly #files: Pick<DataFiles, 'all'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly onDidChange = this.#changed.event;

  constructor(files: Pick<DataFiles, 'all'>, clock: Clock, log: Log) {
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
  }

  /** What is known now; null while it is read, and `onDidChange` says when there is more. */
  of(root: string): RowStates | null {
    const known = this.#followed.get(root);
    if (known) return known.known;
    this.#follow(root);
    return null;
  }

  /** Nobody looks at rows of this project any more. */
  forget(root: string): void {
    const followed = this.#followed.get(root);
    if (!followed) return;
    this.#followed.delete(root);
    clearTimeout(followed.timer);
    followed.abort.abort();
    followed.store.dispose();
  }

  dispose(): void {
    for (const root of [...this.#followed.keys()]) this.forget(root);
    this.#changed.dispose();
  }

  #follow(root: string): void {
    const abort = new AbortController();
    const store = new DisposableStore((error) => this.#log.error(String(error)));
    const followed: Followed = {
      abort,
      store,
      states: Promise.resolve(null),
      known: null,
      timer: undefined,
    };
    this.#followed.set(root, followed);
    let anew = false;
    const later = (): void => {
      followed.timer ??= setTimeout(() => {
        followed.timer = undefined;
        const isNew = anew;
        anew = false;
        followed.states = followed.states.then((states) =>
          this.#look(root, followed, isNew ? null : states),
        );
      }, QUIET_MS);
    };
    watch(store, root, 'rounds/*/{exam/train.*,teacher/items.*,decisions/*}.jsonl', later);
    // Questions that come, go or change are read anew, and all that is known of them with them.
    const { path } = this.#files.all.find((one) => one.root === root && one.set === 'train') ?? {};
    if (path !== undefined) {
      watch(store, root, literally(path), () => {
        anew = true;
        later();
      });
    }
    followed.states = this.#read(root, followed);
  }

  async #read(root: string, followed: Followed): Promise<RowStates | null> {
    const { signal } = followed.abort;
    try {
      const { readRowStates } = await import('../../node/review/rowStates.ts');
      const states = await readRowStates(root, { clock: this.#clock, signal });
      if (signal.aborted) return null;
      followed.known = states;
      this.#changed.fire();
      return states;
    } catch (error) {
      // Review tells of what cannot be read; without it a row shows nothing behind it.
      if (!isAppError(error, 'cancelled')) this.#log.debug(`Row states: ${String(error)}`);
      return null;
    }
  }

  async #look(
    root: string,
    followed: Followed,
    states: RowStates | null,
  ): Promise<RowStates | null> {
    const { signal } = followed.abort;
    if (signal.aborted) return null;
    if (!states) return this.#read(root, followed);
    try {
      if (!(await states.look(signal))) return await this.#read(root, followed);
      this.#changed.fire();
      return states;
    } catch (error) {
      if (!isAppError(error, 'cancelled')) this.#log.debug(`Row states: ${String(error)}`);
      return null;
    }
  }
}

function watch(store: DisposableStore, root: string, pattern: string, changed: () => void): void {
  const place = new vscode.RelativePattern(vscode.Uri.file(root), pattern);
  const watcher = store.add(vscode.workspace.createFileSystemWatcher(place));
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) {
    store.add(event(changed));
  }
}
