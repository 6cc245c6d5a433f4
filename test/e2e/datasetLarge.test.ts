import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DatasetPage } from './rig/datasetPage.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { memoryOf } from './rig/processMemory.ts';
import { practiceProject } from './rig/projects.ts';

const ROWS = 100_000;

journey('a file of 100 MB opens, scrolls, is searched, edited and saved', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'new');
  const big = join(folder, 'data', 'big.jsonl');
  writeRows(big);
  const content = readFileSync(big);
  expect(content.length).toBeGreaterThan(100e6);
  const project = join(folder, 'tailor.json');
  // SAFETY: a project file, which was just made, names its data.
  const named = JSON.parse(readFileSync(project, 'utf8')) as { data: object };
  const data = { ...named.data, extra: { big: 'data/big.jsonl' } };
  writeFileSync(project, JSON.stringify({ ...named, data }));
  const { workbench, extensionHosts } = await startEditor({ folder });
  const page = await DatasetPage.openSet(workbench, 'big');
  const [host = 0] = extensionHosts();
  const opened = memoryOf(host);
  await page.press('End');
  await workbench.until('the last row is shown', async () => (await page.current()) === ROWS);
  await page.goToLine(77_777);
  await workbench.picture('dataset-large');
  await page.press('/');
  await page.type('needle-54321x');
  await workbench.until('one row is found', async () => (await page.rows()) === 1, 60_000);
  await workbench.until('it is current', async () => (await page.current()) === 54_322);
  await workbench.picture('dataset-large-search');
  await page.write('answer', 'forty-two');
  await page.untilDirty(true, 'one field was edited');
  await page.save();
  const after = readFileSync(big);
  const { from, to } = difference(content, after);
  expect(after.toString('utf8', from - 20, to + 1)).toContain('"answer":"forty-two"');
  expect(
    content.toString('utf8', from, from + 1 + content.length - after.length + to - from),
  ).not.toContain('\n');
  expect(statSync(big).size).toBe(content.length + 'forty-two'.length - '54321'.length);
  // Two thirds of it are VS Code's own. What was held for moments depends on when garbage is collected.
  const { now, most } = memoryOf(host);
  expect(now).toBeLessThan(300);
  expect(most - opened.most).toBeLessThan(150);
});

/** Rows of a kilobyte each, one of them unlike the others. */
function writeRows(path: string): void {
  const filler = 'Some words of a rationale that says nothing of interest. '.repeat(16);
  const file = openSync(path, 'w');
  let batch: string[] = [];
  for (let row = 0; row < ROWS; row += 1) {
    const needle = row === 54_321 ? 'needle-54321x' : `number ${row}`;
    batch.push(
      `{"id":"big-${row}","question":"What is ${needle}?","answer":"${row}","rationale":"${filler}","n":1.50}\n`,
    );
    if (batch.length === 1000) {
      writeSync(file, batch.join(''));
      batch = [];
    }
  }
  closeSync(file);
}

/** The bytes of the new file between what both begin with and what both end with. */
function difference(before: Buffer, after: Buffer): { readonly from: number; readonly to: number } {
  let from = 0;
  while (before[from] === after[from]) from += 1;
  let back = 0;
  while (before[before.length - 1 - back] === after[after.length - 1 - back]) back += 1;
  return { from, to: after.length - back };
}
