import type { PictureRound } from './picture.ts';
import { hasPair, type SeenRow } from './seenRow.ts';

/** Name of a group of training questions → their ids: what was taught of them, or why there is no rationale or pair. */
export type Coverage = ReadonlyMap<string, readonly string[]>;

/** Every question that the round could teach. */
export const ALL_QUESTIONS = 'questions';
export const WITH_RATIONALE = 'with-rationale';
export const WITH_PAIR = 'with-pair';

/**
 * The questions behind a frozen round's numbers, found again from its rows by the rules of the freeze; null where
 * there are no rows to read. The reasons are those that the manifest counts.
 */
export function coverageOf({ frozen, exams }: PictureRound): Coverage | null {
  if (frozen === null) return null;
  const groups = new Map<string, string[]>([
    [ALL_QUESTIONS, []],
    [WITH_RATIONALE, []],
    [WITH_PAIR, []],
  ]);
  const add = (group: string, id: string): void => {
    const ids = groups.get(group);
    if (ids) ids.push(id);
    else groups.set(group, [id]);
  };
  const taught = new Set<string>();
  for (const row of frozen.rows) {
    taught.add(row.id);
    add(ALL_QUESTIONS, row.id);
    add(WITH_RATIONALE, row.id);
    if (hasPair(row)) add(WITH_PAIR, row.id);
    const reason = reasonOf(row);
    if (reason !== null) add(reason, row.id);
  }
  // Every question that may be taught sits the exam of the round: who is not in the rows has no rationale.
  const train = [...exams.values()].find(({ role }) => role === 'train')?.tally;
  const asked = train ? [...train.questions.keys(), ...train.outdated] : [];
  for (const id of asked) {
    if (taught.has(id)) continue;
    add(ALL_QUESTIONS, id);
    add(frozen.leftOut.has(id) ? 'left out' : 'no rationale', id);
  }
  return groups;
}

function reasonOf(row: SeenRow): string | null {
  if (!row.reachesGold) return 'a rationale misses the gold';
  if (hasPair(row)) return null;
  return row.negatives.length === 0 ? 'no own mistake' : 'only one rationale';
}
