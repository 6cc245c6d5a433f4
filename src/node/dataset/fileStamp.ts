import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Fs, FsHandle } from '../storage/fs.ts';

/** Files up to this size are held in memory, and a stamp of one covers every byte once it has been read. */
export const WHOLE_BYTES = 32 * 1024 * 1024;
const ENDS = 64 * 1024;
const PIECE = 1 << 20;

export const fileStampSchema = z.object({
  size: z.number().int().min(0),
  mtimeMs: z.number(),
  ino: z.number(),
  /** SHA-256 of the first and last 64 KB. */
  ends: z.string(),
  /** SHA-256 of the whole file where it is small enough. */
  whole: z.string().nullable(),
});
/** What tells whether a file is still the one that was read. */
export type FileStamp = z.infer<typeof fileStampSchema>;

/** The stamp of an open file as it is now; `whole` is the hash of all its bytes, where these are known. */
export async function stampOf(handle: FsHandle, whole: string | null): Promise<FileStamp> {
  const { size, mtimeMs, ino } = await handle.stat();
  return { size, mtimeMs, ino, ends: await endsOf(handle, size), whole };
}

/** SHA-256 of the first and last 64 KB of so many bytes. */
export async function endsOf(handle: FsHandle, size: number): Promise<string> {
  const head = await readUpTo(handle, 0, Math.min(size, ENDS));
  const tail = await readUpTo(handle, Math.max(0, size - ENDS), Math.min(size, ENDS));
  return createHash('sha256').update(head).update(tail).digest('hex');
}

/** The same of the file at a path. */
export async function stampAt(fs: Fs, path: string, whole: string | null): Promise<FileStamp> {
  const handle = await fs.open(path, 'r');
  try {
    return await stampOf(handle, whole);
  } finally {
    await handle.close();
  }
}

/** Whether the file at a path has these bytes. */
export async function hasBytes(fs: Fs, path: string, bytes: Buffer): Promise<boolean> {
  const handle = await fs.open(path, 'r');
  try {
    for (let at = 0; at <= bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      // One byte more than there should be: a longer file is another one.
      const found = await readUpTo(handle, at, piece.length < PIECE ? piece.length + 1 : PIECE);
      if (!found.equals(piece)) return false;
    }
    return true;
  } finally {
    await handle.close();
  }
}

/**
 * Whether two stamps are of the same content. A small file is told by all its bytes; of a large one a new time counts
 * as a change even where its ends are the same: rows must never meet lines that were not read.
 */
export function sameContent(a: FileStamp, b: FileStamp): boolean {
  if (a.size !== b.size || a.ends !== b.ends) return false;
  return a.whole === null ? a.mtimeMs === b.mtimeMs : a.whole === b.whole;
}

async function readUpTo(handle: FsHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, at + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}
