import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { ABANDONED_AFTER_MS } from './abandoned.ts';
import { nodeFs, type Fs, type FsHandle } from './fs.ts';
import { storeError, systemCode } from './storeError.ts';
import { writeFully } from './writeFully.ts';

/** How often a rename is tried again while another program holds the target open (Windows), 50 ms apart at first. */
const RENAME_TRIES = 6;

/**
 * Replaces a file's content: afterwards the file is the old one or the whole new one, never a part, whatever fails.
 * Same folder, exclusive temporary name, every byte, fsync, size check, rename, fsync of the folder. A symbolic
 * link is followed; an existing file keeps its mode unless one is given (new files: 0600).
 */
export async function writeSnapshot(
  path: string,
  data: string | Uint8Array | AsyncIterable<Uint8Array>,
  options: {
    readonly fs?: Fs;
    readonly mode?: number;
    /** Called when the temporary file is whole and on the disk; what it throws leaves the old file in its place. */
    readonly beforeRename?: (temporary: string) => Promise<void>;
  } = {},
): Promise<void> {
  const fs = options.fs ?? nodeFs;
  try {
    const target = await realTarget(fs, path);
    const mode = options.mode ?? (await modeOf(fs, target));
    const temporary = `${target}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      await writeWhole(fs, temporary, data, mode);
      await options.beforeRename?.(temporary);
      await renameWithPatience(fs, temporary, target);
    } catch (error) {
      await fs.unlink(temporary).catch(() => undefined);
      throw error;
    }
    await syncFolder(fs, dirname(target));
    await removeOlder(fs, target);
  } catch (error) {
    throw storeError(error, path);
  }
}

/** Temporary files of this target that a killed process left behind. */
async function removeOlder(fs: Fs, target: string): Promise<void> {
  const name = basename(target);
  try {
    for (const entry of await fs.readdir(dirname(target))) {
      if (
        !entry.startsWith(`${name}.`) ||
        !/^[0-9a-f]{12}\.tmp$/u.test(entry.slice(name.length + 1))
      )
        continue;
      const path = join(dirname(target), entry);
      if (Date.now() - (await fs.stat(path)).mtimeMs > ABANDONED_AFTER_MS) await fs.unlink(path);
    }
  } catch {
    // The snapshot stands; tidying up is tried again with the next one.
  }
}

async function realTarget(fs: Fs, path: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  const dangling = await fs.lstat(path).then(
    () => true,
    () => false,
  );
  if (dangling) {
    throw new AppError(
      'store.missing',
      sentence`${path} is a link to a file that does not exist.`,
      {
        hint: sentence`Remove the link or create its target.`,
        detail: { path },
      },
    );
  }
  return path;
}

async function modeOf(fs: Fs, path: string): Promise<number> {
  try {
    return (await fs.stat(path)).mode & 0o777;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0o600;
    throw error;
  }
}

async function writeWhole(
  fs: Fs,
  path: string,
  data: string | Uint8Array | AsyncIterable<Uint8Array>,
  mode: number,
): Promise<void> {
  const handle = await fs.open(path, 'wx', 0o600);
  try {
    const size = await writeAll(handle, data);
    if (mode !== 0o600) await handle.chmod(mode);
    await handle.sync();
    const found = (await handle.stat()).size;
    if (found !== size) {
      throw new AppError(
        'store.io',
        sentence`${path} has ${found} bytes where ${size} were written.`,
        {
          detail: { path, found, size },
        },
      );
    }
  } catch (error) {
    await handle.close().catch(() => undefined);
    throw error;
  }
  // Outside the try: some systems report a failed write only here.
  await handle.close();
}

async function writeAll(
  handle: FsHandle,
  data: string | Uint8Array | AsyncIterable<Uint8Array>,
): Promise<number> {
  if (typeof data === 'string' || data instanceof Uint8Array) {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    await writeFully(handle, bytes);
    return bytes.length;
  }
  const flusher = new Flusher(handle);
  let size = 0;
  for await (const chunk of data) {
    await writeFully(handle, chunk);
    size += chunk.length;
    flusher.wrote(chunk.length);
  }
  await flusher.done();
  return size;
}

/** Bytes after which the disk is set to work on a large file, while more of it is being written. */
const FLUSH_BYTES = 64 * 1024 * 1024;

/** Spreads the waiting for the disk over the writing of a large file. */
class Flusher {
  readonly #handle: FsHandle;
  #bytes = 0;
  #flushing: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;

  constructor(handle: FsHandle) {
    this.#handle = handle;
  }

  wrote(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < FLUSH_BYTES || this.#flushing !== null) return;
    this.#bytes = 0;
    this.#flushing = this.#handle.datasync().then(
      () => {
        this.#flushing = null;
      },
      (error: unknown) => {
        this.#failure = { error };
        this.#flushing = null;
      },
    );
  }

  /** Throws what a flush has reported: the system says it once. */
  async done(): Promise<void> {
    await this.#flushing;
    if (this.#failure !== null) throw this.#failure.error;
  }
}

async function renameWithPatience(fs: Fs, from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fs.rename(from, to);
      return;
    } catch (error) {
      const code = systemCode(error);
      const busy = code === 'EBUSY' || (process.platform === 'win32' && code === 'EPERM');
      if (!busy || attempt >= RENAME_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25 * 2 ** attempt));
    }
  }
}

/** Makes a rename or a new file name durable. Windows and some network disks cannot: the data itself is synced. */
export async function syncFolder(fs: Fs, folder: string): Promise<void> {
  let handle: FsHandle;
  try {
    handle = await fs.open(folder, 'r');
  } catch (error) {
    if (isUnsupported(error)) return;
    throw error;
  }
  try {
    await handle.sync();
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  } finally {
    await handle.close();
  }
}

function isUnsupported(error: unknown): boolean {
  const code = systemCode(error);
  return (
    code === 'EISDIR' ||
    code === 'EINVAL' ||
    code === 'ENOTSUP' ||
    code === 'EPERM' ||
    code === 'EACCES'
  );
}
