import { join } from 'node:path';
import { expect } from 'vitest';
import { populationUpperBound } from '../../src/core/round/statistics.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage, actsOf } from './rig/reviewPage.ts';

const DRAWN = 8;
const BAD = 2;

journey(
  'a spot check states its bound, the rest is accepted in one step, and one undo takes it back',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
    const { workbench } = await startEditor({ folder });
    const review = await ReviewPage.panel(workbench);
    const { frame } = review;
    const button = (name: string | RegExp) => frame.getByRole('button', { name });
    await button('Spot check…').click();
    await frame.locator('.batch-question input').fill(String(DRAWN));
    await button('Draw the sample').click();
    const spot = frame.locator('.spot');
    await spot.filter({ hasText: `0 of ${DRAWN} reviewed` }).waitFor();
    const population = Number(/from (\d+)/u.exec(await spot.innerText())?.[1]);
    expect(population).toBeGreaterThan(50);
    await workbench.until('the sample is what is listed', async () =>
      ((await review.queue.getAttribute('aria-label')) ?? '').includes(`, ${DRAWN} listed`),
    );
    const offer = button(/^Accept the rest/u);
    expect(await offer.count()).toBe(0);

    await review.focusQueue();
    const sample: string[] = [];
    for (let place = 0; place < DRAWN; place += 1) {
      const [id, key] = [await review.current(), place < BAD ? 'x' : 'a'];
      sample.push(id);
      await review.press(key);
      await workbench.until(`${key} decides ${id}`, async () => {
        const decided = !(await review.labelOf(id)).includes('to review');
        return decided && (place === DRAWN - 1 || (await review.current()) !== id);
      });
    }
    const percent = (100 * populationUpperBound(BAD, DRAWN, population)).toFixed(0);
    await workbench.until('the panel states the bound', async () => {
      const said = /reviewed, 2 bad: at most (\d+\.\d) % bad \(95 %\)/u.exec(
        await spot.innerText(),
      );
      return Number(said?.[1]).toFixed(0) === percent;
    });
    await workbench.picture('spot-check');

    await offer.click();
    await frame.locator('.batch-question').waitFor();
    await workbench.picture('spot-check-rest');
    await button('Yes, do it').click();
    await workbench.until('all of the rest is accepted', async () =>
      (await frame.locator('.progress-words').innerText()).includes(`${population} of`),
    );
    const acts = actsOf(folder);
    const rest = acts.at(-1);
    expect(rest?.types).toContain('accept');
    expect(rest?.questions).toHaveLength(population - DRAWN);
    expect(rest?.questions.filter((id) => sample.includes(id))).toEqual([]);
    await workbench.picture('spot-check-accepted');

    await review.focusQueue();
    await review.press('u');
    await workbench.until('one undo has taken the rest back', async () =>
      (await frame.locator('.progress-words').innerText()).includes(`${DRAWN} of`),
    );
    await spot.filter({ hasText: '2 bad: at most' }).waitFor();
    const after = actsOf(folder);
    expect(after).toHaveLength(acts.length + 1);
    expect(after.at(-1)?.types).toEqual(['undo']);
    expect(await review.labelOf(sample[0] ?? '')).toContain('rejected');
    await workbench.picture('spot-check-undone');
    expect(workbench.violations).toEqual([]);
  },
);
