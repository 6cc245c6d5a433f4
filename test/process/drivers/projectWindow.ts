// Usage: node projectWindow.ts PROJECT COUNT WINDOWS. One window of a project: claims a writer slot, tries to start the
// only exam run, appends COUNT decisions, reads until it sees those of all WINDOWS, prints a summary, waits for stdin.
import { createHash } from 'node:crypto';
import { readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isAppError } from '../../../src/core/errors.ts';
import { openJournal } from '../../../src/node/storage/journal.ts';
import { acquireLock } from '../../../src/node/storage/lock.ts';
import { mergeByTime, readJournal } from '../../../src/node/storage/readJournal.ts';
import { systemClock as clock } from '../../../src/node/storage/systemClock.ts';
import { claimWriter } from '../../../src/node/storage/writerSlot.ts';

const [project = '', count = '', windows = ''] = process.argv.slice(2);
const decisions = join(project, 'rounds', '0', 'decisions');
const schema = z.object({ type: z.literal('accept'), item: z.string() });

const slot = await claimWriter(join(project, '.tailor'), 'ada', { clock });
const exam = await acquireLock(join(project, '.tailor', 'locks'), 'exam', { clock }).catch(
  (error: unknown) => {
    if (isAppError(error, 'lock.held')) return null;
    throw error;
  },
);
const journal = await openJournal(join(decisions, `${slot.writer}.jsonl`), {
  schema,
  writer: slot.writer,
  clock,
});
await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    await clock.sleep(Math.random() * 200);
    await journal.append({ type: 'accept', item: `${slot.writer}/${index}` }, { sync: true });
  }),
);
await journal.close();

async function readAll(): Promise<{ order: string[]; bad: number }> {
  const files = readdirSync(decisions).map((name) => join(decisions, name));
  const journals = await Promise.all(files.map((file) => readJournal(file, schema)));
  const merged = mergeByTime(journals.map(({ records }) => records));
  const bad = journals.reduce((sum, { quarantined }) => sum + quarantined.length, 0);
  return { order: merged.map(({ item }) => item), bad };
}

let seen = await readAll();
while (seen.order.length < Number(count) * Number(windows)) {
  await clock.sleep(50);
  seen = await readAll();
}
const order = createHash('sha256').update(seen.order.join()).digest('hex');
const summary = {
  writer: slot.writer,
  exam: exam !== null,
  seen: new Set(seen.order).size,
  bad: seen.bad,
  order,
};
writeSync(1, `${JSON.stringify(summary)}\n`);
// Slot and lock are kept until every window has reported.
for await (const _ of process.stdin) break;
await exam?.release();
await slot.release();
