import { join } from 'node:path';
import { expect } from 'vitest';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage } from './rig/reviewPage.ts';

journey('an opened project shows its rounds in the tree, from the installed package', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'examined');
  const { workbench } = await startEditor({ folder });
  await ReviewPage.side(workbench);
  // A side bar that was open fills by itself when the window is loaded again.
  await workbench.reload();
  await ReviewPage.at(workbench, 'side');
  await workbench.picture('side-after-reload');
  await workbench.showTailor();
  await workbench
    .treeRow(/round 0/iu)
    .first()
    .waitFor();
  await workbench.picture('rounds-tree');
  expect(workbench.violations).toEqual([]);
  expect(workbench.strangers).toEqual([]);
});
