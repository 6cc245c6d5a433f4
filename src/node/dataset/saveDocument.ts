import { AppError, isAppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import type { Run } from '../../core/dataset/rowOrder.ts';
import type { Fs } from '../storage/fs.ts';
import { fileVersion } from '../storage/fileVersion.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { storeError, systemCode } from '../storage/storeError.ts';
import { BaseFile } from './baseFile.ts';
import { changedBehind } from './heldFile.ts';
import { DocumentBytes } from './documentBytes.ts';
import type { DocumentRows, RowEnd } from './documentRows.ts';
import type { LineIndex } from './lineIndex.ts';
import { hasBytes, sameContent, stampAt, type FileStamp } from './fileStamp.ts';

/** What became of the file that a document was read from. */
export type FileFate = 'same' | 'changed' | 'deleted';

/** Compares the file at a path with what was opened: first by size and time, then by content. */
export async function fateOf(fs: Fs, path: string, base: BaseFile): Promise<FileFate> {
  try {
    const { size, mtimeMs, ino } = await fs.stat(path);
    const { stamp } = base;
    if (size !== stamp.size) return 'changed';
    if (mtimeMs === stamp.mtimeMs && ino === stamp.ino) return 'same';
    const isSame =
      base.whole === null
        ? sameContent({ ...stamp, whole: null }, await stampAt(fs, path, null))
        : await hasBytes(fs, path, base.whole);
    return isSame ? 'same' : 'changed';
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return 'deleted';
    throw error;
  }
}

/** Tells one version of the file at a path from another, without a look at its bytes; "missing" where there is none. */
async function versionAt(fs: Fs, path: string): Promise<string> {
  try {
    return fileVersion(await fs.stat(path));
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return 'missing';
    throw error;
  }
}

export interface WriteOptions {
  readonly fs: Fs;
  readonly path: string;
  readonly signal: Signal;
  /** Called with the stamp of the whole new file, just before it takes its place. */
  readonly beforeRename?: (stamp: FileStamp) => Promise<void>;
}

/** A file that was just written. */
interface Written {
  readonly index: LineIndex;
  readonly lastEnd: RowEnd | null;
  readonly stamp: FileStamp;
  readonly whole: Buffer | null;
}

/**
 * Writes the document to a path: afterwards there is the whole new file or what was there before. Untouched lines are
 * copied as bytes. Returns where the lines of the new file are.
 */
export async function writeDocument(rows: DocumentRows, options: WriteOptions): Promise<Written> {
  const { fs, path, signal } = options;
  const document = new DocumentBytes(rows, signal);
  const placed: { stamp: FileStamp | null; whole: Buffer | null } = { stamp: null, whole: null };
  try {
    await rows.base.using(() =>
      writeSnapshot(path, document.chunks(), {
        fs,
        beforeRename: async (temporary) => {
          // What was copied must be what was opened, whoever wrote to it meanwhile.
          if (await rows.base.isSpoilt()) throw changedBehind(rows.base.path);
          const whole = document.whole();
          placed.whole = whole?.bytes ?? null;
          placed.stamp = await stampAt(fs, temporary, whole?.hash ?? null);
          await options.beforeRename?.(placed.stamp);
          // Windows lets nobody put another file in the place of an open one.
          if (process.platform === 'win32') await rows.base.release();
        },
      }),
    );
  } catch (error) {
    // All that failed may have been to make the new name last; then the whole new file is in its place.
    if (placed.stamp === null || !(await isInPlace(fs, path, placed.stamp))) throw error;
  }
  if (placed.stamp === null) throw new RangeError('a file in its place has a stamp');
  const { index, lastEnd } = document;
  return { index, lastEnd, stamp: placed.stamp, whole: placed.whole };
}

async function isInPlace(
  fs: Fs,
  path: string,
  { ino, size, mtimeMs }: FileStamp,
): Promise<boolean> {
  try {
    const found = await fs.stat(path);
    return found.ino === ino && found.size === size && found.mtimeMs === mtimeMs;
  } catch {
    return false;
  }
}

/** Refuses to save over what another hand has written or deleted. */
function assertSame(fate: FileFate, path: string): void {
  if (fate === 'changed') {
    throw new AppError('store.stale', sentence`${path} was changed by another program.`, {
      hint: sentence`Read it anew, write over it, or save what you have under another name.`,
      detail: { path },
    });
  }
  if (fate === 'deleted') {
    throw new AppError('store.stale', sentence`${path} was deleted by another program.`, {
      hint: sentence`Write it again, or save what you have under another name.`,
      detail: { path },
    });
  }
}

/**
 * Writes the document to its own file and reads on from the new one. Throws `store.stale` where another hand wrote or
 * deleted that file since it was read, with `overwrite` only while it is written. `same`: nothing was to be done.
 * `overtaken`: it was written, but what lies there now is another file already, or cannot be opened.
 */
export async function saveOver(
  rows: DocumentRows,
  options: WriteOptions & { readonly dirty: boolean; readonly overwrite: boolean },
): Promise<'same' | 'saved' | 'overtaken'> {
  const { fs, dirty, overwrite } = options;
  const version = await versionAt(fs, options.path);
  const fate = await fateOf(fs, options.path, rows.base);
  if (fate === 'same' && !dirty) return 'same';
  if (!overwrite) assertSame(fate, options.path);
  const path = await realOr(fs, options.path, rows.base.path);
  const written = await writeDocument(rows, {
    ...options,
    path,
    beforeRename: async (stamp) => {
      // What came while the document was written was looked at by nobody, agreed to or not.
      const now = await versionAt(fs, options.path);
      if (now !== version) assertSame('changed', options.path);
      await options.beforeRename?.(stamp);
    },
  });
  try {
    await rebase(rows, fs, written, path);
    return 'saved';
  } catch (error) {
    if (!isAppError(storeError(error, path))) throw error;
    return 'overtaken';
  }
}

/** The file that a path leads to; the one it led to where that has been deleted. */
async function realOr(fs: Fs, path: string, before: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return before;
    throw error;
  }
}

/** Takes the file just written as the one to read from; what it no longer has is kept for an undo. */
async function rebase(rows: DocumentRows, fs: Fs, written: Written, path: string): Promise<void> {
  const old = rows.base;
  const { index, stamp, whole } = written;
  const known = { index, order: rows.order.copy(), stamp, whole };
  const open = (): Promise<BaseFile> =>
    BaseFile.open(fs, path, { known, wholeBytes: old.wholeBytes });
  // Once more where it fails: with the new file comes all that can be undone.
  const base = await open().catch(open);
  const kept = await keepRemoved(rows);
  rows.rebase(base, written.lastEnd);
  // Nobody waits for it: the system takes its time to free a large file.
  if (kept) void old.retire();
}

/** False where the old file itself has to stay open for them: the disk of the journals took no more. */
async function keepRemoved(rows: DocumentRows): Promise<boolean> {
  const { base, order, kept, held } = rows;
  const end = rows.endOr('');
  const runs: Run[] = [];
  const all = base.order?.runs ?? (base.lines === 0 ? [] : [{ from: 0, count: base.lines }]);
  for (const run of all) {
    for (const part of order.partsOf(run)) if (part.place === null) runs.push(part.run);
  }
  try {
    await kept.keep(
      base,
      runs.filter(({ from, count }) => count > 1 || !held.has(from)),
      end,
    );
    return true;
  } catch {
    kept.adopt(base);
    return false;
  }
}
