import { sha256Json } from '../hash.ts';
import { wordingOf } from '../dataset/choiceLines.ts';
import { candidatesOf } from './candidates.ts';
import type { Curation } from './curation.ts';
import { questionNow } from './questionText.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';

/**
 * Names the texts that an item's record shows: who decides says by it what they have seen. Accepting, rejecting and
 * judging leave it as it is, so that one key may follow the other before the first is answered.
 */
export function stampOf(item: ReviewItem, curation: Curation): string {
  const now = questionNow(item.question, curation);
  return sha256Json([
    wordingOf(now),
    now.answer,
    candidatesOf(item, curation).map(({ id, text }) => [id, text]),
    attemptsNow(item, curation).map(({ attempt }) => [attempt.sample, attempt.text]),
  ]).slice(0, 16);
}
