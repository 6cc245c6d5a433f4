import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runWhole } from '../../../../src/core/runWhole.ts';
import { NO_FIXES, nameOfWording } from '../../../../src/core/curation/questionText.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';
import type { Attempt } from '../../../../src/core/exam/attempt.ts';
import { gradeNumeric, gradeStrictly } from '../../../../src/core/grading/grade.ts';
import { examAccuracy, examGroup, examView } from '../../../../src/core/report/examView.ts';
import { tallyExam } from '../../../../src/core/report/tally.ts';
import type { Grade } from '../../../../src/core/grading/verdict.ts';
import { gradeStored } from '../../../../src/core/round/grading.ts';
import { rateOf } from '../../../../src/core/round/statistics.ts';

const question = (id: string, answer = '7'): Question => ({
  id,
  question: `What is ${id}?`,
  answer,
});

function attempt(
  questionId: string,
  sample: number,
  text: string,
  more: Partial<Attempt> = {},
): Attempt {
  const shared = { type: 'attempt', set: 'dev', fingerprint: 'f'.repeat(64) } as const;
  return { ...shared, ids: [], finish: 'eos', minMargin: null, questionId, sample, text, ...more };
}

const NOW = { gold: new Map<string, string>(), ...NO_FIXES };

/** By sorting, where the tally counts as it goes: no other answer was given more often, or as often and earlier. */
function wins(grades: readonly Pick<Grade, 'verdict' | 'value'>[]): boolean {
  const votes = grades.flatMap(({ verdict, value }) =>
    verdict === 'right' ? ['right'] : value === null ? [] : [`wrong ${value}`],
  );
  const times = (vote: string): number => votes.filter((one) => one === vote).length;
  const ranked = [...new Set(votes)].sort(
    (a, b) => times(b) - times(a) || votes.indexOf(a) - votes.indexOf(b),
  );
  return ranked[0] === 'right';
}

const answers = fc.oneof(
  fc.constantFrom(
    ' 3 + 4 = 7.\nAnswer: 7',
    'Answer: $7.00',
    'Answer: 8',
    'nothing here',
    '',
    'Answer: not 7, but 9',
    'It is 7 or 8\nAnswer: 7\nAnswer: 8',
    '#### 7',
  ),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

describe('an exam’s tally', () => {
  it('counts what grading counts, whatever the answers are', () => {
    const attempts = fc.array(
      fc.record({
        id: fc.constantFrom('a', 'b', 'c'),
        sample: fc.nat(3),
        text: answers,
        cut: fc.boolean(),
        asked: fc.constantFrom(
          undefined,
          nameOfWording({ question: 'What is a?' }),
          nameOfWording({ question: 'older' }),
        ),
      }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(attempts, (rows) => {
        const questions = ['a', 'b', 'c'].map((id) => question(id));
        const all: Attempt[] = rows.map(({ id, sample, text, cut, asked }) =>
          attempt(id, sample, text, {
            finish: cut ? 'length' : 'eos',
            ...(asked === undefined ? {} : { asked }),
          }),
        );
        const tally = runWhole(tallyExam(questions, all, NOW));
        const graded = gradeStored(questions, all, NOW);
        for (const { id } of questions) {
          const own = graded.filter((one) => one.attempt.questionId === id);
          const counting = own.filter(({ stale }) => stale !== true);
          if (counting.length === 0) {
            expect(tally.questions.has(id)).toBe(false);
            expect(tally.outdated.has(id)).toBe(own.length > 0);
            continue;
          }
          expect(tally.questions.get(id)).toEqual({
            right: counting.filter(({ grade }) => grade.verdict === 'right').length,
            samples: counting.length,
            noAnswer: counting.filter(({ grade }) => grade.verdict === 'no-answer').length,
            truncated: counting.filter((one) => one.attempt.finish === 'length').length,
            votedRight: wins(counting.map(({ grade }) => grade)),
            answer: counting.at(-1)?.grade.value,
          });
        }
      }),
    );
  });

  it('reads strictly what the grader reads', () => {
    fc.assert(
      fc.property(answers, fc.constantFrom('7', '1,200', 'x'), (text, gold) => {
        const { verdict, value } = gradeNumeric(text, gold);
        expect(gradeStrictly(text, gold)).toEqual({ verdict, value });
      }),
    );
  });

  it('grades by the gold that counts now, and gives way between its pieces', () => {
    const questions = Array.from({ length: 300 }, (_, at) => question(`q${at}`));
    const attempts = questions.map(({ id }) => attempt(id, 0, 'Answer: 8'));
    const work = tallyExam(questions, attempts, { ...NOW, gold: new Map([['q5', '8']]) });
    let pieces = 0;
    let step = work.next();
    for (; step.done !== true; step = work.next()) pieces += 1;
    expect(pieces).toBeGreaterThan(3);
    expect(examGroup(step.value, 'right')).toEqual(['q5']);
    expect(examGroup(step.value, 'wrong')).toHaveLength(299);
  });

  it('has Wilson’s interval for one sample, and one over questions for several', () => {
    const questions = ['a', 'b', 'c', 'd'].map((id) => question(id));
    const one = questions.map(({ id }, at) => attempt(id, 0, `Answer: ${at < 3 ? 7 : 8}`));
    const single = runWhole(tallyExam(questions, one, NOW));
    expect(runWhole(examAccuracy(single))).toEqual(rateOf(3, 4));
    const more = questions.map(({ id }, at) => attempt(id, 1, `Answer: ${at === 0 ? 8 : 7}`));
    const several = runWhole(tallyExam(questions, [...one, ...more], NOW));
    const rate = runWhole(examAccuracy(several));
    expect(rate).toMatchObject({ right: 3, n: 4, rate: 0.75 });
    expect(rate.low).toBeLessThan(0.75);
    expect(runWhole(examAccuracy(runWhole(tallyExam([], [], NOW))))).toEqual(rateOf(0, 0));
  });

  it('of several samples a question says how many have one right, all right, and a right vote', () => {
    const questions = ['a', 'b', 'c', 'd', 'e'].map((id) => question(id));
    // By letter what four samples answered; the last question has lost one of its four.
    const said = {
      a: ['7', '7.00', '7', '$7'],
      b: ['8', '9', '7', '7'],
      c: ['8', '7', '8', '7'],
      d: ['7', '8', '8', ''],
      e: ['7', '7', '7'],
    };
    const attempts = Object.entries(said).flatMap(([id, answers]) =>
      answers.map((answer, at) => attempt(id, at, answer === '' ? 'well' : `Answer: ${answer}`)),
    );
    const tally = runWhole(tallyExam(questions, attempts, NOW));
    const exam = { set: 'dev', role: 'dev', tally, accuracy: rateOf(0, 0) } as const;
    const told = (text: unknown): string => String(text);
    const view = examView({ ...exam, form: undefined, parity: undefined }, undefined, told);
    expect(view.several).toEqual({ any: rateOf(4, 4), all: rateOf(1, 4), voted: rateOf(2, 4) });
    const one = runWhole(
      tallyExam(
        questions,
        attempts.filter(({ sample }) => sample === 0),
        NOW,
      ),
    );
    const single = { ...exam, tally: one, form: undefined, parity: undefined };
    expect(examView(single, undefined, told).several).toBeNull();
  });
});
