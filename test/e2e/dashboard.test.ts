import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recordsIn } from '../process/practiceLoop.ts';
import { DashboardPage, saveAs } from './rig/dashboardPage.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { threeRounds } from './rig/projects.ts';
import { stubPython } from './rig/stubPython.ts';
import { objectionsByTheme } from './rig/themes.ts';
import { trainingPython } from './rig/trainingPython.ts';

/** Events of the fourth training, as far as it has begun. */
function eventsOf(folder: string): Record<string, unknown>[] {
  const runs = join(folder, 'rounds', '3', 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs).flatMap((run) => recordsIn(join(runs, run), 'events'));
}

journey(
  'three rounds on the dashboard: a number leads to its questions in Review and in the data, a training is followed and stopped, the report is written',
  async () => {
    const scratch = scratchFolder();
    const project = join(scratch, 'practice');
    const student = join(project, 'models', 'practice-base');
    // The fourth training is slow enough to be watched; the three before are real ones wherever one can train.
    const slow = await stubPython(join(scratch, 'python'), student, {
      steps: 900,
      stepMs: 100,
      epochSteps: 60,
      metrics: true,
    });
    const real = await trainingPython();
    const folder =
      'python' in real
        ? await threeRounds(project, 'real', real.python)
        : await threeRounds(
            project,
            'stub',
            await stubPython(join(scratch, 'quick'), student, { steps: 8, stepMs: 5 }),
          );
    const { workbench } = await startEditor({ folder, machine: { 'tailor.python.path': slow } });
    const board = await DashboardPage.open(workbench);
    await board.part('accuracy').locator('svg').first().waitFor();
    await workbench.picture('dashboard');
    const exams = await board.part('exams').locator('.round-cell strong').allInnerTexts();
    expect(exams).toEqual(['Round 3', 'Round 2', 'Round 1', 'Round 0']);
    expect(await board.frame.locator('.labels').innerText()).toMatch(/programmatic/u);
    const verdict = board.part('change').locator('.verdict-words');
    expect(await verdict.innerText()).toMatch(/round 2 to round 3|Round 3 is/u);

    // From a number to its training questions in Review.
    await board.compare('on', 'train');
    await verdict.filter({ hasText: 'no measure of progress' }).waitFor();
    await board.compare('Compare round', '0');
    const still = /^\d+: still wrong, round 0 → 3, train$/u;
    await board.number(still).waitFor();
    const count = await board.openList(still);
    const ids = await board.listed();
    expect(ids).toHaveLength(Math.min(50, count));
    await workbench.picture('dashboard-list');
    await board.press('Show in Review');
    const review = await workbench.frame('body[data-place="panel"] .chip-list');
    const chip = review.locator('.chip-list');
    await chip.filter({ hasText: `${count} questions: still wrong, round 0 → 3, train` }).waitFor();
    await review.locator('#queue .row-title').first().waitFor();
    const name = await review.locator('#queue').getAttribute('aria-label');
    expect(name).toContain(String(count));
    for (const id of await review.locator('#queue .row-id').allInnerTexts()) {
      expect(ids).toContain(id.trim());
    }
    await workbench.picture('dashboard-in-review');

    // Back, as it was left; a dev question is shown where it stands in its file.
    const again = await DashboardPage.open(workbench);
    await again.frame.locator('.list-panel .question').first().waitFor();
    expect(await again.listed()).toEqual(ids);
    await again.press('Close the list');
    await again.openList(/: wrong in round 3, dev$/u);
    const [dev = ''] = await again.listed();
    await again.press(`Open ${dev}`);
    const rows = await workbench.frame('#rows');
    await rows.locator('#rows').getByText(dev).first().waitFor();

    // Live while the fourth set is trained on, by whoever started that.
    const live = await DashboardPage.open(workbench);
    await live.press('Close the list');
    await workbench.command('Tailor: Train Student');
    await workbench.pressInDialog('Start this Python for Tailor?', 'Use It');
    const progress = live.frame.locator('.live-words');
    await progress.filter({ hasText: /Training of round 3.*Step [1-9]\d* of 900/su }).waitFor({
      timeout: 90_000,
    });
    const step = async (): Promise<number> =>
      Number(/Step (\d+)/u.exec(await progress.innerText())?.[1] ?? 0);
    const first = await step();
    await expect.poll(step, { timeout: 30_000 }).toBeGreaterThan(first + 5);
    const curves = live.part('train').locator('.picture');
    await curves.first().locator('svg.plot').waitFor();
    const said = async (): Promise<string> =>
      (await curves.first().getAttribute('aria-label')) ?? '';
    const former = await said();
    expect(former).toMatch(/^Language-model loss: from /u);
    await expect.poll(said, { timeout: 30_000 }).not.toBe(former);
    await workbench.picture('dashboard-training');
    await live.press('Stop');
    await live.frame.locator('.live').waitFor({ state: 'detached', timeout: 60_000 });
    await workbench.until('the run says that it was stopped', () =>
      eventsOf(folder).some(({ type }) => type === 'cancelled'),
    );

    // The report, on the disk.
    await live.press('Export');
    await live.press('Report as Markdown');
    const report = join(folder, 'my-report.md');
    await saveAs(workbench, report);
    await workbench.until('the report is written', () => existsSync(report));
    const written = readFileSync(report, 'utf8');
    // What was chosen on the page, tested by what fits its several samples.
    expect(written).toContain('Comparison: Round 0 → Round 3, train');
    expect(written).toMatch(/paired bootstrap over the same 30 questions/u);
    for (const round of [0, 1, 2, 3]) expect(written).toContain(`Round ${round}`);

    expect(await objectionsByTheme(workbench, live.frame, 'dashboard')).toEqual({});
    expect(workbench.violations).toEqual([]);
    expect(workbench.strangers).toEqual([]);
  },
  // Three trainings come before it, on a machine that has other things to do.
  360_000,
);
