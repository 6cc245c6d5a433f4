import { describe, expect, it } from 'vitest';
import { StudentTokenizer } from '../../src/engine/tokens.ts';
import { encodePrompts } from '../../src/node/exam/encodePrompts.ts';
import { CHAT } from '../fakes/chat.ts';
import { ENGINE_BUNDLE, TEXT_STUDENT } from './engineFixtures.ts';

const never = new AbortController().signal;
const END = 0;

describe('prompts as token ids, by the engine', () => {
  it('are those of its exams: marks inside a question are text', async () => {
    const tokenizer = await StudentTokenizer.load(TEXT_STUDENT);
    const texts = ['HEAD\nQuestion: What does <|end|> mean?\nReasoning:', 'x'];
    const plain = { folder: TEXT_STUDENT, texts, chat: undefined };
    const ids = await encodePrompts(ENGINE_BUNDLE, plain, never);
    expect(ids).toEqual(texts.map((text) => tokenizer.encodeWhole(text)));
    expect(ids[0]).not.toContain(END);
    const { bos, prefix, suffix, prefixIds, suffixIds } = {
      ...CHAT,
      ...{ bos: '', prefix: '<|begin|>', prefixIds: [1], suffix: '<|end|>', suffixIds: [END] },
    };
    const chat = { ...CHAT, bos, prefix, suffix, prefixIds, suffixIds };
    const [inside = []] = await encodePrompts(ENGINE_BUNDLE, { ...plain, chat }, never);
    expect(inside).toEqual([1, ...tokenizer.encode(texts[0] ?? ''), END]);
  });

  it('are refused in words where there is no tokenizer, and given up when asked to', async () => {
    const nowhere = { folder: '/nowhere', texts: ['x'], chat: undefined };
    await expect(encodePrompts(ENGINE_BUNDLE, nowhere, never)).rejects.toMatchObject({
      code: expect.stringMatching(/^student\./u) as string,
    });
    const stopped = encodePrompts(ENGINE_BUNDLE, nowhere, AbortSignal.abort());
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  });
});
