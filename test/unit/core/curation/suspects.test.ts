import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import type { GradedAttempt } from '../../../../src/core/curation/negatives.ts';
import { settledAs } from '../../../../src/core/curation/suspects.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import type { Suspicion } from '../../../../src/core/grading/verdict.ts';
import { ana, anAttempt, curationOf } from '../../../fakes/reviewMaterial.ts';

const text = ' 3 + 4 = 8.\nAnswer: 8';
const attempt = anAttempt('pens', 0, text);
const { questionId, sample, fingerprint } = attempt;
const about = { questionId, sample, fingerprint, textHash: sha256Text(text) };

function doubted(...suspicions: Suspicion[]): GradedAttempt {
  return {
    attempt,
    grade: { verdict: 'wrong', value: '8', span: null, lenient: 'wrong', flags: [] },
    gold: '7',
    suspicions,
  };
}

const confirmed: Decision = {
  type: 'gold-confirmed',
  author: ana,
  questionId: 'pens',
  answer: '7',
};

describe('what has become of a doubted attempt', () => {
  it.each<[string, Suspicion, Decision[], string]>([
    ['nobody decided', 'gold-elsewhere', [], 'open'],
    ['nobody decided on the gold', 'suspect-gold', [], 'open'],
    ['the gold is confirmed', 'suspect-gold', [confirmed], 'negative'],
    ['the gold is confirmed, the doubt is another', 'gold-elsewhere', [confirmed], 'open'],
    [
      'it is wrong',
      'gold-elsewhere',
      [{ type: 'attempt-wrong', author: ana, ...about }],
      'negative',
    ],
    ['it is right', 'gold-elsewhere', [{ type: 'attempt-right', author: ana, ...about }], 'right'],
    ['it is dropped', 'suspect-gold', [{ type: 'pair-drop', author: ana, ...about }], 'left-out'],
    [
      'it can never be one',
      'empty',
      [{ type: 'attempt-wrong', author: ana, ...about }],
      'left-out',
    ],
  ])('%s (%s)', (_said, doubt, decisions, settled) => {
    expect(settledAs(doubted(doubt), curationOf(decisions))).toBe(settled);
  });
});
