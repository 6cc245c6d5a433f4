import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { roundStateSchema, type RoundState } from '../../src/core/round/state.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { objectionsByTheme } from './rig/themes.ts';
import { trainingPython } from './rig/trainingPython.ts';

const stateOf = (folder: string, round: number): RoundState =>
  roundStateSchema.parse(
    JSON.parse(readFileSync(join(folder, 'rounds', String(round), 'round.json'), 'utf8')),
  );

const weights = (folder: string, student: string): string =>
  createHash('sha256')
    .update(readFileSync(join(folder, student, 'model.safetensors')))
    .digest('hex');

journey(
  'freeze, train with the real trainer, and the next exam is the new student’s',
  async (context) => {
    const found = await trainingPython();
    if ('missing' in found) return context.skip(`The real trainer cannot run: ${found.missing}`);
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught', 40);
    const machine = { 'tailor.python.path': found.python };
    const { workbench } = await startEditor({ folder, machine });
    await workbench.command('Tailor: Freeze Round');
    await workbench.pressInDialog('Freeze round 0?', 'Accept by Rule and Freeze');
    await workbench.until('the set is frozen', () =>
      existsSync(join(folder, 'rounds/0/manifest.json')),
    );
    await workbench.command('Tailor: Train Student');
    await workbench.pressInDialog('Start this Python for Tailor?', 'Use It');
    await workbench.command('Tailor: Show Training');
    const training = await workbench.frame('main.training .state-done');
    await training.locator('svg').first().waitFor();
    await workbench.picture('training-done');
    await workbench.until('the new student is taken over', () => {
      return stateOf(folder, 0).training?.student !== null;
    });
    const before = stateOf(folder, 0);
    const student = before.training?.student?.path ?? '';
    expect(weights(folder, student)).not.toBe(weights(folder, before.student.path));

    await workbench.pressInNotification(/round 0/iu, 'Run Exam');
    await workbench.until('the next exam is graded', () =>
      existsSync(join(folder, 'rounds/1/grades.jsonl')),
    );
    const after = stateOf(folder, 1);
    expect(after.student).toEqual(before.training?.student);
    expect(after.exams['dev']?.fingerprint).not.toBe(before.exams['dev']?.fingerprint);
    await workbench.picture('trained-and-examined');
    expect(await objectionsByTheme(workbench, training, 'training')).toEqual({});
  },
);
