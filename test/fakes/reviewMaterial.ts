import type { RecordedDecision } from '../../src/core/curation/activeDecisions.ts';
import { foldCuration, type Curation } from '../../src/core/curation/curation.ts';
import type { Decision } from '../../src/core/curation/decision.ts';
import {
  reviewItems,
  type ReviewItem,
  type ReviewMaterial,
} from '../../src/core/curation/reviewItem.ts';
import type { Question } from '../../src/core/dataset/question.ts';
import type { Attempt } from '../../src/core/exam/attempt.ts';
import { sha256Text } from '../../src/core/hash.ts';
import { gradeStored } from '../../src/core/round/grading.ts';
import { gateRationale } from '../../src/core/teaching/gate.ts';
import type { TeachingItem } from '../../src/core/teaching/records.ts';

export const ana = { kind: 'person', name: 'ana' } as const;
export const rule = { kind: 'rule', name: 'gate-accept' } as const;

/** Decisions of one writer as its journal holds them. */
export function recorded(
  decisions: readonly Decision[],
  writer = 'pc-1',
  from = 0,
): RecordedDecision[] {
  return decisions.map((decision, index) => ({
    ...decision,
    writer,
    seq: from + index,
    at: `2026-01-01T00:00:0${index % 10}.000Z`,
  }));
}

export function anAttempt(questionId: string, sample: number, text: string): Attempt {
  return {
    type: 'attempt',
    set: 'train',
    questionId,
    sample,
    fingerprint: 'a'.repeat(64),
    text,
    ids: [],
    finish: 'eos',
    minMargin: null,
  };
}

export const LIMITS = { maxSteps: 8, maxCharacters: 800 };

/** What the teacher wrote, judged by the real gate. */
export function aCandidate(
  question: Question,
  rationale: string,
  over: Partial<TeachingItem> = {},
): TeachingItem {
  const reasons = gateRationale(rationale, {
    question: question.question,
    gold: question,
    limits: LIMITS,
    existingTexts: [],
  });
  return {
    type: 'item',
    key: sha256Text(rationale),
    questionId: question.id,
    purpose: 'feedback',
    draw: 0,
    itemId: `i-${sha256Text(question.id + rationale).slice(0, 8)}`,
    rationale,
    answer: null,
    firstErrorStep: 1,
    errorKind: 'arithmetic',
    why: 'The product is off.',
    about: null,
    flags: [],
    accepted: reasons.length === 0,
    reasons,
    ...over,
  };
}

export const PENS: Question = {
  id: 'pens',
  question: 'Weng has 5 boxes of 4 pens and gives 6 away. How many are left?',
  answer: '14',
};
export const GOOD = 'There are 5 * 4 = 20 pens.\n20 - 6 = 14 are left.\nAnswer: 14';
export const GOOD_TOO = 'In 5 boxes of 4 lie 20 pens.\nWithout 6 they are 14.\nAnswer: 14';
export const BAD = 'There are 5 * 4 = 20 pens.\n20 - 6 = 13 are left.\nAnswer: 13';
export const WRONG = ' There are 5 + 4 = 9 pens.\n9 - 6 = 3.\nAnswer: 3';
export const WRONG_TOO = ' 5 * 4 = 20 pens.\nAnswer: 20';
export const RIGHT = ' 5 * 4 = 20.\n20 - 6 = 14.\nAnswer: 14';

export interface Made {
  readonly texts?: readonly string[];
  readonly rationales?: readonly string[];
  readonly question?: Question;
  readonly decisions?: readonly Decision[];
  readonly material?: Partial<ReviewMaterial>;
}

/** One question of round 1 with these attempts and candidates, and the curation of these decisions. */
export function aReview({
  texts = [WRONG, WRONG, WRONG_TOO, RIGHT],
  rationales = [GOOD],
  question = PENS,
  decisions = [],
  material = {},
}: Made = {}): { item: ReviewItem; curation: Curation; candidates: TeachingItem[] } {
  const curation = foldCuration([[], recorded(decisions)]);
  const attempts = gradeStored(
    [question],
    texts.map((text, sample) => anAttempt(question.id, sample, text)),
    curation,
  );
  const candidates = rationales.map((text) => aCandidate(question, text));
  const [item] = reviewItems({
    round: 1,
    gate: LIMITS,
    useDatasetRationales: true,
    questions: [question],
    attempts,
    candidates: [{ round: 1, items: candidates }],
    history: [],
    curation,
    ...material,
  });
  if (!item) throw new Error('no item');
  return { item, curation, candidates };
}

/** The curation of round 1 after these decisions. */
export const curationOf = (decisions: readonly Decision[]): Curation =>
  foldCuration([[], recorded(decisions)]);
