// Usage: node sleeper.ts FOLDER. Holds a lock as host "laptop"; for each line on stdin it says whether it is still the
// owner and appends a record regardless, as a process does that was asleep while it lost its run.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { openJournal } from '../../../src/node/storage/journal.ts';
import { acquireLock } from '../../../src/node/storage/lock.ts';
import { systemClock as clock } from '../../../src/node/storage/systemClock.ts';

const folder = process.argv[2] ?? '';
const lock = await acquireLock(join(folder, 'locks'), 'exam', { clock, host: 'laptop' });
const journal = await openJournal(join(folder, 'exam.jsonl'), {
  schema: z.object({ type: z.literal('note'), text: z.string() }),
  writer: 'w-1',
  clock,
  generation: lock.generation,
});
writeSync(1, 'ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  const owner = await lock.stillOwner();
  await journal.append({ type: 'note', text: line }, { sync: true });
  writeSync(1, `${owner}\n`);
}
