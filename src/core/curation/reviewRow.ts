import type { Row } from '../../shared/reviewContract.ts';
import type { Curation } from './curation.ts';
import type { ReviewItem } from './reviewItem.ts';
import { questionNow } from './questionText.ts';
import { attemptsNow } from './reviewItem.ts';
import { settledVerdict } from './negatives.ts';

/** The item's line in the queue. */
export function rowOf(item: ReviewItem, curation: Curation): Row {
  const { question, answer } = questionNow(item.question, curation);
  const attempts = attemptsNow(item, curation);
  const right = attempts.filter((one) => settledVerdict(one, curation) === 'right').length;
  return {
    id: item.id,
    title: question.length > 160 ? `${question.slice(0, 159)}…` : question,
    status: 'todo',
    by: null,
    pair: 'none',
    flags: [],
    right,
    samples: attempts.length,
    misses: 0,
    wrongAnswer: null,
    gold: answer,
    candidates: item.candidates.length,
  };
}

/** Whether this round's exam has a wrong attempt at the question, by the grader's word or a person's. */
export function isMistake(item: ReviewItem, curation: Curation): boolean {
  return attemptsNow(item, curation).some(
    (one) => one.grade.verdict === 'wrong' || settledVerdict(one, curation) === 'wrong',
  );
}
