import type { Act } from '../../shared/reviewContract.ts';
import { AppError } from '../errors.ts';
import type { Curation } from './curation.ts';
import type { Author, Decision } from './decision.ts';
import type { ReviewItem } from './reviewItem.ts';

/**
 * The events that an act of a person on one item stands for; all carry `action`. Throws `usage` with the sentence that
 * the person sees when the act is not possible.
 */
export function decisionsFor(
  item: ReviewItem,
  act: Act,
  curation: Curation,
  author: Author,
  action: string,
): Decision[] {
  void item;
  void curation;
  void author;
  void action;
  throw new AppError('usage', `${act.type} is not possible here.`);
}
