import { sha256Json } from '../hash.ts';
import { bulkDecisions } from './bulk.ts';
import { candidatesOf, isTaught } from './candidates.ts';
import { keyOfAttempt, type Curation } from './curation.ts';
import type { Author, Decision } from './decision.ts';
import { questionNow } from './questionText.ts';
import { runWhole } from '../runWhole.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';
import { isGoldInDoubt, missesGold, pairOf, rowOf } from './reviewRow.ts';

/**
 * Names all that has been decided on an item and makes a difference to what is trained: its status, the rationales that
 * stand and their texts, each attempt's pair and verdict, question and gold.
 */
export function outcomeOf(item: ReviewItem, curation: Curation): string {
  const { question, answer } = questionNow(item.question, curation);
  const candidates = candidatesOf(item, curation);
  const block = {
    goldInDoubt: isGoldInDoubt(item, curation),
    missesGold: missesGold(item, candidates, curation),
  };
  const attempts = attemptsNow(item, curation).map((one) => {
    const word = curation.attempts.get(keyOfAttempt(one.attempt)) ?? null;
    return [one.attempt.sample, pairOf(one, curation, block), word] as const;
  });
  return sha256Json([
    rowOf(item, curation).status,
    question,
    answer,
    candidates
      .filter((one) => isTaught(one, item, curation))
      .map(({ id, text }) => `${id} ${text}`)
      .sort(),
    [...attempts].sort(([a], [b]) => a - b),
  ]).slice(0, 16);
}

/**
 * The outcome that accepting the item together with others would have now. What such an acceptance cannot take it
 * leaves undecided. `after` says what is decided on the item once these decisions are made, too.
 */
export function outcomeOfAccepting(
  item: ReviewItem,
  curation: Curation,
  author: Author,
  after: (decisions: readonly Decision[]) => Curation,
): string {
  const { decisions } = runWhole(bulkDecisions([item], 'accept', curation, author, 'accept'));
  return outcomeOf(item, after(decisions));
}
