import type { Coverage } from './frozen.ts';
import { curationUpTo } from './curationUpTo.ts';
import { freezeWarnings } from './freeze.ts';
import { assembleFrozen } from './freezeStep.ts';
import type { RoundStore } from './store.ts';

/** What freezing now would train on: shown before it is done. */
export interface FreezePreview {
  readonly round: number;
  /** Questions that are trained on. */
  readonly items: number;
  readonly coverage: Coverage;
  /** Questions with candidates of this round that nobody decided on. */
  readonly undecided: number;
  /** Questions of this round's candidates decided by a person, and by a rule alone. */
  readonly byPerson: number;
  readonly byRule: number;
  readonly warnings: readonly string[];
}

export async function freezePreview(store: RoundStore, round: number): Promise<FreezePreview> {
  const curation = await curationUpTo(store, round);
  const { rows, coverage } = await assembleFrozen(store, round, curation);
  return {
    round,
    items: rows.length,
    coverage,
    undecided: 0,
    byPerson: 0,
    byRule: 0,
    warnings: freezeWarnings(coverage, store.project.training.objective.pair.kind),
  };
}
