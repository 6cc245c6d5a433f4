import type { TeachingItem } from '../teaching/records.ts';
import { rationaleKey } from '../teaching/steps.ts';
import { sha256Text } from '../hash.ts';
import { rationaleOfAttempt } from '../exam/promptForm.ts';
import type { Source } from '../round/frozen.ts';
import type { Question } from '../dataset/question.ts';
import type { Curation } from './curation.ts';
import { keyOfAttempt } from './curation.ts';
import type { GradedAttempt } from './negatives.ts';
import { isFixed } from './questionText.ts';
import { standingOf, standingOfHuman } from './standing.ts';

export interface Positive {
  readonly id: string;
  readonly rationale: string;
  readonly source: Source;
  readonly round: number;
  readonly hinted: boolean;
  readonly programmatic: boolean;
}

export interface PositiveMaterial {
  readonly question: Question;
  /** Teaching items of this question with the round they came in. */
  readonly items: readonly { readonly round: number; readonly item: TeachingItem }[];
  /** Graded attempts of this question by round. */
  readonly attempts: readonly {
    readonly round: number;
    readonly attempts: readonly GradedAttempt[];
  }[];
}

export interface PositiveLimits {
  readonly selfPositives: number;
  readonly maxPositives: number;
  readonly useDatasetRationales: boolean;
}

/** Whether a rationale may be taught at all: the gate, run afresh (stored verdicts are not trusted). */
export type RationaleCheck = (rationale: string) => boolean;

const ORDER: readonly Source[] = ['human', 'feedback', 'teacher', 'dataset', 'self'];

/**
 * The rationales of one question that are trained on, best provenance first. A person's word overrides the gate, unless
 * the question or its gold was fixed since; everything else must pass it now.
 */
export function positivesOf(
  material: PositiveMaterial,
  curation: Curation,
  passes: RationaleCheck,
  limits: PositiveLimits,
): Positive[] {
  const found: Positive[] = [
    ...fromPeople(material, curation, passes),
    ...fromTeacher(material, curation, passes),
    ...(limits.useDatasetRationales ? fromDataset(material.question, curation, passes) : []),
    ...fromSelf(material, curation, passes, limits.selfPositives),
  ];
  const seen = new Set<string>();
  return found
    .sort((a, b) => ORDER.indexOf(a.source) - ORDER.indexOf(b.source) || a.round - b.round)
    .filter(({ rationale }) => {
      const key = rationaleKey(rationale);
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .slice(0, limits.maxPositives);
}

function fromPeople(
  { question }: PositiveMaterial,
  curation: Curation,
  passes: RationaleCheck,
): Positive[] {
  return (curation.written.get(question.id) ?? []).flatMap(({ id, rationale, round }) => {
    const decision = curation.items.get(id);
    const edited = decision?.rationale;
    const text = edited ?? rationale;
    const standing = standingOfHuman(decision, question.id, curation);
    if (standing === 'out' || (standing === 'by-gate' && !passes(text))) return [];
    return {
      id: edited === undefined ? id : editedId(id, edited),
      rationale: text,
      source: 'human',
      round,
      hinted: false,
      programmatic: false,
    } satisfies Positive;
  });
}

function fromTeacher(
  { question, items }: PositiveMaterial,
  curation: Curation,
  passes: RationaleCheck,
): Positive[] {
  const positives: Positive[] = [];
  for (const { round, item } of items) {
    const decision = curation.items.get(item.itemId);
    const edited = decision?.rationale;
    const rationale = edited ?? item.rationale;
    if (rationale === null) continue;
    const standing =
      edited === undefined
        ? standingOf(decision, question, item.asked, curation)
        : standingOfHuman(decision, question.id, curation);
    if (standing === 'out' || (standing === 'by-gate' && !passes(rationale))) continue;
    positives.push({
      id: edited === undefined ? item.itemId : editedId(item.itemId, edited),
      rationale,
      source: edited !== undefined ? 'human' : item.purpose === 'feedback' ? 'feedback' : 'teacher',
      round,
      hinted: item.flags.includes('hinted'),
      programmatic: item.flags.includes('programmatic'),
    });
  }
  return positives;
}

/** The id of a person's edit of a candidate. */
export function editedId(itemId: string, rationale: string): string {
  return `e-${sha256Text(itemId + rationale).slice(0, 16)}`;
}

/** The id of the rationale that the data file itself holds. */
export function datasetId(questionId: string, rationale: string): string {
  return `d-${sha256Text(questionId + rationale).slice(0, 16)}`;
}

/** Taught unless a person rejected it; written for the data file's text of the question. */
function fromDataset(question: Question, curation: Curation, passes: RationaleCheck): Positive[] {
  const { rationale } = question;
  if (rationale === undefined || !passes(rationale)) return [];
  const id = datasetId(question.id, rationale);
  const decision = curation.items.get(id);
  if (decision?.status === 'rejected') return [];
  const isOlder = isFixed(question.id, curation);
  if (isOlder && standingOf(decision, question, undefined, curation) === 'out') return [];
  return [{ id, rationale, source: 'dataset', round: 0, hinted: false, programmatic: false }];
}

/** The student's own right attempts, latest exam first: never one that a person called wrong. */
function fromSelf(
  { question, attempts }: PositiveMaterial,
  curation: Curation,
  passes: RationaleCheck,
  limit: number,
): Positive[] {
  const positives: Positive[] = [];
  const seen = new Set<string>();
  for (const { round, attempts: graded } of [...attempts].sort((a, b) => b.round - a.round)) {
    for (const { attempt, grade, stale } of graded) {
      if (positives.length >= limit) return positives;
      if (stale === true) continue;
      if (grade.verdict !== 'right' || attempt.finish === 'length') continue;
      if (curation.attempts.get(keyOfAttempt(attempt)) === 'wrong') continue;
      const rationale = rationaleOfAttempt(attempt.text).trimEnd();
      const key = rationaleKey(rationale);
      if (seen.has(key) || !passes(rationale)) continue;
      seen.add(key);
      const id = `s-${sha256Text(question.id + rationale).slice(0, 16)}`;
      positives.push({ id, rationale, source: 'self', round, hinted: false, programmatic: false });
    }
  }
  return positives;
}
