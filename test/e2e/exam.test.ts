import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { recordsIn } from '../process/practiceLoop.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage } from './rig/reviewPage.ts';

const attempts = (folder: string): number =>
  existsSync(join(folder, 'rounds/0/exam')) ? recordsIn(join(folder, 'rounds/0/exam')).length : 0;

journey('an exam shows its progress, is stopped, and goes on where it was', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'new', 800);
  const { workbench } = await startEditor({ folder });
  await workbench.command('Tailor: Run Exam');
  await workbench.status.filter({ hasText: /Exam .*\d/u }).waitFor();
  await workbench.until('some attempts lie on disk', () => attempts(folder) > 100);
  await workbench.picture('exam-running');
  await workbench.command('Tailor: Stop');
  await workbench.until('the status bar is empty again', async () => {
    return (await workbench.status.count()) === 0;
  });
  const before = attempts(folder);
  expect(before).toBeLessThan(3200);
  expect(existsSync(join(folder, 'rounds/0/grades.jsonl'))).toBe(false);

  await workbench.command('Tailor: Run Exam');
  await workbench.until('the exam is complete', () => attempts(folder) >= 3230);
  await workbench.notification(/Exam of round 0/u);
  const keys = recordsIn(join(folder, 'rounds/0/exam')).map(({ set, questionId, sample }) =>
    [set, questionId, sample].join(' '),
  );
  expect(new Set(keys).size).toBe(3230);
  expect(keys).toHaveLength(3230);
});

journey('from an empty folder to the first mistake, with no key, no GPU and no data', async () => {
  const folder = join(scratchFolder(), 'empty');
  mkdirSync(folder);
  const { workbench } = await startEditor({ folder });
  await workbench.showTailor();
  await workbench.picture('welcome');
  await workbench.command('Tailor: Create Project');
  await workbench.pick('Practice project');
  await workbench.pick('This folder');
  await workbench.until('the project is there', () => existsSync(join(folder, 'tailor.json')));
  await workbench.pressInNotification(/Made .*tailor\.json/u, 'Run Exam');
  await workbench.until('its exam is done', () =>
    readdirSync(join(folder, 'rounds', '0')).includes('grades.jsonl'),
  );
  const review = await ReviewPage.panel(workbench);
  expect(await review.current()).not.toBe('');
  await workbench.picture('first-mistake');
  expect(workbench.violations).toEqual([]);
});
