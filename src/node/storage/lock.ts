import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import type { Clock } from '../../core/ports.ts';
import { nodeFs, type Fs } from './fs.ts';
import { createComplete } from './createComplete.ts';
import { describeHolder, readHolder, type Holder } from './lockHolder.ts';
import { isProcessAlive, startTimeOf, thisHost } from './processIdentity.ts';
import { storeError, systemCode, translating } from './storeError.ts';

export interface Lock {
  /** Grows with every acquisition of this name; stamped on records as a fencing token. */
  readonly generation: number;
  release(): Promise<void>;
  /** Whether nobody has taken over since. Ask before anything that must happen once. */
  stillOwner(): Promise<boolean>;
}

export interface LockOptions {
  readonly clock: Clock;
  readonly fs?: Fs;
  readonly host?: string;
  /** Whether a process of this host is alive; `startTime` as from `startTimeOf`. */
  readonly isAlive?: (pid: number, startTime: string | null) => Promise<boolean>;
  /** Set only when a person has confirmed that the holder on the other computer is gone. */
  readonly takeFromOtherHost?: boolean;
}

/** Enough for a crowd of processes that all find the same dead holder. */
const MAX_TRIES = 50;

/**
 * Takes the lock `name` in a folder of lock files, or fails at once with `lock.held` / `lock.otherHost`.
 *
 * Files are `<name>.<generation>`, created complete and exclusively: only that decides who makes generation n + 1.
 * A generation is over when its `.free` marker exists or its process is dead. The newest file is never deleted, and
 * whoever, after creating its own, sees another newest one than it judged, backs off; without that rule there were
 * two owners.
 */
export async function acquireLock(
  folder: string,
  name: string,
  options: LockOptions,
): Promise<Lock> {
  if (!/^[a-z0-9][a-z0-9-]{0,80}$/u.test(name)) {
    throw new AppError('unexpected', sentence`"${name}" cannot be the name of a lock.`);
  }
  return translating(join(folder, name), () => new LockFolder(folder, name, options).acquire());
}

/**
 * Who of this computer holds a lock now; null where nobody does, or where that cannot be known. Touches nothing. `at`
 * of what it returns is when the lock was taken.
 */
export async function livingHolder(
  folder: string,
  name: string,
  options: LockOptions,
): Promise<Holder | null> {
  try {
    return await new LockFolder(folder, name, options).livingHolder();
  } catch (error) {
    // No such folder, or one that cannot be read: then nothing is known of anybody.
    if (systemCode(error) !== null) return null;
    throw error;
  }
}

class LockFolder {
  readonly #folder: string;
  readonly #name: string;
  readonly #fs: Fs;
  readonly #options: LockOptions;

  constructor(folder: string, name: string, options: LockOptions) {
    this.#folder = folder;
    this.#name = name;
    this.#options = options;
    this.#fs = options.fs ?? nodeFs;
  }

