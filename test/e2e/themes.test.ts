import { join } from 'node:path';
import { expect } from 'vitest';
import { objectionsOfAxe } from './rig/axe.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage } from './rig/reviewPage.ts';

/** As the theme picker names them. */
const THEMES = [
  'Dark 2026',
  'Light 2026',
  'Dark Modern',
  'Dark High Contrast',
  'Light High Contrast',
];

journey('Review is accessible by axe in five themes, wide and narrow', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
  const { workbench } = await startEditor({ folder });
  const objections: Record<string, string[]> = {};
  let last = '';
  for (const place of ['panel', 'side'] as const) {
    const review = await (place === 'panel'
      ? ReviewPage.panel(workbench)
      : ReviewPage.side(workbench));
    for (const theme of THEMES) {
      const kind = 'document.body.dataset.vscodeThemeId';
      const before = await review.frame.evaluate(kind);
      await workbench.command('Preferences: Color Theme');
      await workbench.answer(theme);
      await workbench.until(
        `${theme} is on`,
        async () => (await review.frame.evaluate(kind)) !== before || theme === last,
      );
      last = theme;
      await workbench.picture(`review-${place}-${theme.replaceAll(' ', '-').toLowerCase()}`);
      const found = await objectionsOfAxe(review.frame);
      if (found.length > 0) objections[`${place}, ${theme}`] = found;
    }
    if (place === 'panel') await workbench.command('View: Close All Editors');
  }
  expect(objections).toEqual({});
  expect(workbench.violations).toEqual([]);
});
