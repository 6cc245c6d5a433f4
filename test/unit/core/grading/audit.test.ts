import { describe, expect, test } from 'vitest';
import { auditAttempts } from '../../../../src/core/grading/audit.ts';
import { gradeAttempt } from '../../../../src/core/grading/gradeAnswer.ts';
import type { Attempt } from '../../../../src/core/exam/attempt.ts';

const QUESTION = 'Ann has 3 bags of 4 apples and eats 5. How many are left?';

function audit(
  texts: readonly (string | { text: string; finish: Attempt['finish'] })[],
  answer = '7',
): Record<number, readonly string[]> {
  const graded = texts.map((given, sample) => {
    const { text, finish } =
      typeof given === 'string' ? { text: given, finish: 'eos' as const } : given;
    const attempt: Attempt = {
      type: 'attempt',
      set: 'train',
      questionId: 'q',
      sample,
      fingerprint: 'f',
      text,
      ids: [],
      finish,
      minMargin: null,
    };
    return { attempt, grade: gradeAttempt(attempt, { answer }) };
  });
  const suspects = auditAttempts({ id: 'q', question: QUESTION, answer }, graded);
  return Object.fromEntries(suspects.map(({ sample, reasons }) => [sample, reasons]));
}

describe('the grader audit', () => {
  test('lets a plain mistake and a right attempt pass', () => {
    expect(audit(['3 * 4 = 12\nAnswer: 12', '12 - 5 = 7\nAnswer: 7'])).toEqual({});
  });

  test('lists a wrong attempt that worked the gold out on the way', () => {
    expect(audit(['12 - 5 = 7\n7 + 3 = 10\nAnswer: 10'])).toEqual({ 0: ['gold-elsewhere'] });
  });

  test('a gold that stands in the question counts only behind an equals sign', () => {
    expect(audit(['3 + 4 = 8\nAnswer: 8'], '4')).toEqual({});
    expect(audit(['12 - 8 = 4\nThen 9\nAnswer: 9'], '4')).toEqual({ 0: ['gold-elsewhere'] });
  });

  test('three samples with one other answer put the gold in doubt', () => {
    expect(audit(['Answer: 9', 'Answer: 9.0', 'Answer: 1', 'Answer: 9'])).toEqual({
      0: ['suspect-gold'],
      1: ['suspect-gold'],
      2: ['gold-in-doubt'],
      3: ['suspect-gold'],
    });
    expect(audit(['Answer: 9', 'Answer: 9', 'Answer: 1', 'Answer: 2'])).toEqual({});
  });

  test('of two samples both must agree, and one alone agrees with nobody', () => {
    expect(audit(['Answer: 9', 'Answer: 9'])).toEqual({
      0: ['suspect-gold'],
      1: ['suspect-gold'],
    });
    expect(audit(['Answer: 9'])).toEqual({});
  });

  test('truncated and looping attempts are doubted', () => {
    expect(
      audit([
        { text: 'Answer: 1', finish: 'length' },
        { text: 'Answer: 2', finish: 'loop' },
      ]),
    ).toEqual({ 0: ['truncated'], 1: ['loop'] });
  });

  test('no answer is not wrong: it is listed only when the gold can be found in it', () => {
    expect(audit(['', 'I do not know', 'She has 12 - 5 = 7 left'])).toEqual({
      2: ['lenient-right', 'gold-elsewhere', 'no-answer'],
    });
  });

  test('a rounded answer is lenient-right', () => {
    expect(audit(['Answer: 33.33'], '100/3')).toEqual({ 0: ['lenient-right'] });
  });

  test('a gold that is no number makes nothing wrong', () => {
    expect(audit(['Answer: 9'], 'nine')).toEqual({});
  });
});
