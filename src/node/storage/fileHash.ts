import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { cancelled } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { storeError } from './storeError.ts';

/** SHA-256 of a file's bytes as 64 lower-case hex digits, in bounded memory. */
export async function sha256File(path: string, signal?: Signal): Promise<string> {
  const hash = createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 1 << 20 });
  try {
    for await (const chunk of stream) {
      if (signal?.aborted === true) throw cancelled();
      // SAFETY: a stream without an encoding yields Buffers.
      hash.update(chunk as Buffer);
    }
  } catch (error) {
    throw storeError(error, path);
  } finally {
    stream.destroy();
  }
  return hash.digest('hex');
}
