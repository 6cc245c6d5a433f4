import type { ItemFlag, ItemStatus, PairStatus, Row } from '../../shared/reviewQueue.ts';
import { falseEquations } from '../teaching/arithmetic.ts';
import { trajectoryOf } from '../round/trajectory.ts';
import {
  candidatesOf,
  inQuestion,
  isTaught,
  reachesGold,
  seemsToPass,
  type Candidate,
} from './candidates.ts';
import type { Curation } from './curation.ts';
import { isGoldConfirmed, keyOfAttempt } from './curation.ts';
import { mayBeNegative, settledVerdict, type GradedAttempt } from './negatives.ts';
import { openObjection } from './opinions.ts';
import { questionNow } from './questionText.ts';
import { choiceOfRow } from './recordChoices.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';

const TITLE = 160;

/** What an item's attempts say whoever decided what; worked out once. */
interface Facts {
  readonly luck: boolean;
  readonly wrongAnswer: string | null;
}

const factsOf = new WeakMap<readonly GradedAttempt[], Facts>();

function facts(attempts: readonly GradedAttempt[]): Facts {
  const known = factsOf.get(attempts);
  if (known) return known;
  const counts = new Map<string, number>();
  let wrongAnswer: string | null = null;
  for (const { grade } of attempts) {
    if (grade.verdict !== 'wrong' || grade.value === null) continue;
    const count = (counts.get(grade.value) ?? 0) + 1;
    counts.set(grade.value, count);
    if (wrongAnswer === null || count > (counts.get(wrongAnswer) ?? 0)) wrongAnswer = grade.value;
  }
  const luck = attempts.some(
    ({ attempt, grade }) =>
      grade.verdict === 'right' &&
      attempt.text.includes('=') &&
      falseEquations(attempt.text).length > 0,
  );
  const made = { luck, wrongAnswer };
  factsOf.set(attempts, made);
  return made;
}

/** Whether this round's exam has a wrong attempt at the question, by the grader's word or a person's. */
export function isMistake(item: ReviewItem, curation: Curation): boolean {
  return attemptsNow(item, curation).some((one) => isWrong(one, curation));
}

function isWrong(one: GradedAttempt, curation: Curation): boolean {
  return one.grade.verdict === 'wrong' || settledVerdict(one, curation) === 'wrong';
}

export interface Status {
  readonly status: ItemStatus;
  readonly by: 'person' | 'rule' | null;
}

/** Where an item stands in this round, from the candidates that its status speaks of. */
export function statusOf(
  item: ReviewItem,
  considered: readonly Candidate[],
  curation: Curation,
): Status {
  const taught = considered.filter(
    (one) => one.decision?.status === 'accepted' && isTaught(one, item, curation),
  );
  const byOf = (of: readonly Candidate[]): 'person' | 'rule' =>
    of.some(({ decision }) => decision?.by === 'person') ? 'person' : 'rule';
  if (taught.length > 0 && curation.leftOut.get(item.id)?.round !== item.frame.round) {
    const own = taught.some(({ source, original }) => source === 'human' || original !== null);
    return { status: own ? 'edited' : 'accepted', by: byOf(taught) };
  }
  const left = curation.leftOut.get(item.id);
  if (left?.round === item.frame.round) return { status: 'rejected', by: left.by };
  const rejected = considered.filter(({ decision }) => decision?.status === 'rejected');
  if (rejected.length > 0 && rejected.length === considered.length) {
    return { status: 'rejected', by: byOf(rejected) };
  }
  return { status: 'todo', by: null };
}

/** Whether the samples agreed on another answer than the gold and nobody has settled that. */
export function isGoldInDoubt(item: ReviewItem, curation: Curation): boolean {
  if (isGoldConfirmed(curation, item.id, questionNow(item.question, curation).answer)) return false;
  return (
    attemptsNow(item, curation).some(({ suspicions }) => suspicions.includes('suspect-gold')) ||
    item.history.some(({ suspectGold }) => suspectGold)
  );
}

