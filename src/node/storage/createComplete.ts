import { randomBytes } from 'node:crypto';
import type { Fs } from './fs.ts';
import { systemCode } from './storeError.ts';
import { writeFully } from './writeFully.ts';

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);

/**
 * Creates a small file that appears with its whole content or not at all, and fails with EEXIST when it is there.
 * On disks without hard links it is created exclusively and then filled.
 */
export async function createComplete(fs: Fs, path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeNew(fs, temporary, text);
    try {
      await fs.link(temporary, path);
    } catch (error) {
      if (!NO_LINKS.has(systemCode(error) ?? '')) throw error;
      await writeNew(fs, path, text);
    }
  } finally {
    await fs.unlink(temporary).catch(() => undefined);
  }
}

async function writeNew(fs: Fs, path: string, text: string): Promise<void> {
  const handle = await fs.open(path, 'wx', 0o644);
  try {
    await writeFully(handle, Buffer.from(text, 'utf8'));
    await handle.sync();
  } finally {
    await handle.close();
  }
}
