import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recordsIn } from '../process/practiceLoop.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';

journey(
  'first start without a folder: the walkthrough leads to a practice project, and its exam runs',
  async () => {
    const folder = join(realpathSync(scratchFolder()), 'first');
    mkdirSync(folder);
    const { workbench } = await startEditor({ folder: null });
    await workbench.showTailor();
    const tailor = workbench.page.locator('[id="workbench.view.extension.tailor"]');
    await tailor.getByRole('button', { name: 'Get Started' }).click();
    const walkthrough = workbench.page.locator('.gettingStartedContainer');
    await walkthrough.getByText('Get Started with Tailor').first().waitFor();
    const create = walkthrough.getByRole('button', { name: 'Create Project' });
    await create.waitFor();
    await workbench.until('its drawing is in the colours of the theme', async () => {
      for (const frame of workbench.page.frames()) {
        const page = 'svg[aria-label^="A project"] rect';
        if ((await frame.locator(page).count()) === 0) continue;
        const fill = await frame.evaluate(
          `getComputedStyle(document.querySelector(${JSON.stringify(page)})).fill`,
        );
        return fill !== 'rgb(0, 0, 0)';
      }
      return false;
    });
    await workbench.picture('walkthrough');
    await create.click();
    await workbench.pick('Practice project');
    await workbench.pick('Another folder');
    await workbench.pickFolder(folder);
    await workbench.arrived(folder);
    expect(existsSync(join(folder, 'tailor.json'))).toBe(true);

    await workbench.command('Welcome: Open Walkthrough...');
    await workbench.pick('Get Started with Tailor');
    const run = walkthrough.getByRole('button', { name: 'Run Exam' });
    await workbench.until('the first step is done, the second is open', async () => {
      if (await run.isVisible()) return true;
      await walkthrough.getByText('Run the first exam').first().click({ timeout: 2000 });
      return false;
    });
    await run.click();
    const exam = join(folder, 'rounds/0/exam');
    await workbench.until('the exam runs', () => existsSync(exam) && recordsIn(exam).length > 100);
    await workbench.picture('walkthrough-exam');
    await workbench.command('Tailor: Stop');
    await workbench.until('the exam has stopped', async () => {
      return (await workbench.status.count()) === 0;
    });
    expect(workbench.violations).toEqual([]);
  },
);
