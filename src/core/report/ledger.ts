import type { StudentSaw } from '../../shared/dashboardContract.ts';
import { lastPart } from '../lastPart.ts';
import type { Picture, PictureRound } from './picture.ts';

interface Made {
  readonly name: string;
  readonly digest: string;
  readonly madeIn: StudentSaw['madeIn'];
  /** Digest of the student that its training began with; null where that is not known. */
  readonly from: string | null;
}

/**
 * Every student of the project with the frozen sets that it saw: of the round that trained it, and of the rounds that
 * trained the students before it. A round may have several runs: each whose weights exist has made a student, and the
 * chosen one's goes on. Found by digests, so a student that was exchanged by hand has seen what is known of it.
 */
export function studentsIn({ rounds }: Picture): StudentSaw[] {
  const students: Made[] = [];
  const byDigest = new Map<string, Made>();
  for (const one of rounds) {
    const { digest, path } = one.state.student;
    const sat = { name: lastPart(path), digest, madeIn: null, from: null };
    const made = [...(byDigest.has(digest) ? [] : [sat]), ...madeIn(one)];
    students.push(...made);
    // Of two that are the same byte for byte, the later one is the one that goes on.
    for (const student of made) byDigest.set(student.digest, student);
  }
  const byRound = new Map(rounds.map((one) => [one.round, one]));
  return students.map((student) => {
    const { name, digest, madeIn: where, from } = student;
    const saw = roundsOf(student, byDigest);
    return { name, digest, madeIn: where, from, saw, ...distinct(saw, byRound) };
  });
}

/** The students that a round's runs made, the one that goes on last. */
function madeIn({ round, state: { training }, runs }: PictureRound): Made[] {
  const others = runs.flatMap(({ runId, made, from }) =>
    made === null || runId === training?.runId
      ? []
      : [{ ...made, madeIn: { round, runId, chosen: false }, from }],
  );
  if (!training?.student) return others;
  const { runId, student } = training;
  const from = runs.find((one) => one.runId === runId)?.from ?? null;
  const chosen = { round, runId, chosen: true };
  const { path, digest } = student;
  return [...others, { name: lastPart(path), digest, madeIn: chosen, from }];
}

/** Rounds whose sets a student saw, oldest first. */
function roundsOf(student: Made, byDigest: ReadonlyMap<string, Made>): number[] {
  const rounds = new Set<number>();
  const seen = new Set<Made>();
  for (let next: Made | undefined = student; next !== undefined && !seen.has(next);) {
    seen.add(next);
    if (next.madeIn) rounds.add(next.madeIn.round);
    next = next.from === null ? undefined : byDigest.get(next.from);
  }
  return [...rounds].sort((a, b) => a - b);
}

function distinct(
  saw: readonly number[],
  byRound: ReadonlyMap<number, PictureRound>,
): { positives: number; negatives: number } {
  const [positives, negatives] = [new Set<string>(), new Set<string>()];
  for (const round of saw) {
    for (const row of byRound.get(round)?.frozen?.rows ?? []) {
      for (const { id } of row.positives) positives.add(`${row.id} ${id}`);
      for (const id of row.negatives) negatives.add(`${row.id} ${id}`);
    }
  }
  return { positives: positives.size, negatives: negatives.size };
}

/** Question → the rounds whose frozen sets teach it. */
export function taughtIn({ rounds }: Picture): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const { round, frozen } of rounds) {
    for (const { id } of frozen?.rows ?? []) {
      const own = found.get(id);
      if (own) own.push(round);
      else found.set(id, [round]);
    }
  }
  return found;
}

/** A text of a question and the rounds whose frozen sets hold it: what a checkpoint of those rounds saw of it. */
export interface LedgerItem {
  readonly questionId: string;
  readonly itemId: string;
  /** Where a rationale is from, or `mistake` for an attempt of the student's that it was held against. */
  readonly source: string;
  readonly rounds: readonly number[];
}

/** Every text of the frozen sets, by question in the order of the first set that has it. */
export function itemsTaught({ rounds }: Pick<Picture, 'rounds'>): LedgerItem[] {
  const items = new Map<string, LedgerItem & { readonly rounds: number[] }>();
  for (const { round, frozen } of rounds) {
    for (const { id: questionId, positives, negatives } of frozen?.rows ?? []) {
      const texts: Pick<LedgerItem, 'itemId' | 'source'>[] = [
        ...positives.map(({ id, source }) => ({ itemId: id, source })),
        ...negatives.map((itemId) => ({ itemId, source: 'mistake' })),
      ];
      for (const { itemId, source } of texts) {
        const key = `${questionId} ${itemId}`;
        const item = items.get(key) ?? { questionId, itemId, source, rounds: [] };
        items.set(key, item);
        if (item.rounds.at(-1) !== round) item.rounds.push(round);
      }
    }
  }
  return [...items.values()];
}
