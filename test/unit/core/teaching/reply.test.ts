import { describe, expect, it } from 'vitest';
import { parseReply, stripThinking, type ReplyParse } from '../../../../src/core/teaching/reply.ts';

const solution = '4 * 3 = 12.\n12 - 5 = 7.\nAnswer: 7';
const feedback = `FIRST WRONG STEP: 2\nKIND: wrong_operand\nWHY: Step 2 takes 6.\nIt should take 5.\nCORRECTED:\n${solution}\nEND`;

function problem(parse: ReplyParse): string {
  return parse.ok ? 'ok' : parse.problem;
}

describe('an annotation', () => {
  it.each([
    ['as asked', `${solution}\nEND`],
    ['with blank lines', `\n4 * 3 = 12.\n\n \n12 - 5 = 7.\nAnswer: 7\n\nEND\n`],
    ['with CRLF', `${solution}\nEND\n`.replaceAll('\n', '\r\n')],
    ['in a code fence', `\`\`\`text\n${solution}\nEND\n\`\`\``],
    ['in two code fences', `~~~\n\`\`\`\n${solution}\nEND\n\`\`\`\n~~~`],
    ['after a thought', `<think>\nlet me see\n</think>\n${solution}\nEND`],
    ['after nested thoughts', `<think>a<think>Answer: 9\nEND</think>b</think>${solution}\nEND`],
    ['after a thought whose opening was in the prompt', `hm, 9?\n</think>\n${solution}\nEND`],
  ])('is read %s', (_, text) => {
    expect(parseReply('annotate', text)).toEqual({
      ok: true,
      reply: {
        rationale: solution,
        answer: '7',
        firstErrorStep: null,
        errorKind: null,
        why: null,
      },
    });
  });

  it.each([
    ['empty', '', 'empty'],
    ['white space', ' \n\t', 'empty'],
    ['a thought only', '<think>7</think>', 'empty'],
    ['an unclosed thought', `<think>${solution}\nEND`, 'unparsable'],
    ['no END', solution, 'unparsable'],
    ['text after END', `${solution}\nEND\nHope this helps!`, 'unparsable'],
    ['text after the answer', `${solution}\nThat is all.\nEND`, 'unparsable'],
    ['two answers', `Answer: 6\n${solution}\nEND`, 'unparsable'],
    ['no answer line', '4 * 3 = 12.\nThe answer is 12.\nEND', 'no-final-line'],
    ['an empty answer line', '4 * 3 = 12.\nAnswer: \nEND', 'no-final-line'],
    ['END alone', 'END', 'empty'],
    ['only one fence', `\`\`\`\n${solution}\nEND`, 'ok'],
  ])('with %s gives its reason', (_, text, expected) => {
    const parse = parseReply('annotate', text);
    if (expected === 'ok') expect(parse).toMatchObject({ ok: true });
    else expect(problem(parse)).toBe(expected);
  });

  it('keeps a draft of a refused reply for the person', () => {
    expect(parseReply('annotate', solution)).toMatchObject({ ok: false, draft: solution });
  });
});

describe('feedback', () => {
  it('is read with all its fields', () => {
    expect(parseReply('feedback', feedback)).toEqual({
      ok: true,
      reply: {
        rationale: solution,
        answer: '7',
        firstErrorStep: 2,
        errorKind: 'wrong_operand',
        why: 'Step 2 takes 6.\nIt should take 5.',
      },
    });
  });

  it.each([
    ['none', null],
    ['None.', null],
    ['step 3', 3],
    ['3.', 3],
  ])('reads the step "%s"', (said, step) => {
    const parse = parseReply('feedback', feedback.replace('STEP: 2', `STEP: ${said}`));
    expect(parse).toMatchObject({ ok: true, reply: { firstErrorStep: step } });
  });

  it.each([
    ['an unknown kind', feedback.replace('wrong_operand', 'sloppy')],
    ['no kind', feedback.replace('KIND: wrong_operand\n', '')],
    ['a step that is no number', feedback.replace('STEP: 2', 'STEP: the last')],
    ['step 0', feedback.replace('STEP: 2', 'STEP: 0')],
    ['labels in another order', feedback.replace('KIND', 'TMP').replace('WHY', 'KIND')],
    ['a label twice', feedback.replace('WHY:', 'KIND: format\nWHY:')],
    ['text in front', `Sure!\n${feedback}`],
    ['text behind', `${feedback}\nGood luck.`],
    ['no END', feedback.replace('\nEND', '')],
  ])('with %s is unparsable', (_, text) => {
    expect(problem(parseReply('feedback', text))).toBe('unparsable');
  });

  it('without a final line says so', () => {
    expect(problem(parseReply('feedback', feedback.replace('Answer: 7', 'So 7.')))).toBe(
      'no-final-line',
    );
  });
});

describe('stripThinking', () => {
  it('is null while a block is open and leaves other text alone', () => {
    expect(stripThinking('a<think>b')).toBeNull();
    expect(stripThinking('a < b and <thinker>')).toBe('a < b and <thinker>');
  });
});
