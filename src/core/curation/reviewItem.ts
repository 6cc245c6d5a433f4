import type { Question } from '../dataset/question.ts';
import { gradeStored } from '../round/grading.ts';
import type { RoundShare } from '../round/trajectory.ts';
import type { GateLimits } from '../teaching/gate.ts';
import type { Opinion, TeachingItem } from '../teaching/records.ts';
import type { Curation } from './curation.ts';
import type { GradedAttempt } from './negatives.ts';
import { settledVerdict } from './negatives.ts';
import { questionNow } from './questionText.ts';

/** How a question went in one round's exam. */
export interface RoundOutcome extends RoundShare {
  readonly round: number;
  /** Its samples agreed on another answer than the gold: in doubt until someone confirms it. */
  readonly suspectGold: boolean;
}

/** What is the same for all items of one review. */
export interface ReviewFrame {
  readonly round: number;
  readonly gate: GateLimits;
  readonly useDatasetRationales: boolean;
  /** False: no teacher has written anything yet, so that a question without a rationale is nothing special. */
  readonly taught?: boolean;
}

export interface ReviewMaterial extends ReviewFrame {
  /** The training questions as the data file has them, in its order. */
  readonly questions: readonly Question[];
  /** Of this round's exam, graded against the golds of `curation`. */
  readonly attempts: readonly GradedAttempt[];
  /** Teaching items of this round and, where rounds accumulate, of earlier ones; oldest round first. */
  readonly candidates: readonly {
    readonly round: number;
    readonly items: readonly TeachingItem[];
  }[];
  /** What teachers said of candidates, in the order in which it came. */
  readonly opinions?: readonly Opinion[];
  /** Earlier exams, oldest first; see `outcomesByQuestion`. */
  readonly history: readonly {
    readonly round: number;
    readonly outcomes: ReadonlyMap<string, RoundOutcome>;
  }[];
  readonly curation: Curation;
}

/** One question of a review with everything known about it; cheap to make, nothing is worked out yet. */
export interface ReviewItem {
  readonly id: string;
  /** Place in the data. */
  readonly order: number;
  readonly frame: ReviewFrame;
  /** As the data file has it. */
  readonly question: Question;
  /** The gold and the text that `attempts` were graded by. */
  readonly gradedBy: { readonly gold: string; readonly text: string };
  readonly attempts: readonly GradedAttempt[];
  /** Each candidate once, with the round it came in. */
  readonly candidates: readonly { readonly round: number; readonly item: TeachingItem }[];
  /** What teachers said of its candidates, of texts that count no more too. */
  readonly opinions: readonly Opinion[];
  /** Earlier rounds that examined it, oldest first. */
  readonly history: readonly RoundOutcome[];
}

/** How each question went in one exam. */
export function outcomesByQuestion(
  round: number,
  graded: readonly GradedAttempt[],
  curation: Curation,
): Map<string, RoundOutcome> {
  const outcomes = new Map<string, RoundOutcome>();
  for (const one of graded) {
    const { questionId } = one.attempt;
    const before = outcomes.get(questionId);
    outcomes.set(questionId, {
      round,
      right: (before?.right ?? 0) + (settledVerdict(one, curation) === 'right' ? 1 : 0),
      samples: (before?.samples ?? 0) + 1,
      suspectGold: (before?.suspectGold ?? false) || one.suspicions.includes('suspect-gold'),
    });
  }
  return outcomes;
}

/** One item for every training question, in the data's order. */
export function reviewItems(material: ReviewMaterial): ReviewItem[] {
  const { round, gate, useDatasetRationales, taught = true, curation } = material;
  const frame: ReviewFrame = { round, gate, useDatasetRationales, taught };
  const attempts = grouped(material.attempts, ({ attempt }) => attempt.questionId);
  const opinions = grouped(material.opinions ?? [], ({ questionId }) => questionId);
  const candidates = new Map<string, { round: number; item: TeachingItem }[]>();
  for (const ofRound of material.candidates) {
    for (const item of ofRound.items) {
      const list = candidates.get(item.questionId);
      const one = { round: ofRound.round, item };
      if (!list) candidates.set(item.questionId, [one]);
      else if (!list.some((known) => known.item.itemId === item.itemId)) list.push(one);
    }
  }
  return material.questions.map((question, order): ReviewItem => {
    const { id } = question;
    return {
      id,
      order,
      frame,
      question,
      gradedBy: {
        gold: curation.gold.get(id) ?? question.answer,
        text: curation.questions.get(id)?.text ?? question.question,
      },
      attempts: attempts.get(id) ?? NONE,
      candidates: candidates.get(id) ?? NONE,
      opinions: opinions.get(id) ?? NONE,
      history: material.history.flatMap(({ outcomes }) => outcomes.get(id) ?? []),
    };
  });
}

const NONE: readonly never[] = [];

const regraded = new WeakMap<
  ReviewItem,
  { readonly gold: string; readonly text: string; readonly attempts: readonly GradedAttempt[] }
>();

/** The item's attempts, graded against the gold and the text that count now. */
export function attemptsNow(item: ReviewItem, curation: Curation): readonly GradedAttempt[] {
  const { question, answer } = questionNow(item.question, curation);
  if (answer === item.gradedBy.gold && question === item.gradedBy.text) return item.attempts;
  const known = regraded.get(item);
  if (known?.gold === answer && known.text === question) return known.attempts;
  const attempts = gradeStored(
    [item.question],
    item.attempts.map(({ attempt }) => attempt),
    curation,
  );
  regraded.set(item, { gold: answer, text: question, attempts });
  return attempts;
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
