import { expect, it } from 'vitest';
import { chatFrameSchema, frameName, framedText } from '../../../../src/core/exam/chatFrame.ts';
import { completionOf, promptFormOf } from '../../../../src/core/exam/promptForm.ts';
import { CHAT } from '../../../fakes/chat.ts';

it('is plain data: what is no frame is refused', () => {
  expect(chatFrameSchema.parse(CHAT)).toEqual(CHAT);
  for (const change of [{ end: '' }, { endId: -1 }, { template: 'x' }, { prefixIds: [0.5] }]) {
    expect(chatFrameSchema.safeParse({ ...CHAT, ...change }).success).toBe(false);
  }
});

it('names the form of prompts by everything that it puts around them', () => {
  expect(promptFormOf(undefined)).toBe('plain-1');
  expect(promptFormOf(CHAT)).toBe(frameName(CHAT));
  const names = [CHAT, { ...CHAT, suffixIds: [1] }, { ...CHAT, prefix: '' }].map(frameName);
  expect(new Set(names).size).toBe(3);
});

it('begins a turn with the text itself', () => {
  expect([completionOf('Two.'), completionOf('Two.', CHAT)]).toEqual([' Two.', 'Two.']);
});

it('leaves the begin-of-sequence token to servers', () => {
  expect(framedText(CHAT, 'Q?')).toBe('<|user|>Q?<|end|><|student|>');
});
