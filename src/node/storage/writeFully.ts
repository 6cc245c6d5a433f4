import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { FsHandle } from './fs.ts';

/** Writes every byte: one `write` may take fewer, which on a full disk is how files get truncated. */
export async function writeFully(
  handle: FsHandle,
  bytes: Uint8Array,
  onWritten?: (count: number) => void,
): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, null);
    if (bytesWritten === 0) {
      throw new AppError('store.io', sentence`The disk took no more bytes and gave no reason.`);
    }
    done += bytesWritten;
    onWritten?.(bytesWritten);
  }
}
