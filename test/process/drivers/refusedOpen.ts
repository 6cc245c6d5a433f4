// Usage: node refusedOpen.ts FILE [exhaust]. Tries to append one record, with no file descriptor left if asked, and
// prints the code of the outcome; then, with descriptors again, once more.
import { closeSync, openSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { isAppError } from '../../../src/core/errors.ts';
import { openJournal } from '../../../src/node/storage/journal.ts';
import { systemClock } from '../../../src/node/storage/systemClock.ts';

const [path = '', exhaust] = process.argv.slice(2);

async function outcome(): Promise<string> {
  try {
    const journal = await openJournal(path, {
      schema: z.object({ text: z.string() }),
      writer: 'w-1',
      clock: systemClock,
    });
    await journal.append({ text: 'x' }, { sync: true });
    await journal.close();
    return 'written';
  } catch (error) {
    return isAppError(error) ? `${error.code} ${error.message.includes(path)}` : String(error);
  }
}

const taken: number[] = [];
if (exhaust === 'exhaust') {
  try {
    for (;;) taken.push(openSync('/dev/null', 'r'));
  } catch {
    // The limit is reached.
  }
}
const first = await outcome();
for (const descriptor of taken) closeSync(descriptor);
writeSync(1, `${first}\n${await outcome()}\n`);
