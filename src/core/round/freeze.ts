import { sentence, type Sentence } from '../sentence.ts';
import type { Question } from '../dataset/question.ts';
import type { ChatFrame } from '../exam/chatFrame.ts';
import { completionOf, promptOf } from '../exam/promptForm.ts';
import type { TeachingItem } from '../teaching/records.ts';
import type { Curation } from '../curation/curation.ts';
import { negativesOf, type GradedAttempt } from '../curation/negatives.ts';
import { positivesOf, type RationaleCheck } from '../curation/positives.ts';
import { gradeAnswer, goldFields } from '../grading/gradeAnswer.ts';
import { rationaleKey } from '../teaching/steps.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import type { Coverage, FrozenRow, Source } from './frozen.ts';

export interface FreezeMaterial {
  readonly questions: readonly Question[];
  readonly head: string;
  /** The student's chat template, where prompts stand in it. */
  readonly chat?: ChatFrame | undefined;
  /** Rounds that count, oldest first: all up to this one, or this one alone. */
  readonly rounds: readonly {
    readonly round: number;
    readonly items: readonly TeachingItem[];
    readonly attempts: readonly GradedAttempt[];
  }[];
  readonly curation: Curation;
  /** The gate for one question, gold as it counts now. */
  readonly checkFor: (question: Question) => RationaleCheck;
  readonly limits: {
    readonly selfPositives: number;
    readonly maxPositives: number;
    readonly maxNegatives: number;
    readonly useDatasetRationales: boolean;
  };
}

export interface Frozen {
  readonly rows: FrozenRow[];
  readonly coverage: Coverage;
}

/**
 * The training set of a round, one row a question, in the questions' order. Deterministic: the same files give the
 * same bytes. Questions without a rationale are left out and counted with their reason.
 */
export function freezeRound(material: FreezeMaterial): Frozen {
  const { curation, limits } = material;
  const itemsOf = grouped(
    material.rounds.flatMap(({ round, items }) => items.map((item) => ({ round, item }))),
    ({ item }) => item.questionId,
  );
  const attemptsOf = material.rounds.map(({ round, attempts }) => ({
    round,
    byQuestion: grouped(attempts, ({ attempt }) => attempt.questionId),
  }));

  const rows: FrozenRow[] = [];
  const uncovered: Record<string, number> = {};
  const bySource: Record<Source, number> = {
    teacher: 0,
    feedback: 0,
    self: 0,
    dataset: 0,
    human: 0,
  };
  const count = { two: 0, negative: 0, pair: 0, positives: 0, negatives: 0 };
  const miss = (reason: string): void => {
    uncovered[reason] = (uncovered[reason] ?? 0) + 1;
  };

  const round = material.rounds.at(-1)?.round;
  for (const source of material.questions) {
    const left = curation.leftOut.get(source.id);
    if (left !== undefined && left.round === round) {
      miss('left out');
      continue;
    }
    const question = { ...source, answer: curation.gold.get(source.id) ?? source.answer };
    const attempts = attemptsOf.map(({ round, byQuestion }) => ({
      round,
      attempts: byQuestion.get(question.id) ?? [],
    }));
    const items = itemsOf.get(question.id) ?? [];
    const positives = positivesOf(
      { question, items, attempts },
      curation,
      material.checkFor(question),
      limits,
    );
    const taught = new Set(positives.map(({ rationale }) => rationaleKey(rationale)));
    // Against a text that misses the gold itself no mistake can be held: a person may teach it, but not in a pair.
    const reachGold = positives.every(
      ({ rationale }) => gradeAnswer(rationale, question).verdict === 'right',
    );
    const negatives = (
      reachGold ? negativesOf(attempts, curation, limits.maxNegatives) : []
    ).filter(({ text }) => !taught.has(rationaleKey(rationaleOfAttempt(text))));
    if (positives.length === 0) {
      miss('no rationale');
      continue;
    }
    const paired = positives.length >= 2 && negatives.length > 0;
    if (!reachGold) miss('a rationale misses the gold');
    else if (!paired) miss(negatives.length === 0 ? 'no own mistake' : 'only one rationale');
    count.two += positives.length >= 2 ? 1 : 0;
    count.negative += negatives.length > 0 ? 1 : 0;
    count.pair += paired ? 1 : 0;
    count.positives += positives.length;
    count.negatives += negatives.length;
    for (const positive of positives) bySource[positive.source] += 1;
    rows.push({
      v: 1,
      id: question.id,
      prompt: material.head + promptOf(question),
      gold: question.answer,
      ...goldFields(question),
      positives: positives.map(({ rationale, ...rest }) => ({
        ...rest,
        completion: completionOf(rationale, material.chat),
      })),
      negatives,
    });
  }
  const coverage: Coverage = {
    questions: material.questions.length,
    withRationale: rows.length,
    withTwoRationales: count.two,
    withNegative: count.negative,
    withPair: count.pair,
    positives: count.positives,
    negatives: count.negatives,
    bySource,
    uncovered,
  };
  return { rows, coverage };
}

/** What a person should know before training on a set. */
export function freezeWarnings(coverage: Coverage, pairKind: string): Sentence[] {
  const warnings: Sentence[] = [];
  if (pairKind !== 'none' && coverage.withPair === 0) {
    warnings.push(sentence`No question has a reflection pair: the pair term will do nothing.`);
  }
  if (coverage.withRationale < coverage.questions) {
    const missing = coverage.questions - coverage.withRationale;
    warnings.push(
      sentence`${missing} of ${coverage.questions} questions have no accepted rationale and no right attempt of the student's: they are left out.`,
    );
  }
  const missed = coverage.uncovered['a rationale misses the gold'] ?? 0;
  if (missed > 0) {
    warnings.push(
      missed === 1
        ? sentence`One question is taught a rationale that does not reach its gold answer.`
        : sentence`${missed} questions are taught a rationale that does not reach their gold answer.`,
    );
  }
  return warnings;
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
