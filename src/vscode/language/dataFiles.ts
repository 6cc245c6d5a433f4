import { readFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import * as vscode from 'vscode';
import { dataSets } from '../../core/project/dataSets.ts';
import { placesIn } from '../../core/project/projectPlaces.ts';
import { loadProject } from '../../node/project/loadProject.ts';
import { PROJECT_FILE } from '../../node/project/projectFileName.ts';
import { resolveInside } from '../../node/storage/safePath.ts';
import type { Disposable } from '../disposableStore.ts';
import type { Projects } from '../ports.ts';

/** A file of a project's questions. */
export interface DataFile {
  readonly root: string;
  /** Its set: `train`, `dev` or another name. */
  readonly set: string;
  /** As tailor.json names it. */
  readonly path: string;
  /** Absolute, links of the project followed. */
  readonly real: string;
}

/** The workspace's projects, those too whose tailor.json has a mistake: their data are still theirs. */
export type AnyProjects = Projects & {
  readonly broken: readonly { readonly root: string }[];
  known(): Promise<void>;
};

/** The data files of the workspace's projects, kept in step with their tailor.json. */
export class DataFiles implements Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #projects: AnyProjects;
  readonly #listening: Disposable;
  #files: readonly DataFile[] = [];
  #reading: Promise<void> = Promise.resolve();

  constructor(projects: AnyProjects) {
    this.#projects = projects;
    this.#listening = projects.onDidChange(() => this.#renew());
    this.#reading = projects.known().then(() => this.#read());
  }

  get all(): readonly DataFile[] {
    return this.#files;
  }

  onDidChange(listener: () => void): Disposable {
    return this.#changed.event(listener);
  }

  /** The data file that a document is; null where it is none. */
  async of(uri: vscode.Uri): Promise<DataFile | null> {
    await this.#reading;
    if (uri.scheme !== 'file') return null;
    const { fsPath } = uri;
    return (
      this.#files.find(({ real, root, path }) => [real, join(root, path)].includes(fsPath)) ?? null
    );
  }

  /** What a document has to be so that providers are asked about it. */
  selector(): vscode.DocumentSelector {
    return this.#files.map(({ root, path }) => ({
      scheme: 'file',
      pattern: new vscode.RelativePattern(vscode.Uri.file(root), literally(path)),
    }));
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  #renew(): void {
    this.#reading = this.#reading.then(() => this.#read());
  }

  async #read(): Promise<void> {
    const files: DataFile[] = [];
    for (const { root } of [...this.#projects.all, ...this.#projects.broken]) {
      for (const { set, path } of await setsOf(root)) {
        const real = await resolveInside(root, path).catch(() => null);
        if (real !== null) files.push({ root, set, path: path.split(sep).join('/'), real });
      }
    }
    if (JSON.stringify(files) === JSON.stringify(this.#files)) return;
    this.#files = files;
    this.#changed.fire();
  }
}

/** A path as a pattern: a name may hold what a pattern reads as more than a name. */
export const literally = (path: string): string => path.replace(/[*?[\]{}]/gu, '?');

/** The sets that a project file names, as far as it can be read. */
async function setsOf(root: string): Promise<readonly { set: string; path: string }[]> {
  const loaded = await loadProject(root).catch(() => null);
  if (loaded) return dataSets(loaded.file).map(({ name: set, path }) => ({ set, path }));
  const text = await readFile(join(root, PROJECT_FILE), 'utf8').catch(() => '');
  return placesIn(text).values.flatMap(({ kind, set, value }) =>
    kind === 'data' && set !== null && value ? [{ set, path: value }] : [],
  );
}
