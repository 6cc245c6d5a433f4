import { beforeEach, expect, it, vi } from 'vitest';
import type { EditorJobs } from '../../../src/vscode/jobs.ts';
import type { JobState } from '../../../src/vscode/ports.ts';
import { StatusBar } from '../../../src/vscode/statusBar.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

beforeEach(resetVscode);

const teaching: JobState = {
  root: '/p',
  stage: 'teach',
  round: 0,
  title: 'Teaching',
  progress: { stage: 'teaching', done: 3, total: 9, etaMs: null },
  startedAt: 0,
  stopping: false,
  spent: { requests: 3, tokens: 1200 },
  left: { requests: 7, tokens: 8800 },
  currency: null,
  pausedUntil: null,
};

function shown(job: JobState): { readonly text: string; readonly tooltip: string } {
  const jobs = { current: job, failure: null, onDidChange: () => ({ dispose: () => undefined }) };
  // SAFETY: all that the item uses of the jobs.
  const bar = new StatusBar(jobs as unknown as EditorJobs);
  const item = editor.statusBar.at(-1);
  bar.dispose();
  const tooltip = typeof item?.tooltip === 'string' ? item.tooltip : '';
  return { text: item?.text ?? '', tooltip };
}

it('shows what a teacher has cost of what it may: in tokens, and in money where that is limited', () => {
  expect(shown(teaching).text).toBe('$(loading~spin) Teaching 3/9 · 1,200 / 10,000');
  const priced: JobState = {
    ...teaching,
    currency: 'EUR',
    spent: { requests: 3, tokens: 1200, money: 0.0315 },
    left: { requests: 7, tokens: 8800, money: 3.9685 },
  };
  const { text, tooltip } = shown(priced);
  expect(text).toBe('$(loading~spin) Teaching 3/9 · 0.0315 / 4.00 EUR');
  expect(tooltip).toContain(
    'Teacher: 3 calls, 1,200 tokens, 0.0315 EUR spent; 7 calls, 8,800 tokens, 3.97 EUR left',
  );
});
