import type { StudentSaw } from '../../shared/dashboardContract.ts';
import type { Picture, PictureRound } from './picture.ts';
import { nameOf } from './roundView.ts';

interface Made {
  readonly name: string;
  readonly madeIn: StudentSaw['madeIn'];
  /** Digest of the student that its training began with; null where that is not known. */
  readonly from: string | null;
}

/**
 * Every student of the project with the frozen sets that it saw: of the round that trained it, and of the rounds that
 * trained the students before it. Found by digests, so a student that was exchanged by hand has seen what is known of it.
 */
export function studentsIn({ rounds }: Picture): StudentSaw[] {
  const students = new Map<string, Made>();
  for (const { state } of rounds) {
    const { digest, path } = state.student;
    if (!students.has(digest)) {
      students.set(digest, { name: nameOf(path), madeIn: null, from: null });
    }
    const made = state.training?.student;
    if (!state.training || !made) continue;
    const { runId } = state.training;
    const run = rounds.find(({ round }) => round === state.round)?.runs;
    const from = run?.find((one) => one.runId === runId)?.from ?? null;
    students.set(made.digest, {
      name: nameOf(made.path),
      madeIn: { round: state.round, runId },
      from,
    });
  }
  const byRound = new Map(rounds.map((one) => [one.round, one]));
  return [...students].map(([digest, { name, madeIn, from }]) => {
    const saw = roundsOf(digest, students);
    return { name, digest, madeIn, from, saw, ...distinct(saw, byRound) };
  });
}

/** Rounds whose sets a student saw, oldest first. */
function roundsOf(digest: string, students: ReadonlyMap<string, Made>): number[] {
  const rounds = new Set<number>();
  const seen = new Set<string>();
  for (let next: string | null = digest; next !== null && !seen.has(next);) {
    seen.add(next);
    const made = students.get(next);
    if (made?.madeIn) rounds.add(made.madeIn.round);
    next = made?.from ?? null;
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
