import { describe, expect, test } from 'vitest';
import type { Question } from '../../../../../src/core/dataset/question.ts';
import { gradeNumeric } from '../../../../../src/core/grading/grade.ts';
import { compareAttempt } from '../../../../../src/core/teaching/programmatic/compare.ts';
import { answerValue, feedbackOn } from '../../../../../src/core/teaching/programmatic/feedback.ts';
import {
  learn,
  learnAll,
  type KnownQuestion,
} from '../../../../../src/core/teaching/programmatic/knowledge.ts';
import { gateFeedback } from '../../../../../src/core/teaching/gate.ts';
import { splitSteps } from '../../../../../src/core/teaching/steps.ts';
import { show } from '../../../../../src/core/teaching/programmatic/rational.ts';
import { corruptionsOf } from './corruptions.ts';
import { absent, gsm8kSolutions, multiArith, svamp } from './publicSets.ts';

function known(row: Omit<Question, 'id'>): KnownQuestion {
  const learned = learn({ id: 'q', ...row });
  if (typeof learned === 'string') throw new Error(learned);
  return learned;
}

const boxes = known({
  question:
    'Ana has 53 red and 181 blue beads in each of 466 boxes, and 7 hats. How many beads are there?',
  answer: '109044',
  equation: '(53 + 181) * 466',
});
const left = known({
  question: 'Ben had 20 nuts, ate 8 and found 5. There are 3 trees. How many nuts has he?',
  answer: '17',
  equation: '20 - 8 + 5',
});

function judge(one: KnownQuestion, text: string): [string, number | null] {
  const answer = /Answer: (.*)$/u.exec(text)?.[1] ?? null;
  const { kind, step } = compareAttempt(one, splitSteps(text), answerValue(answer));
  return [kind, step];
}

describe('the first wrong step of an attempt', () => {
  test.each([
    ['an arithmetic slip', '20 - 8 = 13\n13 + 5 = 18\nAnswer: 18', 'arithmetic', 1],
    ['another operation', '20 + 8 = 28\n28 + 5 = 33\nAnswer: 33', 'wrong_operation', 1],
    ['a number that does not matter', '20 - 8 = 12\n12 + 3 = 15\nAnswer: 15', 'wrong_operand', 2],
    ['a number from nowhere', '20 - 9 = 11\n11 + 5 = 16\nAnswer: 16', 'wrong_operand', 1],
    ['turned round', '8 - 20 = -12\n-12 + 5 = -7\nAnswer: -7', 'wrong_operand', 1],
    ['one step too many', '20 - 8 = 12\n12 + 5 = 17\n17 - 3 = 14\nAnswer: 14', 'extra_step', 3],
    ['one step too few', '20 - 8 = 12\nAnswer: 12', 'missing_step', 2],
    ['no answer line', '20 - 8 = 12\n12 + 5 = 17', 'format', null],
    ['another last line', '20 - 8 = 12\n12 + 5 = 17\nAnswer: 71', 'format', null],
    ['a copied number', 'I think so.\nAnswer: 20', 'missing_step', 2],
    ['a variable', 'x + 8 = 20\nx = 12\n12 + 3 = 15\nAnswer: 15', 'unknown', null],
    ['nothing at all', 'Answer: 999', 'unknown', null],
    ['a spare step', '20 - 3 = 17\n20 - 8 = 12\n12 + 5 = 17\nAnswer: 16', 'extra_step', 1],
  ])('%s', (_, text, kind, step) => {
    expect(judge(left, text)).toEqual([kind, step]);
  });

  test('equivalent orders are right: commuted, re-bracketed, distributed, in one line', () => {
    for (const text of [
      '5 + 20 = 25\n25 - 8 = 17\nAnswer: 1',
      '20 + 5 - 8 = 17\nAnswer: 1',
      '20 − 8 = 12 nuts. So 12 nuts + 5 nuts = 17 nuts.\nAnswer: 1',
    ]) {
      expect([text, ...judge(left, text)]).toEqual([text, 'format', null]);
    }
    const spread = '466 x 53 = 24,698\n466 × 181 = 84346\n24698 + 84,346 = 109,044\nAnswer: 1';
    expect(judge(boxes, spread)).toEqual(['format', null]);
    expect(judge(boxes, '466 * 53 = 24698\nAnswer: 24698')).toEqual(['missing_step', 2]);
  });

  test('one operation over two numbers explains a bare answer, flagged as inferred', () => {
    const one = known({
      question: 'Ana has 9 pens and loses 4. How many?',
      answer: '5',
      equation: '9 - 4',
    });
    const found = compareAttempt(one, [], answerValue('13'));
    expect(found).toMatchObject({ kind: 'wrong_operation', step: null, inferred: true });
    expect(compareAttempt(one, [], answerValue('77')).kind).toBe('unknown');
  });

  test('a right attempt is called neither wrong nor located', () => {
    expect(judge(left, '20 - 8 = 12\n12 + 5 = 17\nAnswer: 17')).toEqual(['unknown', null]);
  });

  test('what may be right in a way that the gold does not show is not called wrong', () => {
    const hours = known({
      question:
        'Jon plays 2 hours every day. How many dollars would he earn at 10 dollars an hour in a week?',
      answer: '140',
      equation: '2 * 7 * 10',
    });
    expect(judge(hours, '2 * 60 = 120\n120 * 7 = 840\nAnswer: 840')).toEqual(['unknown', null]);
    const tip = known({
      question: 'The bill is 50 dollars and the tip 20 percent of it. What is paid in all?',
      answer: '60',
      equation: '50 + 50 * 20 / 100',
    });
    expect(judge(tip, '50 * 0.2 = 10\n50 - 10 = 40\nAnswer: 40')).toEqual(['wrong_operation', 2]);
    const unsaid = known({
      question: 'Bo is 9 years younger than Al.',
      answer: '19',
      equation: '28 - 9',
    });
    expect(judge(unsaid, '30 - 9 = 21\nAnswer: 21')).toEqual(['unknown', null]);
  });

  test('a mark’s number is the question’s own when the earlier result is used up', () => {
    const apples = known({
      question:
        'Two apples fell, one went back, 5 more fell, one went back, and another 6 fell. How many?',
      answer: '11',
      rationale: '<<2-1=1>> <<5+1=6>> <<6-1=5>> <<5+6=11>>',
    });
    expect(judge(apples, '2 - 1 = 1\n1 + 5 = 6\n6 + 6 = 12\nAnswer: 12')).toEqual([
      'missing_step',
      4,
    ]);
  });

  test('right leading steps are kept word for word, doubtful words are not', () => {
    const text = ['He eats some: 20 - 8 = 12 nuts.', '12 - 5 = 7'];
    expect(feedbackOn(left, text, '7', 0).correctedRationale).toMatch(
      /^He eats some: 20 - 8 = 12 nuts\.\n[^\n]*12 \+ 5 = 17\.\nAnswer: 17$/u,
    );
    const leaky = ['The correct answer is 17, 20 - 8 = 12', '12 - 5 = 7'];
    expect(feedbackOn(left, leaky, '7', 0).correctedRationale).not.toContain('correct answer');
  });
});

