import { AppError, isAppError } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { candidatesOf } from './candidates.ts';
import type { Curation } from './curation.ts';
import type { Author, Decision } from './decision.ts';
import { decisionsFor } from './decisionsFor.ts';
import { openObjection } from './opinions.ts';
import type { ReviewItem } from './reviewItem.ts';
import { attemptsNow } from './reviewItem.ts';
import { isGoldInDoubt, missesGold, pairOf } from './reviewRow.ts';

export type BulkAct = 'accept' | 'reject' | 'pair-drop' | 'pair-keep';

export interface Bulk {
  readonly decisions: Decision[];
  /** Items that it changes. */
  readonly changed: number;
  /** Items on which it is not possible: no candidate passes, a teacher objects, no attempt may stand in a pair. */
  readonly refused: number;
}

/**
 * One act on many items as one undo step: all events carry `action`, and acceptances and rejections become one event
 * with a list. A generator: each `next` does a bounded piece of work.
 */
export function* bulkDecisions(
  items: Iterable<ReviewItem>,
  act: BulkAct,
  curation: Curation,
  author: Author,
  action: string,
): Generator<void, Bulk, void> {
  const all: Decision[] = [];
  let changed = 0;
  let refused = 0;
  let seen = 0;
  for (const item of items) {
    seen += 1;
    if (seen % 100 === 0) yield;
    try {
      const made = decisionsOn(item, act, curation, author, action);
      if (made.length > 0) changed += 1;
      for (const one of made) all.push(one);
    } catch (error) {
      if (!isAppError(error, 'usage')) throw error;
      refused += 1;
    }
  }
  return { decisions: joined(all), changed, refused };
}

function decisionsOn(
  item: ReviewItem,
  act: BulkAct,
  curation: Curation,
  author: Author,
  action: string,
): Decision[] {
  // What scores disagree on is decided by itself.
  if (act === 'accept' && openObjection(item, curation) !== null) {
    throw new AppError('usage', sentence`A second opinion objects to a rationale of ${item.id}.`);
  }
  if (act === 'accept' || act === 'reject') {
    return decisionsFor(item, { type: act }, curation, author, action);
  }
  const block = {
    goldInDoubt: isGoldInDoubt(item, curation),
    missesGold: missesGold(item, candidatesOf(item, curation), curation),
  };
  const from = act === 'pair-drop' ? 'keep' : 'drop';
  const texts = new Set<string>();
  return attemptsNow(item, curation).flatMap((one) => {
    if (pairOf(one, curation, block) !== from || texts.has(one.attempt.text)) return [];
    texts.add(one.attempt.text);
    const { sample } = one.attempt;
    const keep = act === 'pair-keep';
    return decisionsFor(item, { type: 'pair', sample, keep }, curation, author, action);
  });
}

type Listing = Extract<Decision, { type: 'accept' | 'reject' }>;

/** One event for all acceptances and one for all rejections; everything else stays as it is. */
function joined(decisions: readonly Decision[]): Decision[] {
  const lists = new Map<string, Listing>();
  const others: Decision[] = [];
  for (const one of decisions) {
    if (one.type !== 'accept' && one.type !== 'reject') {
      others.push(one);
      continue;
    }
    const list = lists.get(one.type);
    if (list) for (const target of one.items) list.items.push(target);
    else lists.set(one.type, { ...one, items: [...one.items] });
  }
  return [...lists.values(), ...others];
}
