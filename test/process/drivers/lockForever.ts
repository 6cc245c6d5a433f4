// Usage: node lockForever.ts FOLDER. Takes and releases one lock until killed; prints each generation it owned and
// "VIOLATION" whenever it meets another live process inside.
import { readlinkSync, symlinkSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isAppError } from '../../../src/core/errors.ts';
import { acquireLock } from '../../../src/node/storage/lock.ts';
import { isProcessAlive } from '../../../src/node/storage/processIdentity.ts';
import { systemClock } from '../../../src/node/storage/systemClock.ts';

const folder = process.argv[2] ?? '';
// A link is created whole, name and content at once.
const marker = join(folder, 'inside');

async function enter(): Promise<void> {
  for (;;) {
    try {
      symlinkSync(String(process.pid), marker);
      return;
    } catch {
      const other = Number(readlinkSync(marker));
      if (await isProcessAlive(other, null)) writeSync(1, `VIOLATION with ${other}\n`);
      unlinkSync(marker);
    }
  }
}

writeSync(1, 'ready\n');
for (;;) {
  try {
    const lock = await acquireLock(join(folder, 'locks'), 'exam', { clock: systemClock });
    await enter();
    writeSync(1, `${lock.generation}\n`);
    await systemClock.sleep(Math.random() * 3);
    if (!(await lock.stillOwner())) writeSync(1, 'VIOLATION: not the owner any more\n');
    unlinkSync(marker);
    await lock.release();
  } catch (error) {
    if (!isAppError(error, 'lock.held')) throw error;
  }
  await systemClock.sleep(Math.random() * 4);
}
