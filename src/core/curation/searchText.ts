import { foldForSearch } from '../../shared/searchText.ts';
import { wordingOf } from '../dataset/choiceLines.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import type { Curation } from './curation.ts';
import { questionNow } from './questionText.ts';
import type { ReviewItem } from './reviewItem.ts';

/** Everything of an item that a search looks into: id, question, attempts, candidates, identical texts once. */
export function searchTextOf(item: ReviewItem, curation: Curation): string {
  const texts = new Set<string>([item.id, item.question.question]);
  texts.add(wordingOf(questionNow(item.question, curation)));
  for (const { attempt } of item.attempts) texts.add(rationaleOfAttempt(attempt.text));
  for (const { item: made } of item.candidates) {
    if (made.rationale !== null) texts.add(made.rationale);
    if (made.why !== null) texts.add(made.why);
    const edit = curation.items.get(made.itemId)?.rationale;
    if (edit !== undefined) texts.add(edit);
  }
  for (const { id, rationale } of curation.written.get(item.id) ?? []) {
    texts.add(curation.items.get(id)?.rationale ?? rationale);
  }
  if (item.frame.useDatasetRationales && item.question.rationale !== undefined) {
    texts.add(item.question.rationale);
  }
  const folded = foldForSearch([...texts].join('\n'));
  // A joined string is a rope until it is looked into: later, that would cost the first search.
  folded.charCodeAt(0);
  return folded;
}
