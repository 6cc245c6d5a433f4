import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports.ts';
import type { Row } from '../../shared/reviewQueue.ts';
import { loadProject } from '../project/loadProject.ts';
import { ProjectStore } from '../project/projectStore.ts';
import { reviewable } from './facts.ts';
import { RoundReview } from './roundReview.ts';

/** An exam with more than this is not read for the sake of a few words behind a row. */
const LARGEST_EXAM = 64 * 1024 * 1024;

/** How the training questions stand in a round, as Review shows them. */
export interface RowStates {
  readonly round: number;
  /** The line of Review's queue for a question; null where the round knows nothing of it. */
  row(id: string): Row | null;
  /** Takes in what the files have gained since; false where all has to be read anew. */
  look(signal: AbortSignal): Promise<boolean>;
}

/** Reads the newest round that has attempts; null where there is none, or too much of it. */
export async function readRowStates(
  root: string,
  options: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<RowStates | null> {
  const { clock, signal } = options;
  const { file: project } = await loadProject(root);
  // What cannot be read is told of by Review; reading writes nothing, so that the name is never used.
  const store = new ProjectStore({
    root,
    project,
    writer: 'reader',
    clock,
    onBad: () => undefined,
  });
  const round = (await reviewable(store)).at(-1);
  if (round === undefined || (await examBytes(store, round)) > LARGEST_EXAM) return null;
  const state = await store.state(round);
  const review = await RoundReview.open(store, { round, state }, signal, () => undefined);
  return {
    round,
    row: (id) => review.index.row(id) ?? null,
    look: async (asked) => {
      const isNewest = (await reviewable(store)).at(-1) === round;
      return isNewest && (await review.look(asked)).kind !== 'restart';
    },
  };
}

async function examBytes(store: ProjectStore, round: number): Promise<number> {
  const folder = store.roundFolder(round, 'exam');
  let bytes = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith('train.')) continue;
    bytes += (await stat(join(folder, name)).catch(() => null))?.size ?? 0;
  }
  return bytes;
}
