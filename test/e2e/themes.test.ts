import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DatasetPage } from './rig/datasetPage.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage } from './rig/reviewPage.ts';
import { objectionsByTheme } from './rig/themes.ts';

journey('Review and the Dataset Editor are accessible by axe in five themes', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
  appendFileSync(join(folder, 'data', 'unseen.jsonl'), '{"id": "bad", "question": \n');
  const { workbench } = await startEditor({ folder });
  const panel = await ReviewPage.panel(workbench);
  expect(await objectionsByTheme(workbench, panel.frame, 'review-panel')).toEqual({});
  await workbench.command('View: Close All Editors');
  const side = await ReviewPage.side(workbench);
  expect(await objectionsByTheme(workbench, side.frame, 'review-side')).toEqual({});
  await workbench.command('View: Hide Secondary Side Bar');
  const data = await DatasetPage.openSet(workbench, 'unseen');
  await data.goToLine(1);
  await data.write('answer', 'many');
  await data.press('n');
  await workbench.until('the bad line is shown', async () => (await data.current()) > 1);
  await data.press('Shift+ArrowUp');
  expect(await objectionsByTheme(workbench, data.frame, 'dataset')).toEqual({});
  expect(workbench.violations).toEqual([]);
});
