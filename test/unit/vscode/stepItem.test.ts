import { beforeEach, expect, it, vi } from 'vitest';
import { STEPS } from '../../../src/core/round/step.ts';
import type { RoundFacts } from '../../../src/node/project/roundFacts.ts';
import type { JobState } from '../../../src/vscode/ports.ts';
import { roundDescription, roundTooltip, stepLook } from '../../../src/vscode/stepItem.ts';
import { speakGerman } from '../../fakes/germanWindow.ts';
import { resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);
beforeEach(resetVscode);

/** A round in which everything is done, with figures of four digits. */
const whole = (path: string): RoundFacts => {
  const rate = { right: 570, n: 1319, rate: 0.4321, low: 0.4, high: 0.46 };
  const facts = {
    review: { questions: 7473, decided: 1259 },
    run: null,
    summary: {
      results: [{ set: 'dev', accuracy: rate }],
      manifest: { coverage: { withRationale: 7473, withPair: 6890 } },
      state: {
        student: { path },
        exams: { train: { questions: 7473, samples: 4 } },
        teaching: { accepted: 7204, programmatic: true },
        training: { runId: 'r0-0123456789', student: { path, digest: '' } },
      },
    },
  };
  // SAFETY: what rows are told from.
  return facts as unknown as RoundFacts;
};

it.each([
  ['English', () => undefined],
  ['German', speakGerman],
])('has rows in %s that a side bar has room for as wide as it is at first', (_, speak) => {
  speak();
  const facts = whole('models/some/where/round-1-0123456789');
  // Between the icon and the right edge of 300 pixels, at 13 pixels' text and descriptions of 90 %.
  const room = 38;
  const rows = STEPS.map((step) => stepLook(step, facts, null, null));
  for (const { label, description } of rows) {
    expect(`${label} ${description}`.length, `${label} ${description}`).toBeLessThanOrEqual(room);
  }
  const round = `Round 0 ${roundDescription(facts, facts)}`;
  expect(round.length, round).toBeLessThanOrEqual(room);
  // The rest is said by the tooltip.
  expect(rows[0]?.tooltip).toContain(' · train ');
  expect(rows[3]?.tooltip).toMatch(/6[.,]890/u);
  expect(rows[4]?.tooltip).toContain('models/some/where/round-1-0123456789');
});

const job = (progress: JobState['progress'], pausedUntil: number | null = null): JobState => ({
  root: '/p',
  stage: 'exam',
  round: 0,
  title: 'Exam',
  progress,
  startedAt: 0,
  stopping: false,
  spent: null,
  left: null,
  currency: null,
  pausedUntil,
});
const at = { stage: 'exam train', set: 'train', done: 120, total: 400 };

it('says at which set a running exam is', () => {
  const running = job({ ...at, etaMs: 360_000, note: '9164 tokens/s' });
  const look = stepLook('exam', null, 'exam', running);
  expect(look.description).toBe('train 120/400 · 6 min 00 s left');
  expect(look.tooltip).toBe('Exam: 120/400 · 6 min 00 s left · 9164 tokens/s');
  // Without a time that is left the note says why.
  const slow = job({ ...at, set: 'dev', etaMs: null, note: 'not responding for 90 s' });
  const { description } = stepLook('exam', null, 'exam', slow);
  expect(description).toBe('dev 120/400 · not responding for 90 s');
  const paused = stepLook('teach', null, 'teach', job(null, Date.now()));
  expect(paused.description).toMatch(/^paused until /u);
  expect(stepLook('exam', null, 'exam', job(null)).description).toBe('starting');
});

it('says of which questions so many are decided: Review itself counts mistakes', () => {
  const facts = { review: { questions: 400, decided: 259 }, summary: { state: {} }, run: null };
  // SAFETY: what the step of the review is told from.
  const look = stepLook('curate', facts as unknown as RoundFacts, 'curate', null);
  expect(look).toMatchObject({
    phase: 'ready',
    description: '259/400 rationales',
    tooltip: 'Review: 259 of 400 with a rationale decided',
  });
});

it('the row of a round says how who sat its exams stood to the student', () => {
  const exams = { dev: { parity: { verdict: 'unchecked', by: 'box' } } };
  const summary = { round: 2, results: [], state: { student: { path: 'models/base' }, exams } };
  // SAFETY: what the row of a round is told from.
  const tooltip = roundTooltip({ summary } as unknown as RoundFacts, null);
  expect(tooltip).toContain('round 2 (dev), server box: not checked');
});
