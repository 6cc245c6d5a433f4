import { goldInWords } from '../teaching/answerForm.ts';
import { sha256Text } from '../hash.ts';
import { BEST_SCORE, type Opinion } from '../teaching/records.ts';
import { candidatesOf, inQuestion, seemsToPass, type Candidate } from './candidates.ts';
import type { Curation } from './curation.ts';
import { isAbout, questionNow } from './questionText.ts';
import type { ReviewItem } from './reviewItem.ts';

/** An opinion that came with a score. */
export type Scored = Opinion & { readonly score: number };

/** Scores so far apart are a disagreement, which a person settles. */
export const APART = 2;

/** What was asked about the very text that counts now, for the question and the gold that count now; no-scores too. */
export function askedAbout(
  candidate: Candidate,
  { question, opinions }: ReviewItem,
  curation: Curation,
): Opinion[] {
  if (opinions.length === 0) return [];
  const gold = goldInWords(questionNow(question, curation));
  const hash = sha256Text(candidate.text);
  return opinions.filter(
    (one) => one.textHash === hash && one.gold === gold && isAbout(one.asked, question, curation),
  );
}

/** The scores that a candidate's text has, in the order in which they came. */
export function opinionsOn(candidate: Candidate, item: ReviewItem, curation: Curation): Scored[] {
  return askedAbout(candidate, item, curation).filter((one): one is Scored => one.score !== null);
}

/** Whether scores disagree with one another or, where the text passed, with the gate's yes. */
export function isApart(scores: readonly number[], passes: boolean): boolean {
  const all = passes ? [BEST_SCORE, ...scores] : scores;
  return all.length > 1 && Math.max(...all) - Math.min(...all) >= APART;
}

/** The lowest score of a candidate where its scores are a disagreement; null where they are none. */
export function objectionTo(
  candidate: Candidate,
  item: ReviewItem,
  curation: Curation,
): Scored | null {
  const opinions = opinionsOn(candidate, item, curation);
  if (opinions.length === 0) return null;
  const passes = seemsToPass(candidate, item, curation);
  const scores = opinions.map(({ score }) => score);
  if (!isApart(scores, passes)) return null;
  const lowest = Math.min(...scores);
  return opinions.find(({ score }) => score === lowest) ?? null;
}

/**
 * The rationales of a question whose scores are a matter of its round: what its status speaks of. The data file's own are
 * none of them: no rule decides on those, whatever is said of them.
 */
export function judgedIn(item: ReviewItem, curation: Curation): Candidate[] {
  const all = inQuestion(candidatesOf(item, curation), item.frame.round);
  return all.filter(({ source }) => source !== 'dataset');
}

/** Whether an objection to a candidate waits for a person: a rule's yes does not settle it. */
export function waitsForPerson({ decision }: Candidate): boolean {
  return decision?.by !== 'person' && decision?.status !== 'rejected';
}

/**
 * The objection that a question waits for a person with: to a rationale of this round on which no person has decided.
 * The lowest score of all of them; null without any.
 */
export function openObjection(item: ReviewItem, curation: Curation): Scored | null {
  if (item.opinions.length === 0) return null;
  const found = judgedIn(item, curation)
    .filter(waitsForPerson)
    .flatMap((one) => objectionTo(one, item, curation) ?? []);
  return found.reduce<Scored | null>(
    (lowest, one) => (lowest === null || one.score < lowest.score ? one : lowest),
    null,
  );
}
