import { curationUpTo } from './curationUpTo.ts';
import type { Coverage, FrozenRow } from './frozen.ts';
import { freezeWarnings } from './freeze.ts';
import { assembleFrozen } from './freezeStep.ts';
import type { RoundStore } from './store.ts';

/** What freezing now would train on: shown before it is done. */
export interface FreezePreview {
  readonly round: number;
  /** Questions that are trained on. */
  readonly items: number;
  /** Of these, questions that form reflection pairs. */
  readonly pairs: number;
  /** Counts of texts by source stand in it, too. */
  readonly coverage: Coverage;
  /** Questions with candidates of this round on none of which anybody decided: left out. */
  readonly undecided: number;
  /** Questions of this round's candidates by who decided last: a person on at least one, or rules alone. */
  readonly byPerson: number;
  readonly byRule: number;
  readonly warnings: readonly string[];
  /** The first rows as they would be written, for a look at them. */
  readonly sample: readonly FrozenRow[];
}

/** Reads everything and writes nothing; the numbers are those of the manifest that a freeze now would write. */
export async function freezePreview(
  store: RoundStore,
  round: number,
  sampleSize = 3,
): Promise<FreezePreview> {
  const curation = await curationUpTo(store, round);
  const { rows, coverage } = await assembleFrozen(store, round, curation);
  const questions = new Map<string, 'person' | 'rule' | null>();
  for (const { questionId, itemId } of await store.items(round)) {
    const by = curation.items.get(itemId)?.by ?? null;
    const known = questions.get(questionId);
    if (known !== 'person') questions.set(questionId, by ?? known ?? null);
  }
  for (const [id, list] of curation.written) {
    if (list.some((one) => one.round === round)) questions.set(id, 'person');
  }
  const count = (by: 'person' | 'rule' | null): number =>
    [...questions.values()].filter((one) => one === by).length;
  const undecided = count(null);
  const warnings = freezeWarnings(coverage, store.project.training.objective.pair.kind);
  if (undecided > 0) {
    warnings.push(
      undecided === 1
        ? "Nobody has decided on one question's new candidates: they are not taught."
        : `Nobody has decided on the new candidates of ${undecided} questions: they are not taught.`,
    );
  }
  return {
    round,
    items: rows.length,
    pairs: coverage.withPair,
    coverage,
    undecided,
    byPerson: count('person'),
    byRule: count('rule'),
    warnings,
    sample: rows.slice(0, sampleSize),
  };
}