const reason = absent('svamp/SVAMP.json') ?? absent('multiarith/MultiArith.json');
test.skipIf(reason !== undefined)(
  `damaged gold steps of SVAMP and MultiArith are named, and the correction passes the gate${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const tally = new Map<string, { right: number; all: number }>();
    const all = learnAll([...svamp(), ...multiArith()]).known;
    // A third of the questions keeps this quick; every kind of damage is among them hundreds of times.
    for (const [index, one] of all.entries()) {
      if (index % 3 !== 0) continue;
      for (const made of corruptionsOf(one, index)) {
        const text = [...made.lines, `Answer: ${show(made.answer)}`].join('\n');
        const { comparison, correctedRationale } = feedbackOn(
          one,
          splitSteps(text),
          show(made.answer),
          index,
        );
        const { kind, step, why } = comparison;
        const count = tally.get(made.kind) ?? { right: 0, all: 0 };
        count.all += 1;
        if (kind === made.kind && step === made.step) count.right += 1;
        tally.set(made.kind, count);
        const parsed = {
          rationale: correctedRationale,
          answer: one.answer,
          firstErrorStep: step,
          errorKind: kind,
          why,
        };
        const context = {
          question: one.question,
          gold: one,
          limits: { maxSteps: 8, maxCharacters: 800 },
          existingTexts: [],
        };
        expect([one.id, gateFeedback(parsed, text, context)]).toEqual([one.id, []]);
      }
    }
    expect(tally.size).toBe(5);
    const counts = [...tally.values()];
    for (const { right, all: total } of counts) expect(right / total).toBeGreaterThanOrEqual(0.99);
    const right = counts.reduce((sum, count) => sum + count.right, 0);
    const total = counts.reduce((sum, count) => sum + count.all, 0);
    expect(total).toBeGreaterThan(2500);
    expect(right / total).toBeGreaterThanOrEqual(0.995);
  },
  120_000,
);

const gsm = absent('gsm8k/example_model_solutions.jsonl');
test.skipIf(gsm !== undefined)(
  `published wrong solutions of GSM8K are all answered${gsm ? ` (skipped: ${gsm})` : ''}`,
  () => {
    const kinds = new Map<string, number>();
    let total = 0;
    for (const { question, solution, right } of gsm8kSolutions()) {
      const one = right || Number(question.id.slice(6)) % 3 !== 0 ? 'skipped' : learn(question);
      if (typeof one === 'string') continue;
      const answer = gradeNumeric(solution.replace(/\nA: /u, '\nAnswer: '), question.answer).value;
      const steps = splitSteps(solution.replace(/\nA: .*$/u, ''));
      const { comparison, correctedRationale } = feedbackOn(one, steps, answer, 0);
      total += 1;
      kinds.set(comparison.kind, (kinds.get(comparison.kind) ?? 0) + 1);
      expect(gradeNumeric(correctedRationale, question.answer).verdict).toBe('right');
      expect(comparison.step ?? 1).toBeLessThanOrEqual(steps.length + 1);
    }
    expect(total).toBeGreaterThan(700);
    // Most of these mistakes are of understanding: arithmetic alone must stay a small share of what is named.
    expect((kinds.get('arithmetic') ?? 0) / total).toBeLessThan(0.03);
  },
  120_000,
);
