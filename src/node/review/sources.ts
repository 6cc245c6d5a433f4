import { join } from 'node:path';
import type { ProjectFile } from '../../core/project/projectFile.ts';
import { PROJECT_FILE } from '../project/projectFileName.ts';
import { fileVersionAt } from '../storage/fileVersion.ts';

/** The files that everything else is read by: the project file and the questions. */
export class Sources {
  readonly #root: string;
  readonly #stamps = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** From now on these are the files as they were read. */
  async mark(project: ProjectFile | null): Promise<void> {
    const { train, dev, extra } = project?.data ?? { train: '', dev: '', extra: {} };
    const names = [PROJECT_FILE, train, dev, ...Object.values(extra)].filter((name) => name !== '');
    this.#stamps.clear();
    for (const name of names) this.#stamps.set(name, await this.#stamp(name));
  }

  /** The first one that is no longer what was read; null when all are. */
  async changed(): Promise<string | null> {
    for (const [name, stamp] of this.#stamps) {
      if ((await this.#stamp(name)) !== stamp) return name;
    }
    return null;
  }

  async #stamp(name: string): Promise<string> {
    return (await fileVersionAt(join(this.#root, name))) ?? 'missing';
  }
}
