import { join } from 'node:path';
import { expect } from 'vitest';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage, decisionsOf } from './rig/reviewPage.ts';

journey('ten mistakes reviewed by keys alone are on disk, and undo survives F5', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
  const { workbench } = await startEditor({ folder });
  const review = await ReviewPage.panel(workbench);
  await workbench.picture('review-panel');
  await review.focusQueue();
  for (const key of ['a', 'x', 'a', 'a', 'a', 'x', 'a', 'a', 'a', 'a'] as const) {
    await review.decide(key);
  }
  await workbench.until('ten decisions lie on disk', () => decisionsOf(folder).length >= 10);
  console.log(JSON.stringify(decisionsOf(folder).slice(0, 3), null, 1));
  await workbench.picture('review-panel-decided');
  expect(workbench.violations).toEqual([]);
  expect(workbench.strangers).toEqual([]);
});