/** Whether a wrong attempt may stand in a pair, and if not, whether a person or the checks say so. */
export function pairOf(
  one: GradedAttempt,
  curation: Curation,
  block: { readonly goldInDoubt: boolean; readonly missesGold: boolean },
): PairStatus {
  if (!isWrong(one, curation)) return 'none';
  if (!curation.attemptsDecided.has(one.attempt.questionId)) {
    const free = !block.goldInDoubt && !block.missesGold && mayBeNegative(one, curation);
    return free ? 'keep' : 'blocked';
  }
  const key = keyOfAttempt(one.attempt);
  if (curation.pairs.get(key) === 'drop') return 'drop';
  const settled = curation.attempts.get(key) === 'wrong';
  const doubted = block.goldInDoubt && !settled;
  return mayBeNegative(one, curation) && !doubted && !block.missesGold ? 'keep' : 'blocked';
}

/** Whether what is taught of an item by people's word misses its gold: then no pair is made of it. */
export function missesGold(
  item: ReviewItem,
  candidates: readonly Candidate[],
  curation: Curation,
): boolean {
  const gold = questionNow(item.question, curation);
  return candidates.some(
    (one) =>
      one.standing === 'by-person' &&
      !seemsToPass(one, item, curation) &&
      !reachesGold(one.text, gold),
  );
}

const DOUBTS = ['gold-elsewhere', 'lenient-right'] as const;

/** The item's line in the queue. */
export function rowOf(item: ReviewItem, curation: Curation): Row {
  const now = questionNow(item.question, curation);
  const { question, answer } = now;
  const attempts = attemptsNow(item, curation);
  const candidates = candidatesOf(item, curation);
  const considered = inQuestion(candidates, item.frame.round);
  const status = statusOf(item, considered, curation);
  const right = attempts.filter((one) => settledVerdict(one, curation) === 'right').length;
  const goldInDoubt = isGoldInDoubt(item, curation);
  const block = { goldInDoubt, missesGold: missesGold(item, candidates, curation) };
  const pairs = new Set(attempts.map((one) => pairOf(one, curation, block)));
  const missedNow = right < attempts.length ? 1 : 0;
  const misses = missedNow + item.history.filter((round) => round.right < round.samples).length;
  const { luck, wrongAnswer } = facts(attempts);

  const teachers = considered.filter((one) => one.item !== null);
  const isOpen = status.status === 'todo';
  const flags: ItemFlag[] = [];
  if (curation.disagreements.of(item.id).length > 0) flags.push('disagreed');
  // A rule's word settles nothing that a teacher objects to.
  if (openObjection(item, curation) !== null) flags.push('second-opinion');
  if (goldInDoubt) flags.push('gold-in-doubt');
  if (
    attempts.some(
      (one) => DOUBTS.some((doubt) => one.suspicions.includes(doubt)) && !isSettled(one, curation),
    )
  ) {
    flags.push('attempt-in-doubt');
  }
  if (isOpen && teachers.length > 0 && !teachers.some((one) => seemsToPass(one, item, curation))) {
    flags.push('gate-failed');
  }
  if (candidates.length === 0 && item.frame.taught !== false) flags.push('no-candidate');
  if (luck) flags.push('right-by-luck');
  if (missedNow === 1 && misses > 1) flags.push('repeat-miss');
  if (
    isOpen &&
    (attempts.some(({ stale }) => stale === true) || considered.some(({ stale }) => stale))
  ) {
    flags.push('question-changed');
  }
  if (isOpen && curation.goldFixes.get(item.id)?.round === item.frame.round) {
    flags.push('gold-changed');
  }
  const trajectory = trajectoryOf([...item.history, { right, samples: attempts.length }]);
  if (trajectory === 'forgotten') flags.push('forgotten');
  return {
    id: item.id,
    title: titleOf(question),
    ...status,
    pair: (['keep', 'drop', 'blocked'] as const).find((kind) => pairs.has(kind)) ?? 'none',
    flags,
    right,
    samples: attempts.length,
    misses,
    trajectory,
    wrongAnswer,
    gold: answer,
    ...choiceOfRow(now, wrongAnswer),
    candidates: candidates.length,
  };
}

function isSettled(one: GradedAttempt, curation: Curation): boolean {
  return (
    curation.attemptsDecided.has(one.attempt.questionId) &&
    curation.attempts.has(keyOfAttempt(one.attempt))
  );
}

function titleOf(question: string): string {
  const line = question
    .slice(0, 4 * TITLE)
    .replace(/\s+/gu, ' ')
    .trim();
  if (line.length <= TITLE) return line;
  const cut = line.slice(0, TITLE - 1);
  // Never half of a pair of surrogates.
  return `${/[\uD800-\uDBFF]$/u.test(cut) ? cut.slice(0, -1) : cut}…`;
}
