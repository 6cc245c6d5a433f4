import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AppError, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { acquireLock, type LockOptions } from './lock.ts';

/** The name under which this process writes its journal files, and no other process does. */
export interface WriterSlot {
  readonly writer: string;
  release(): Promise<void>;
}

/** More windows than anyone opens; past it a random name does. */
const SLOTS = 64;

/**
 * Claims the first free slot `<installation>-1`, `-2`, … of this installation, so that a project gets as many files
 * as windows were ever open together. Where no lock is to be had (read-only or foreign disk), a fresh random name.
 */
export async function claimWriter(
  tailorFolder: string,
  installationId: string,
  options: LockOptions,
): Promise<WriterSlot> {
  if (!/^[a-z0-9][a-z0-9-]{0,40}$/u.test(installationId)) {
    throw new AppError('unexpected', sentence`"${installationId}" cannot name a writer.`);
  }
  for (let slot = 1; slot <= SLOTS; slot += 1) {
    const writer = `${installationId}-${slot}`;
    try {
      const lock = await acquireLock(join(tailorFolder, 'locks'), `writer-${writer}`, options);
      return { writer, release: () => lock.release() };
    } catch (error) {
      if (isAppError(error, 'lock.held') || isAppError(error, 'lock.otherHost')) continue;
      if (isAppError(error) && error.code.startsWith('store.')) break;
      throw error;
    }
  }
  const random = randomBytes(5).toString('hex');
  return { writer: `${installationId}-r${random}`, release: () => Promise.resolve() };
}
