import { hostname } from 'node:os';
import type * as vscode from 'vscode';
import type { TeacherKeys } from '../secrets.ts';

const PREFIX = 'tailor.keysOf ';

/**
 * Which addresses each file of profiles named when their keys were stored. Keys lie with the person's editor, the files
 * on each computer it works on: only a file that named an address can say that it needs its key no longer.
 */
export class KeysOfFiles {
  readonly #memory: Pick<vscode.Memento, 'keys' | 'get' | 'update'>;
  readonly #keys: Pick<TeacherKeys, 'forget'>;

  constructor(
    memory: Pick<vscode.Memento, 'keys' | 'get' | 'update'>,
    keys: Pick<TeacherKeys, 'forget'>,
  ) {
    this.#memory = memory;
    this.#keys = keys;
  }

  /** A key was stored for an address that this file names. */
  async note(path: string, origin: string): Promise<void> {
    const name = nameOf(path);
    const known = this.#of(name);
    if (!known.includes(origin)) await this.#memory.update(name, [...known, origin]);
  }

  /** Forgets the keys of addresses that this very file named, names no longer, and no other file named. */
  async tidy(path: string, named: readonly string[]): Promise<void> {
    const name = nameOf(path);
    const gone = this.#of(name).filter((origin) => !named.includes(origin));
    if (gone.length === 0) return;
    const others = this.#memory.keys().filter((one) => one.startsWith(PREFIX) && one !== name);
    const needed = new Set(others.flatMap((one) => this.#of(one)));
    for (const origin of gone) if (!needed.has(origin)) await this.#keys.forget(origin);
    await this.#memory.update(
      name,
      this.#of(name).filter((origin) => !gone.includes(origin)),
    );
  }

  #of(name: string): readonly string[] {
    const value = this.#memory.get<unknown>(name);
    if (!Array.isArray(value)) return [];
    return value.filter((one) => typeof one === 'string');
  }
}

/** The same path on another computer is another file. */
const nameOf = (path: string): string => `${PREFIX}${hostname()} ${path}`;
