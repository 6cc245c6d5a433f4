// Makes the pictures of README and manual from the real product: npm run pictures [-- review dataset dashboard].
// They go to media/pictures/.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, say } from '../../../scripts/environment.mjs';
import { prepareRig } from './prepareRig.ts';
import { DashboardPage } from './dashboardPage.ts';
import { DatasetPage } from './datasetPage.ts';
import { practiceProject, threeRounds } from './projects.ts';
import { ReviewPage } from './reviewPage.ts';
import { serveEditor } from './serve.ts';
import { trainingPython } from './trainingPython.ts';
import type { Workbench } from './workbench.ts';

const THEMES = { dark: 'Dark 2026', light: 'Light 2026' };
const LARGEST = 300 * 1024;
/** Enough for intervals that one can read. */
const PICTURE_ROUNDS = { sizes: { train: 240, dev: 240, unseen: 60 }, epochs: 4 };
const out = join(ROOT, 'media', 'pictures');

const rig = await wholeRig();
mkdirSync(out, { recursive: true });

async function wholeRig() {
  const found = await prepareRig();
  if (found.missing !== null) throw new Error(found.missing);
  return found;
}

/** Opens a folder in this theme for as long as `work` takes. */
async function inEditor(
  theme: string,
  makeFolder: (scratch: string) => Promise<string>,
  work: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'tailor-pictures-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const folder = await makeFolder(join(scratch, 'practice'));
    const settings = { 'workbench.colorTheme': theme };
    const viewport = { width: 1360, height: 820 };
    const editor = await serveEditor(rig, scratch, { folder, settings, viewport }, (end) => {
      ends.push(end);
    });
    await work(editor.workbench);
  } finally {
    for (const end of ends.reverse()) await end();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function keep(workbench: Workbench, file: string): Promise<void> {
  const path = join(out, file);
  writeFileSync(path, await workbench.page.screenshot());
  const { size } = statSync(path);
  say(`${file}: ${Math.round(size / 1024)} KB${size > LARGEST ? ', more than 300' : ''}`);
}

async function reviewPictures(name: string, workbench: Workbench): Promise<void> {
  await workbench.showTailor();
  await workbench
    .treeRow(/round 0/iu)
    .first()
    .waitFor();
  const review = await ReviewPage.panel(workbench);
  await review.focusQueue();
  for (const key of ['a', 'a', 'x', 'a'] as const) await review.decide(key);
  await keep(workbench, `review-${name}.png`);
  await workbench.command('View: Close All Editors');
  await ReviewPage.side(workbench);
  await keep(workbench, `side-bar-${name}.png`);
}

async function datasetPicture(name: string, workbench: Workbench): Promise<void> {
  const data = await DatasetPage.openSet(workbench, 'train');
  await data.goToLine(2);
  await data.write('answer', '8');
  await data.untilDirty(true, 'a row is edited');
  await data.search('hats');
  await data.frame.locator('#rows mark').first().waitFor();
  await keep(workbench, `dataset-${name}.png`);
  await workbench.command('File: Revert File');
  await data.untilDirty(false, 'reverted');
}

async function dashboardPicture(name: string, workbench: Workbench): Promise<void> {
  await workbench.showTailor();
  await workbench
    .treeRow(/round 2/iu)
    .first()
    .waitFor();
  const board = await DashboardPage.open(workbench);
  await board.part('accuracy').locator('svg').first().waitFor();
  await board.compare('Compare round', '0');
  await board.number(/: fixed, round 0 → 3, dev$/u).waitFor();
  await keep(workbench, `dashboard-${name}.png`);
}

const named = process.argv.slice(2);
const isWanted = (what: string): boolean => named.length === 0 || named.includes(what);
const python = isWanted('dashboard') ? await trainingPython() : null;
if (python && 'missing' in python) say(`No picture of the Dashboard: ${python.missing}`);
for (const [name, theme] of Object.entries(THEMES)) {
  if (isWanted('review')) {
    await inEditor(
      theme,
      (folder) => practiceProject(folder, 'taught'),
      (workbench) => reviewPictures(name, workbench),
    );
  }
  if (isWanted('dataset')) {
    await inEditor(
      theme,
      (folder) => practiceProject(folder, 'new'),
      (workbench) => datasetPicture(name, workbench),
    );
  }
  if (python === null || 'missing' in python) continue;
  await inEditor(
    theme,
    (folder) => threeRounds(folder, 'picture', python.python, PICTURE_ROUNDS),
    (workbench) => dashboardPicture(name, workbench),
  );
}
