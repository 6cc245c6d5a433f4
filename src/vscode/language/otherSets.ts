import { readFile, stat } from 'node:fs/promises';
import type { Signal } from '../../core/ports.ts';
import { readRows, whyCompared, type OtherSet } from '../../core/dataset/diagnose.ts';
import type { RowFacts } from '../../core/dataset/rowFacts.ts';
import { runPaced } from '../../node/review/pace.ts';
import { fileVersion } from '../../node/storage/fileVersion.ts';
import { LARGEST_DOCUMENT } from '../webviews/dataLine.ts';
import type { DataFile, DataFiles } from './dataFiles.ts';

interface Read {
  readonly stamp: string;
  readonly rows: readonly RowFacts[];
}

/** A project's other sets, as far as they can be compared with a file. */
export interface Beside {
  readonly sets: readonly OtherSet[];
  /** The names of those that are too large to be read here. */
  readonly tooLarge: readonly string[];
}

/** The rows of a project's other sets, as they stand in the editor or else on disk, where they are not too many. */
export class OtherSets {
  readonly #files: Pick<DataFiles, 'all'>;
  readonly #opened: (file: DataFile, signal: Signal) => Promise<readonly RowFacts[] | null>;
  readonly #read = new Map<string, Read>();

  constructor(
    files: Pick<DataFiles, 'all'>,
    opened: (file: DataFile, signal: Signal) => Promise<readonly RowFacts[] | null>,
  ) {
    this.#files = files;
    this.#opened = opened;
  }

  /** The training set's partners are all others, theirs is the training set; dev and test are each other's, too. */
  async beside(file: DataFile, signal: Signal): Promise<Beside> {
    const sets: OtherSet[] = [];
    const tooLarge: string[] = [];
    for (const other of this.#files.all) {
      if (other.root !== file.root || other.real === file.real) continue;
      if (whyCompared(file.set, other.set) === null) continue;
      const rows = (await this.#opened(other, signal)) ?? (await this.#onDisk(other.real, signal));
      if (rows === 'large') tooLarge.push(other.set);
      else if (rows) sets.push({ name: other.set, rows });
    }
    return { sets, tooLarge };
  }

  /** Nobody looks at the sets any more. */
  forget(): void {
    this.#read.clear();
  }

  async #onDisk(path: string, signal: Signal): Promise<readonly RowFacts[] | 'large' | null> {
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) return null;
    if (found.size > LARGEST_DOCUMENT) return 'large';
    const stamp = fileVersion(found);
    const known = this.#read.get(path);
    if (known?.stamp === stamp) return known.rows;
    const text = await readFile(path, 'utf8').catch(() => null);
    if (text === null) return null;
    const rows = await runPaced(readRows(linesOf(text)), signal);
    this.#read.set(path, { stamp, rows });
    return rows;
  }
}

/** The lines of a text as the editor counts them. */
export function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/u, '').split(/\r\n|\r|\n/u);
}
