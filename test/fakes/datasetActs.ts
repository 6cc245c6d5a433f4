import type { Dataset } from '../../src/node/dataset/dataset.ts';
import { openDataset } from '../../src/node/dataset/openDataset.ts';

/** Opens a file and waits until all its rows are known. */
export async function openWhole(path: string, journalFolder: string): Promise<Dataset> {
  const dataset = await openDataset({ path, journalFolder, set: 'train', readOnly: null });
  await dataset.keyOfLine(Number.MAX_SAFE_INTEGER);
  return dataset;
}

/** The n-th act of a session that is the same every time: edits of all kinds, and now and then a save. */
export async function actNumber(dataset: Dataset, n: number): Promise<void> {
  const { rows } = dataset.state();
  const place = (n * 7919) % Math.max(1, rows);
  const key = (await dataset.rows(place, 1))[0]?.key ?? null;
  if (n % 7 === 6) {
    await dataset.save(new AbortController().signal);
  } else if (key === null || n % 5 === 3) {
    await dataset.insert(key);
  } else if (n % 5 === 1 && rows > 4) {
    await dataset.remove([key]);
  } else if (n % 5 === 2) {
    await dataset.duplicate([key]);
  } else if (n % 5 === 4) {
    await dataset.move([key], null);
  } else {
    const { stamp } = await dataset.record(key);
    await dataset.setLine(
      key,
      stamp,
      `{"id":"${n}","text":"${'é'.repeat(n % 9 === 0 ? 300_000 : 3)}"}`,
    );
  }
}

/** What the document says, in short. */
export async function picture(dataset: Dataset): Promise<string[]> {
  const rows = await dataset.rows(0, 500);
  const lines = [];
  for (const { key } of rows) {
    const { bytes, stamp } = await dataset.record(key);
    lines.push(`${bytes} ${stamp}`);
  }
  return lines;
}
