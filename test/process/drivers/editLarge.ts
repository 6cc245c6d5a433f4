// Usage: node editLarge.ts FILE JOURNALS. Opens a large file, edits its last row, deletes the one before, saves, and prints what it saw.
import { openDataset } from '../../../src/node/dataset/openDataset.ts';

const [, , path = '', journalFolder = ''] = process.argv;
const dataset = await openDataset({ path, journalFolder, set: null, readOnly: null });
const first = await dataset.rows(0, 1);
await dataset.keyOfLine(Number.MAX_SAFE_INTEGER);
const { rows } = dataset.state();
const kinds = (await dataset.rows(0, 3)).map(({ kind }) => kind);
const last = (await dataset.keyOfLine(rows)) ?? 'o0';
const { raw, stamp } = await dataset.record(last);
await dataset.setLine(last, stamp, '{"id":"edited"}');
await dataset.insert(last);
await dataset.remove([(await dataset.keyOfLine(rows - 1)) ?? 'o0']);
await dataset.save(new AbortController().signal);
await dataset.filter({ search: 'edited', field: null, only: 'all' });
while (dataset.state().filtered < 1) await new Promise((resolve) => setTimeout(resolve, 10));
const found = (await dataset.rows(0, 9)).map(({ key, line }) => [key, line]);
await dataset.dispose();
const maxRssMB = Math.round(process.resourceUsage().maxRSS / 1024);
const seen = { first: first[0]?.id, rows, kinds, last: raw, found, maxRssMB };
process.stdout.write(`${JSON.stringify(seen)}\n`);
