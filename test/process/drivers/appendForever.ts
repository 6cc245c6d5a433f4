// Usage: node appendForever.ts FILE. Appends records until killed; prints the text of each confirmed one.
import { writeSync } from 'node:fs';
import { z } from 'zod';
import { openJournal } from '../../../src/node/storage/journal.ts';
import { systemClock } from '../../../src/node/storage/systemClock.ts';

const schema = z.object({ type: z.literal('note'), text: z.string() });
const journal = await openJournal(process.argv[2] ?? '', {
  schema,
  writer: 'w-1',
  clock: systemClock,
});
writeSync(1, 'ready\n');
for (let index = 0; ; index += 1) {
  const id = `${process.pid}-${index}`;
  // Mostly short records, now and then one of 100 kB, which a kill can cut in two.
  const text = `${id} ${'x'.repeat(index % 10 === 9 ? 100_000 : 300)}`;
  await journal.append({ type: 'note', text }, { sync: index % 3 === 0 });
  // Synchronous, so that what was confirmed before the kill has left the process.
  writeSync(1, `${id}\n`);
}
