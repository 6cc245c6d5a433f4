import { join } from 'node:path';
import { expect } from 'vitest';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage, actsOf } from './rig/reviewPage.ts';

journey(
  'ten mistakes decided by keys alone lie on disk; undo walks back, also after F5',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
    const { workbench } = await startEditor({ folder });
    let review = await ReviewPage.panel(workbench);
    await workbench.picture('review-panel');
    await review.focusQueue();
    const decided: string[] = [];
    for (const key of ['a', 'x', 'a', 'a', 'a', 'x', 'a', 'a', 'a', 'a'] as const) {
      decided.push(await review.decide(key));
    }
    expect(new Set(decided).size).toBe(10);
    await workbench.until('ten decisions lie on disk', () => actsOf(folder).length === 10);
    expect(actsOf(folder).flatMap(({ questions }) => questions)).toEqual(decided);

    await review.press('u');
    await workbench.until('the undo lies on disk', () => actsOf(folder).length === 11);
    await workbench.until('the undone item waits again', async () =>
      (await review.labelOf(decided[9] ?? '')).includes('to review'),
    );

    await workbench.reload();
    review = await ReviewPage.at(workbench, 'panel');
    await workbench.picture('review-panel-after-reload');
    expect(await review.labelOf(decided[0] ?? '')).toContain('accepted');
    expect(await review.labelOf(decided[1] ?? '')).toContain('rejected');
    await review.focusQueue();
    await review.press('Control+z');
    await workbench.until('one more is undone', () => actsOf(folder).length === 12);
    await workbench.until('the ninth item waits again', async () =>
      (await review.labelOf(decided[8] ?? '')).includes('to review'),
    );
    await review.press('Shift+U');
    await workbench.until('and done again', async () =>
      (await review.labelOf(decided[8] ?? '')).includes('accepted'),
    );
    expect(workbench.violations).toEqual([]);
    expect(workbench.strangers).toEqual([]);
  },
);

journey(
  'every decision key typed into a text field is text, and Ctrl+Z there undoes text',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
    const { workbench } = await startEditor({ folder });
    const review = await ReviewPage.panel(workbench);
    await review.focusQueue();
    const id = await review.current();
    const typed = 'axsewrpPcmtduUjknfgo123[]';
    for (const open of ['/', 'w', 'r', 'e', 'Shift+X']) {
      await review.focusQueue();
      await review.press(open);
      const field = await review.openField();
      const before = await field.value();
      await review.press('End');
      await workbench.page.keyboard.type(typed);
      await workbench.until(
        `${open}: the field holds what was typed`,
        async () => (await field.value()) === `${before}${typed}`,
      );
      await review.press('Control+z');
      await workbench.until(`${open}: Ctrl+Z took text back`, async () => {
        return (await field.value()).length < before.length + typed.length;
      });
      if (open === 'w') await workbench.picture('review-form');
      await review.press('Escape');
    }
    await review.focusQueue();
    expect(await review.current()).toBe(id);
    expect(actsOf(folder)).toEqual([]);
  },
);
