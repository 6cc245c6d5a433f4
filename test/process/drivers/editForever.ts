// Usage: node editForever.ts FILE JOURNALS FROM. Edits and saves until killed; prints the number of each act when it is made.
import { writeSync } from 'node:fs';
import { actNumber, openWhole } from '../../fakes/datasetActs.ts';

const [, , path = '', journalFolder = '', from = '0'] = process.argv;
const dataset = await openWhole(path, journalFolder);
writeSync(1, 'ready\n');
for (let n = Number(from); ; n += 1) {
  await actNumber(dataset, n);
  // Synchronous, so that what was confirmed before the kill has left the process.
  writeSync(1, `${n}\n`);
}
