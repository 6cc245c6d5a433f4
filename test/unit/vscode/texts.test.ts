import { expect, it, vi } from 'vitest';
import type { JobState } from '../../../src/vscode/ports.ts';
import { jobName } from '../../../src/vscode/texts.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

const job = (stage: JobState['stage'], title: string, at: string | null): JobState => ({
  root: '/p',
  stage,
  round: 0,
  title,
  progress: at === null ? null : { stage: at, done: 1, total: 2, etaMs: null },
  startedAt: 0,
  stopping: false,
  spent: null,
  left: null,
  currency: null,
  pausedUntil: null,
});

it('names the set of an exam, whose progress begins anew with each', () => {
  expect(jobName(job('exam', 'Exam', null))).toBe('Exam');
  expect(jobName(job('exam', 'Exam', 'exam dev'))).toBe('Exam dev');
  expect(jobName(job('train', 'Training', 'loading'))).toBe('Training');
});
