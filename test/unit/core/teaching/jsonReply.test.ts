import { describe, expect, it } from 'vitest';
import { isJsonObject, parseJsonReply } from '../../../../src/core/teaching/jsonReply.ts';
import { parseReply } from '../../../../src/core/teaching/reply.ts';
import { builtIn, parseTemplate, templateOfKind } from '../../../../src/core/teaching/templates.ts';

const rationale = '3 * 4 = 12.\n12 - 5 = 7.\nAnswer: 7';
const annotation = { rationale, finalAnswer: '7' };
const feedback = {
  firstErrorStep: 2,
  errorKind: 'wrong_operation',
  why: 'Step 2 adds where it should take away.',
  correctedRationale: rationale,
  finalAnswer: '7',
};

describe('a reply as JSON', () => {
  it('says the same as one in labelled lines', () => {
    expect(parseJsonReply('annotate', JSON.stringify(annotation))).toEqual(
      parseReply('annotate', `${rationale}\nEND`),
    );
    const lines = `FIRST WRONG STEP: 2\nKIND: wrong_operation\nWHY: ${feedback.why}\nCORRECTED:\n${rationale}\nEND`;
    expect(parseJsonReply('feedback', JSON.stringify(feedback))).toEqual(
      parseReply('feedback', lines),
    );
  });

  it.each([
    ['in a fence', `\`\`\`json\n${JSON.stringify(annotation)}\n\`\`\``],
    ['after thoughts', `<think>{"a": 1}</think>\n${JSON.stringify(annotation)}`],
    ['over several lines', JSON.stringify(annotation, null, 2)],
    [
      'with its answer in its own field alone',
      JSON.stringify({ rationale: '3 * 4 = 12.\n12 - 5 = 7.', finalAnswer: ' 7 ' }),
    ],
  ])('is read %s', (_, text) => {
    expect(parseJsonReply('annotate', text)).toMatchObject({
      ok: true,
      reply: { rationale, answer: '7' },
    });
  });

  it.each<[string, string, string]>([
    ['nothing', ' ', 'empty'],
    ['no JSON', 'The answer is 7.', 'unparsable'],
    ['half of it', JSON.stringify(annotation).slice(0, -3), 'unparsable'],
    ['text behind it', `${JSON.stringify(annotation)}\nI hope this helps!`, 'unparsable'],
    ['two objects', `${JSON.stringify(annotation)}${JSON.stringify(annotation)}`, 'unparsable'],
    ['a list', JSON.stringify([annotation]), 'unparsable'],
    ['thoughts that never end', `<think>${JSON.stringify(annotation)}`, 'unparsable'],
    ['a missing key', JSON.stringify({ rationale }), 'unparsable'],
    ['a key too many', JSON.stringify({ ...annotation, confidence: 1 }), 'unparsable'],
    ['a number for a text', JSON.stringify({ rationale, finalAnswer: 7 }), 'unparsable'],
    ['two answers that differ', JSON.stringify({ rationale, finalAnswer: '8' }), 'unparsable'],
    [
      'two answer lines',
      JSON.stringify({ rationale: `${rationale}\nAnswer: 7`, finalAnswer: '7' }),
      'unparsable',
    ],
    [
      'text behind the answer',
      JSON.stringify({ rationale: `${rationale}\nDone.`, finalAnswer: '7' }),
      'unparsable',
    ],
    [
      'no answer at all',
      JSON.stringify({ rationale: '3 * 4 = 12.', finalAnswer: '' }),
      'no-final-line',
    ],
    ['no solution', JSON.stringify({ rationale: '', finalAnswer: '7' }), 'empty'],
  ])('is refused with %s', (_, text, problem) => {
    expect(parseJsonReply('annotate', text)).toMatchObject({ ok: false, problem });
  });

  it.each([
    ['a kind that is none', { ...feedback, errorKind: 'silly' }],
    ['a step that is none', { ...feedback, firstErrorStep: 0 }],
    ['a step without a kind', { ...feedback, errorKind: null }],
    ['a missing why', { ...feedback, why: undefined }],
  ])('about a mistake is refused with %s', (_, value) => {
    const parsed = parseJsonReply('feedback', JSON.stringify(value));
    expect(parsed).toMatchObject({ ok: false, problem: 'unparsable' });
  });

  it('is broken where it is not one object, which is not the same as one of another form', () => {
    expect(isJsonObject('{"rationale": "3')).toBe(false);
    expect(isJsonObject('{"other": 1}')).toBe(true);
  });
});

describe('templates for JSON', () => {
  it('say their form in their second line, and have names of their own for each kind', () => {
    const template = builtIn('feedback', 'number', 'json');
    expect(template).toMatchObject({ id: 'feedback-json-1', form: 'json' });
    expect(template.sections['system']).toContain('"correctedRationale"');
    expect(template.sections['system']).not.toContain('FIRST WRONG STEP');
    const choice = templateOfKind(template, 'choice');
    expect(choice).toMatchObject({
      own: false,
      template: { id: 'feedback-json-choice-1', form: 'json' },
    });
    expect(builtIn('feedback').form).toBe('sections');
  });

  it('show an example that their own reader takes', () => {
    const system = builtIn('annotate', 'number', 'json').sections['system'] ?? '';
    const example = system.split('\n').find((line) => line.startsWith('{'));
    expect(parseJsonReply('annotate', example ?? '')).toMatchObject({ ok: true });
  });

  it('name the line of what is wrong in them as it stands in the file', () => {
    const text = 'template: mine\nform: json\nsome text\n## system\n';
    expect(() => parseTemplate('annotate', text)).toThrow(
      expect.objectContaining({ detail: { template: 'mine', line: 3 } }) as Error,
    );
  });
});
