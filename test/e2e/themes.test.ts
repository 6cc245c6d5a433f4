import { join } from 'node:path';
import { expect } from 'vitest';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage } from './rig/reviewPage.ts';
import { objectionsByTheme } from './rig/themes.ts';

journey('Review is accessible by axe in five themes, wide and narrow', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
  const { workbench } = await startEditor({ folder });
  const panel = await ReviewPage.panel(workbench);
  expect(await objectionsByTheme(workbench, panel.frame, 'review-panel')).toEqual({});
  await workbench.command('View: Close All Editors');
  const side = await ReviewPage.side(workbench);
  expect(await objectionsByTheme(workbench, side.frame, 'review-side')).toEqual({});
  expect(workbench.violations).toEqual([]);
});
