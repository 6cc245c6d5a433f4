import { join } from 'node:path';
import type { Clock } from '../../core/ports.ts';
import { livingHolder } from '../storage/lock.ts';

/**
 * When the process of this computer began that may be asking a project's teacher now (ISO 8601); null where none is.
 * Whoever asks holds the lock of the project's one piece of work.
 */
export async function askingSince(root: string, clock: Clock): Promise<string | null> {
  const holder = await livingHolder(join(root, '.tailor', 'locks'), 'run', { clock });
  return holder?.at ?? null;
}