  async acquire(): Promise<Lock> {
    await this.#fs.mkdir(this.#folder);
    for (let attempt = 0; attempt < MAX_TRIES; attempt += 1) {
      const newest = highest(await this.#list());
      if (newest > 0 && (await this.#isHeld(newest))) continue;
      const generation = newest > 0 ? newest + 1 : await this.#firstGeneration();
      const holder = await this.#claim(generation, newest);
      if (holder !== null) return this.#own(generation, holder);
    }
    throw new AppError('lock.held', sentence`The lock "${this.#name}" changes hands too fast.`, {
      hint: sentence`Try again in a moment.`,
      detail: { lock: this.#name },
    });
  }

  async livingHolder(): Promise<Holder | null> {
    const newest = highest(await this.#list());
    if (newest === 0 || (await this.#exists(`${this.#file(newest)}.free`))) return null;
    const found = await readHolder(this.#fs, this.#file(newest), this.#options.clock);
    if (typeof found === 'string') return null;
    const { holder } = found;
    const { host = thisHost(), isAlive = isProcessAlive } = this.#options;
    if (holder.host !== host) return null;
    return (await isAlive(holder.pid, holder.startTime)) ? holder : null;
  }

  /**
   * Where generations start: seconds since the epoch, so that they go on growing when lock files are deleted or a
   * project is cloned, since journals outlive the locks under which they were written. Kept in a file of its own,
   * created exclusively, so that processes that start together agree on it.
   */
  async #firstGeneration(): Promise<number> {
    const path = join(this.#folder, `${this.#name}.first`);
    const seconds = Math.max(1, Math.floor(this.#options.clock.now() / 1000));
    try {
      await createComplete(this.#fs, path, `${seconds}\n`);
      return seconds;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    const kept = Number(Buffer.from(await this.#fs.readFile(path)).toString('utf8'));
    return Number.isSafeInteger(kept) && kept > 0 ? kept : 1;
  }

  #own(generation: number, holder: Holder): Lock {
    let released = false;
    const isNewest = (): Promise<boolean> => this.#isNewest(generation, holder.nonce);
    return {
      generation,
      stillOwner: async () => !released && (await isNewest()),
      release: async () => {
        if (released) return;
        released = true;
        await translating(this.#file(generation), async () => {
          if (await isNewest()) await this.#free(generation);
        });
      },
    };
  }

  async #isNewest(generation: number, nonce: string): Promise<boolean> {
    try {
      if (highest(await this.#list()) !== generation) return false;
      const found = await readHolder(this.#fs, this.#file(generation), this.#options.clock);
      return typeof found === 'object' && found.holder.nonce === nonce;
    } catch (error) {
      // Without its lock file a process cannot prove that it owns anything.
      if (systemCode(error) === 'ENOENT') return false;
      throw storeError(error, this.#file(generation));
    }
  }

  /** Throws when a live process holds it; true means: it changed meanwhile, look again. */
  async #isHeld(generation: number): Promise<boolean> {
    if (await this.#exists(`${this.#file(generation)}.free`)) return false;
    const found = await readHolder(this.#fs, this.#file(generation), this.#options.clock);
    if (found === 'gone') return true;
    if (found === 'damaged') return false;
    const { holder } = found;
    const { host = thisHost(), isAlive = isProcessAlive } = this.#options;
    if (holder.host !== host) {
      if (this.#options.takeFromOtherHost === true) return false;
      throw this.#refusal(
        'lock.otherHost',
        holder,
        sentence`stop it there. If that computer is surely gone, delete ${this.#file(generation)}.`,
      );
    }
    if (!(await isAlive(holder.pid, holder.startTime))) return false;
    // It may have been released between the first look and this one.
    if (await this.#exists(`${this.#file(generation)}.free`)) return false;
    throw this.#refusal('lock.held', holder, sentence`wait until it ends, or stop it.`);
  }

  #refusal(code: 'lock.held' | 'lock.otherHost', holder: Holder, hint: Sentence): AppError {
    return new AppError(code, sentence`"${this.#name}" is in use by ${describeHolder(holder)}.`, {
      hint: sentence`Only one at a time: ${hint}`,
      detail: { lock: this.#name, pid: holder.pid, host: holder.host, since: holder.at },
    });
  }

  /** Creates a generation after `judged`, the one found over; null when someone else was faster. */
  async #claim(generation: number, judged: number): Promise<Holder | null> {
    const { host = thisHost(), clock } = this.#options;
    const holder: Holder = {
      pid: process.pid,
      host,
      startTime: await startTimeOf(process.pid),
      nonce: randomBytes(8).toString('hex'),
      at: new Date(clock.now()).toISOString(),
    };
    const file = this.#file(generation);
    try {
      await createComplete(this.#fs, file, `${JSON.stringify(holder)}\n`);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return null;
      throw error;
    }
    try {
      const others = (await this.#list()).filter((other) => other !== generation);
      if (highest(others) === judged) {
        for (const old of others) if (old < judged) await this.#prune(old);
        return holder;
      }
    } catch (error) {
      // Not ours yet: leave nothing behind that would keep the others out while this process lives.
      await this.#remove(file).catch(() => undefined);
      throw error;
    }
    await this.#remove(file);
    return null;
  }

  async #free(generation: number): Promise<void> {
    try {
      const handle = await this.#fs.open(`${this.#file(generation)}.free`, 'wx', 0o644);
      await handle.close();
    } catch (error) {
      // Already free, or the whole folder was deleted: either way it holds nobody up.
      const code = systemCode(error);
      if (code !== 'EEXIST' && code !== 'ENOENT') throw error;
    }
  }

  async #list(): Promise<number[]> {
    const prefix = `${this.#name}.`;
    return (await this.#fs.readdir(this.#folder))
      .filter((entry) => entry.startsWith(prefix) && /^\d{8,}$/u.test(entry.slice(prefix.length)))
      .map((entry) => Number(entry.slice(prefix.length)));
  }

  async #prune(generation: number): Promise<void> {
    await this.#remove(this.#file(generation));
    await this.#remove(`${this.#file(generation)}.free`);
  }

  async #remove(path: string): Promise<void> {
    try {
      await this.#fs.unlink(path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  }

  async #exists(path: string): Promise<boolean> {
    try {
      await this.#fs.lstat(path);
      return true;
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
  }

  #file(generation: number): string {
    return join(this.#folder, `${this.#name}.${String(generation).padStart(8, '0')}`);
  }
}

function highest(generations: readonly number[]): number {
  return generations.reduce((a, b) => Math.max(a, b), 0);
}
