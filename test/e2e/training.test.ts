import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import * as z from 'zod/mini';
import { recordsIn } from '../process/practiceLoop.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { stubPython } from './rig/stubPython.ts';

const launchSchema = z.object({ attempt: z.number() });

function runs(folder: string): string[] {
  const at = join(folder, 'rounds', '0', 'runs');
  return existsSync(at) ? readdirSync(at).map((name) => join(at, name)) : [];
}

const eventsOf = (run: string): Record<string, unknown>[] => recordsIn(run, 'events');

journey(
  'freeze, train, reload the window while it trains: it is joined again, and the next exam runs',
  async () => {
    const scratch = scratchFolder();
    const folder = await practiceProject(join(scratch, 'practice'), 'taught');
    const student = join(folder, 'models', 'practice-base');
    const python = await stubPython(join(scratch, 'python'), student, { steps: 300, stepMs: 100 });
    const { workbench } = await startEditor({ folder, machine: { 'tailor.python.path': python } });
    await workbench.command('Tailor: Freeze Round');
    await workbench.page.locator('.monaco-dialog-box').waitFor();
    await workbench.picture('freeze-preview');
    await workbench.pressInDialog('Freeze round 0?', 'Accept by Rule and Freeze');
    await workbench.until('the set is frozen', () =>
      existsSync(join(folder, 'rounds/0/manifest.json')),
    );

    await workbench.command('Tailor: Train Student');
    await workbench.pressInDialog('Start this Python for Tailor?', 'Use It');
    await workbench.until('it trains', () =>
      runs(folder).some((run) => eventsOf(run).some(({ type }) => type === 'progress')),
    );
    await workbench.picture('training');
    await workbench.reload();
    await workbench.status.filter({ hasText: 'Training' }).waitFor({ timeout: 90_000 });
    const [run = ''] = runs(folder);
    expect(eventsOf(run).some(({ type }) => type === 'done')).toBe(false);
    await workbench.notification('The training of round 0 has finished');
    expect(runs(folder)).toHaveLength(1);
    const launch: unknown = JSON.parse(readFileSync(join(run, 'launch.json'), 'utf8'));
    expect(launchSchema.parse(launch).attempt).toBe(1);
    expect(eventsOf(run).map(({ seq }) => seq)).toEqual(eventsOf(run).map((_, index) => index));

    await workbench.command('Tailor: Run Exam');
    await workbench.until('the next exam is graded', () =>
      existsSync(join(folder, 'rounds/1/grades.jsonl')),
    );
    await workbench.showTailor();
    await workbench
      .treeRow(/round 1/iu)
      .first()
      .waitFor();
    await workbench.picture('round-1');
  },
);

journey('a trainer that dies is named in a sentence, and training again goes on', async () => {
  const scratch = scratchFolder();
  const folder = await practiceProject(join(scratch, 'practice'), 'taught');
  const student = join(folder, 'models', 'practice-base');
  const plan = { behaviours: ['sigkill', 'normal'], steps: 12, stepMs: 20 };
  const python = await stubPython(join(scratch, 'python'), student, plan);
  const { workbench } = await startEditor({ folder, machine: { 'tailor.python.path': python } });
  await workbench.command('Tailor: Freeze Round');
  await workbench.pressInDialog('Freeze round 0?', 'Accept by Rule and Freeze');
  await workbench.until('the set is frozen', () =>
    existsSync(join(folder, 'rounds/0/manifest.json')),
  );
  await workbench.command('Tailor: Train Student');
  await workbench.pressInDialog('Start this Python for Tailor?', 'Use It');
  await workbench.status.filter({ hasText: 'Training stopped' }).waitFor({ timeout: 90_000 });
  await workbench.picture('trainer-died');
  await workbench.command('Tailor: Train Student');
  await workbench.until('the second attempt finishes', () =>
    runs(folder).some((run) => eventsOf(run).some(({ type }) => type === 'done')),
  );
  expect(runs(folder)).toHaveLength(1);
});
