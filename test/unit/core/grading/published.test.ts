import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { auditAttempts } from '../../../../src/core/grading/audit.ts';
import { gradeNumeric } from '../../../../src/core/grading/grade.ts';
import type { Grade } from '../../../../src/core/grading/verdict.ts';
import { gsm8kSolutions, type Solution } from '../../../fakes/gsm8kSolutions.ts';
import { paperRepoNumber } from '../../../fakes/paperRepoCompat.ts';
import { jsonLines, NO_PUBLIC_DATA } from '../../../fakes/publicData.ts';

/** Solutions where the grader and the published label differ, each with why the label is wrong. None so far. */
const WRONG_LABELS: readonly { question: string; model: string; why: string }[] = [];

function suspicions({ question, gold, text }: Solution, grade: Grade): readonly string[] {
  const attempt = {
    type: 'attempt' as const,
    set: 'test',
    questionId: 'q',
    sample: 0,
    fingerprint: '',
    text,
    ids: [],
    finish: 'eos' as const,
    minMargin: null,
  };
  const suspects = auditAttempts({ id: 'q', question, answer: gold }, [{ attempt, grade }]);
  return suspects[0]?.reasons ?? [];
}

describe.skipIf(NO_PUBLIC_DATA !== null)(
  `5,276 published GSM8K solutions${NO_PUBLIC_DATA === null ? '' : ` (${NO_PUBLIC_DATA})`}`,
  () => {
    let graded: { solution: Solution; grade: Grade }[] = [];
    beforeAll(() => {
      graded = gsm8kSolutions().map((solution) => ({
        solution,
        grade: gradeNumeric(solution.text, solution.gold),
      }));
    });

    test('agree with is_correct, wrong labels aside', () => {
      expect(graded).toHaveLength(5276);
      const different = graded
        .filter(({ solution, grade }) => (grade.verdict === 'right') !== solution.isCorrect)
        .map(({ solution: { question, model } }) => ({ question, model }));
      expect(different).toEqual(WRONG_LABELS.map(({ question, model }) => ({ question, model })));
      expect(different.length).toBeLessThanOrEqual(5);
    });

    test('without an answer are the unfinished ones', () => {
      const none = graded.filter(({ grade }) => grade.verdict === 'no-answer');
      expect(none).toHaveLength(10);
      for (const { solution } of none) expect(solution.text).not.toMatch(/^A: *[-$]?\d/mu);
    });

    test('are misgraded by the published extractor, and the audit lists each of those', () => {
      const misgraded = graded.filter(
        ({ solution }) =>
          solution.isCorrect && paperRepoNumber(solution.text) !== solution.gold.toLowerCase(),
      );
      expect(misgraded).toHaveLength(10);
      for (const { solution, grade } of misgraded) {
        expect(solution.gold).toContain(',');
        expect(suspicions(solution, { ...grade, verdict: 'wrong' })).toContain('lenient-right');
      }
    });

    test('that are wrong are listed by the audit in at most 10 % of cases', () => {
      const wrong = graded.filter(({ grade }) => grade.verdict === 'wrong');
      const listed = wrong.filter(({ solution, grade }) => suspicions(solution, grade).length > 0);
      expect(wrong).toHaveLength(3265);
      expect(listed.length / wrong.length).toBeLessThanOrEqual(0.1);
      expect(listed.length / wrong.length).toBeGreaterThan(0.05);
    });

    test.each(['train', 'test'])('human rationales of %s reach their golds', (set) => {
      const rows = z.array(z.object({ answer: z.string() })).parse(jsonLines(`gsm8k/${set}.jsonl`));
      let commas = 0;
      for (const { answer } of rows) {
        const gold = answer.split('#### ')[1] ?? '';
        if (gold.includes(',')) commas += 1;
        expect(gradeNumeric(answer, gold).verdict, answer).toBe('right');
        expect(gradeNumeric(`Answer: ${gold}`, gold).verdict, gold).toBe('right');
      }
      expect(commas).toBe(set === 'train' ? 79 : 14);
    });
  },
);
