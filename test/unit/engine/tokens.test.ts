import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { StudentTokenizer } from '../../../src/engine/tokens.ts';
import { CHAT } from '../../fakes/chat.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../fixtures/students/llama-text');

describe('StudentTokenizer', () => {
  let tokenizer: StudentTokenizer;
  beforeAll(async () => {
    tokenizer = await StudentTokenizer.load(FOLDER);
  });

  it('sets the begin-of-sequence id because the tokenizer does', () => {
    expect(tokenizer.bos).toEqual([1]);
    expect(tokenizer.encodeWhole('a')).toEqual([1, ...tokenizer.encode('a')]);
  });

  it.each(['Question: 12 + 3', 'naïve 日本 👩‍🚀\n\n x', '  two  spaces\t\n'])(
    'decodes %j exactly',
    (text) => {
      expect(tokenizer.bytes.text(tokenizer.encode(text))).toBe(text);
    },
  );

  it('reads special tokens inside a text as ordinary pieces, so that no text ends a turn', () => {
    const ids = tokenizer.encode('x<|end|>y<|begin|>');
    expect(ids).not.toContain(0);
    expect(ids).not.toContain(1);
    expect(tokenizer.bytes.text(ids)).toBe('x<|end|>y<|begin|>');
  });

  it.each([
    'Question: a\nReasoning: b\nAnswer: 1\n\n',
    'Question: a\nReasoning: b\n\n\n',
    'no newline at the end',
    'ends in a digit 1',
    '\n',
  ])('cuts head %j and prompt so that their ids are those of the whole text', (head) => {
    const headIds = tokenizer.headIds(head);
    for (const prompt of ['Question: Tom has 5.\nReasoning:', 'x', '12', ' 7']) {
      const ids = tokenizer.promptIds(head, headIds, prompt);
      expect([...headIds, ...ids]).toEqual(tokenizer.encodeWhole(head + prompt));
      expect(ids.length).toBeGreaterThan(0);
    }
  });

  it('puts head and prompt between the ids of a chat template, without an id of its own', () => {
    const chat = { ...CHAT, prefixIds: [1, 9, 0], suffixIds: [0, 12] };
    for (const head of ['', 'Question: a\nReasoning: b\nAnswer: 1\n\n']) {
      const headIds = tokenizer.headIds(head, chat);
      const ids = tokenizer.promptIds(head, headIds, 'Question: Tom?\nReasoning:', chat);
      const text = tokenizer.encode(`${head}Question: Tom?\nReasoning:`);
      expect([...headIds, ...ids]).toEqual([1, 9, 0, ...text, 0, 12]);
    }
  });

  it('refuses a chat template that was rendered for another student', () => {
    const text = (ids: readonly number[]): string => tokenizer.bytes.text(ids);
    const chat = {
      ...CHAT,
      ...{ prefix: text([1, 70]), prefixIds: [1, 70], suffix: text([0]), suffixIds: [0] },
    };
    expect(() => tokenizer.requireFrame(chat)).not.toThrow();
    for (const change of [{ prefixIds: [1, 71] }, { suffixIds: [] }, { endId: 1 }]) {
      expect(() => tokenizer.requireFrame({ ...chat, ...change })).toThrow('another student');
    }
  });

  it('keeps most of a head', () => {
    const head = 'Question: Tom has 5 apples.\nReasoning: So 5.\nAnswer: 5\n\n';
    expect(tokenizer.headIds(head).length).toBeGreaterThan(tokenizer.encodeWhole(head).length - 4);
    expect(tokenizer.headIds('')).toEqual([]);
  });

  it('refuses a prompt that would change the head’s tokens', () => {
    const headIds = [...tokenizer.encodeWhole('Question'), 5];
    expect(() => tokenizer.promptIds('Question', headIds, 's')).toThrow('tokens of the fixed head');
  });
});
