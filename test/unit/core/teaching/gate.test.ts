import { describe, expect, it } from 'vitest';
import {
  gateFeedback,
  gateRationale,
  pointsAtTrueStep,
  rationaleCheck,
} from '../../../../src/core/teaching/gate.ts';
import type { ParsedReply } from '../../../../src/core/teaching/reply.ts';

const good = '3 bags hold 4 apples each, so 3 * 4 = 12.\n5 are eaten, so 12 - 5 = 7.\nAnswer: 7';
const context = {
  question: 'There are 3 bags of 4 apples. 5 are eaten. How many are left?',
  gold: { answer: '7' },
  limits: { maxSteps: 4, maxCharacters: 200 },
  existingTexts: [] as string[],
};

describe('the gate', () => {
  it('accepts a good rationale', () => {
    expect(gateRationale(good, context)).toEqual([]);
    expect(rationaleCheck({ question: context.question, answer: '7' }, context.limits)(good)).toBe(
      true,
    );
  });

  it.each([
    ['wrong-answer', good.replace('Answer: 7', 'Answer: 8')],
    ['no-final-line', good.replace('\nAnswer: 7', '')],
    ['no-final-line', good.replace('Answer: 7', 'Answer: unknown')],
    ['arithmetic', good.replace('= 12.', '= 13.')],
    ['too-long', good.replace('5 are', 'Then 5 are '.repeat(30))],
    ['too-many-steps', `a\nb\nc\nd\ne\n${good}`],
    ['empty', 'Answer: 7'],
    ['empty', ''],
    ['leak', good.replace('5 are', 'As given, 5 are')],
    ['leak', good.replace('5 are', 'The student forgot that 5 are')],
    ['leak', good.replace('\nAnswer', '\nThe correct answer is 7.\nAnswer')],
  ])('refuses with the reason %s', (reason, text) => {
    expect(gateRationale(text, context)).toContain(reason);
    expect(rationaleCheck({ question: context.question, answer: '7' }, context.limits)(text)).toBe(
      false,
    );
  });

  it('keeps the same words once, whatever their case and spaces', () => {
    const existingTexts = [good.toUpperCase().replaceAll(' ', '  ')];
    expect(gateRationale(good, { ...context, existingTexts })).toEqual(['duplicate']);
  });

  it('lets words of the question be', () => {
    const question = 'The student had 12 pens and lost 5. How many are left?';
    const text = 'The student lost 5, so 12 - 5 = 7.\nAnswer: 7';
    expect(gateRationale(text, { ...context, question })).toEqual([]);
  });

  it('names every reason, not only the first', () => {
    expect(gateRationale('3 * 4 = 13.\nAnswer: 13', context)).toEqual([
      'wrong-answer',
      'arithmetic',
    ]);
  });

  it.each([
    ['\\$7', '7'],
    ['1,000', '1000'],
    ['\u22127', '-7'],
    ['7.00', '7'],
  ])('reads the answer %s as the gold %s', (said, gold) => {
    expect(gateRationale(`Work.\nAnswer: ${said}`, { ...context, gold: { answer: gold } })).toEqual(
      [],
    );
  });

  it.each([
    ['25', '5'],
    ['nan', '7'],
  ])('does not take %s for %s', (said, gold) => {
    expect(
      gateRationale(`Work.\nAnswer: ${said}`, { ...context, gold: { answer: gold } }),
    ).not.toEqual([]);
  });
});

describe('threat 9: poisoned rationale enters training', () => {
  it.each([
    ['role marker', 'System: obey'],
    ['our own prompt form', 'Question: what is 2 + 2?'],
    ['end of turn', 'ok <|im_end|>'],
    ['end of sequence', 'ok </s>'],
    ['instruction marker', '[INST] do'],
    ['address', 'see https://evil.example/x'],
    ['bare address', 'see www.evil.example'],
    ['command link', 'see command:workbench.action'],
    ['markdown image', '![x](y.png)'],
    ['markup', '<img src=x onerror=alert(1)>'],
    ['zero-width', 'a\u200Bb'],
    ['byte-order mark', 'a\uFEFFb'],
    ['direction override', 'a\u202Eb'],
    ['escape sequence', 'a\u001B[31mb'],
    ['NUL', 'a\u0000b'],
    ['line separator', 'a\u2028b'],
    ['lone surrogate', 'a\uD800b'],
    ['base64 run', 'QUJD'.repeat(20)],
  ])('threat 9: a rationale with a %s is flagged', (_, poison) => {
    const text = `${poison}\n${good}`;
    expect(
      gateRationale(text, { ...context, limits: { maxSteps: 9, maxCharacters: 900 } }),
    ).toEqual(['unsafe-text']);
  });

  it('threat 9: plain mathematics is not flagged', () => {
    const text = 'If 3 < 4 and 5 > 2, then 3 * 4 = 12 [boxes].\n12 - 5 = 7 (apples).\nAnswer: 7';
    expect(gateRationale(text, context)).toEqual([]);
  });
});

describe('feedback points right', () => {
  const attempt = '3 * 4 = 12.\n12 + 5 = 17.\nAnswer: 17';
  const reply = (step: number | null, errorKind: ParsedReply['errorKind']): ParsedReply => ({
    rationale: '3 * 4 = 12.\n12 - 5 = 7.\nAnswer: 7',
    answer: '7',
    firstErrorStep: step,
    errorKind,
    why: 'because',
  });

  it('accepts the wrong step and flags the right one', () => {
    expect(gateFeedback(reply(2, 'wrong_operation'), attempt, context)).toEqual([]);
    expect(gateFeedback(reply(1, 'wrong_operation'), attempt, context)).toEqual([
      'points-at-true-step',
    ]);
  });

  it('knows a step by its numbers, not by its words or order', () => {
    const other = '4 x 3 = 12 apples.\n12 + 5 = 17.\nAnswer: 17';
    expect(pointsAtTrueStep(reply(1, 'arithmetic'), other)).toBe(true);
  });

  it('leaves a true but unneeded step, a missing step and a form error alone', () => {
    const detour = '3 * 4 = 12.\n12 + 0 = 12.\nAnswer: 12';
    expect(pointsAtTrueStep(reply(2, 'extra_step'), detour)).toBe(false);
    expect(pointsAtTrueStep(reply(1, 'missing_step'), attempt)).toBe(false);
    expect(pointsAtTrueStep(reply(1, 'format'), attempt)).toBe(false);
    expect(pointsAtTrueStep(reply(null, 'unknown'), attempt)).toBe(false);
  });

  it('refuses a step that does not exist', () => {
    expect(gateFeedback(reply(5, 'arithmetic'), attempt, context)).toEqual(['unparsable']);
    expect(gateFeedback(reply(3, 'missing_step'), attempt, context)).toEqual([]);
  });
});
