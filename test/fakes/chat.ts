import type { ChatFrame } from '../../src/core/exam/chatFrame.ts';

/** A chat template of no student in particular. */
export const CHAT: ChatFrame = {
  template: 'c'.repeat(64),
  bos: '<|begin|>',
  prefix: '<|begin|><|user|>',
  suffix: '<|end|><|student|>',
  end: '<|end|>',
  prefixIds: [1, 7],
  suffixIds: [0, 8],
  endId: 0,
};
