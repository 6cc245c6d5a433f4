import { sentence, type Sentence } from '../sentence.ts';
import type { Curation } from '../curation/curation.ts';
import { decisionsUpTo, foldRead } from './curationUpTo.ts';
import type { Coverage, FrozenRow } from './frozen.ts';
import { freezeWarnings } from './freeze.ts';
import { markWarnings } from './marks.ts';
import { assembleFrozen } from './freezeStep.ts';
import { gateDecision, goldDecisions, questionsOfPerson } from './gateRule.ts';
import { opinionWarnings } from './opinionWarnings.ts';
import type { RoundStore } from './store.ts';

/** What a freeze would train on. */
export interface SetPreview {
  readonly round: number;
  /** Questions that are trained on. */
  readonly items: number;
  /** Of these, questions that form reflection pairs. */
  readonly pairs: number;
  /** Counts of texts by source stand in it, too. */
  readonly coverage: Coverage;
  /** Questions with candidates of this round on none of which anybody decided: left out. */
  readonly undecided: number;
  /** Questions on which people disagree: the newest word counts. */
  readonly disagreed: number;
  /** Questions of this round's candidates by who decided last: a person on at least one, or rules alone. */
  readonly byPerson: number;
  readonly byRule: number;
  readonly warnings: readonly Sentence[];
  /** The first rows as they would be written, for a look at them. */
  readonly sample: readonly FrozenRow[];
}

/** What freezing now would train on: shown before it is done. */
export interface FreezePreview extends SetPreview {
  /** What it would be after the gate's rule had decided; null where nothing is left to the rule. */
  readonly afterRule: SetPreview | null;
}

/** The decider of decisions that are only tried: no writer has this name. */
const NOBODY = { writer: '', at: '' };

/** Reads everything and writes nothing; the numbers are those of the manifest that a freeze now would write. */
export async function freezePreview(
  store: RoundStore,
  round: number,
  sampleSize = 3,
): Promise<FreezePreview> {
  const events = await decisionsUpTo(store, round);
  const curation = await foldRead(store, events);
  const now = await previewOf(store, round, curation, sampleSize);
  const accepted = await gateDecision(store, round, curation);
  if (!accepted) return { ...now, afterRule: null };
  // As `decide accept --rule` does it, golds included.
  const made = [accepted, ...(await goldDecisions(store, round, curation))];
  const tried = made.map((decision, seq) => ({ ...decision, ...NOBODY, seq }));
  const then = await foldRead(
    store,
    events.map((ofRound, r) => (r === round ? [...ofRound, ...tried] : ofRound)),
  );
  return { ...now, afterRule: await previewOf(store, round, then, sampleSize) };
}

async function previewOf(
  store: RoundStore,
  round: number,
  curation: Curation,
  sampleSize: number,
): Promise<SetPreview> {
  const { rows, coverage } = await assembleFrozen(store, round, curation);
  const person = await questionsOfPerson(store, round, curation);
  const questions = new Map<string, 'person' | 'rule' | null>();
  for (const { questionId, itemId } of await store.items(round)) {
    const byRule = curation.items.get(itemId)?.by === 'rule';
    questions.set(questionId, byRule ? 'rule' : (questions.get(questionId) ?? null));
  }
  for (const id of person) questions.set(id, 'person');
  const count = (by: 'person' | 'rule' | null): number =>
    [...questions.values()].filter((one) => one === by).length;
  const undecided = count(null);
  const state = await store.state(round);
  const warnings = [
    ...freezeWarnings(coverage, store.project.training.objective.pair.kind),
    ...(await opinionWarnings(store, round, rows, curation)),
    ...(state === null ? [] : markWarnings(state)),
  ];
  if (undecided > 0) {
    warnings.push(
      undecided === 1
        ? sentence`Nobody has decided on one question's new candidates: they are not taught.`
        : sentence`Nobody has decided on the new candidates of ${undecided} questions: they are not taught.`,
    );
  }
  const disagreed = curation.disagreements.all().size;
  if (disagreed > 0) {
    warnings.push(
      disagreed === 1
        ? sentence`People disagree on 1 question: the newest word counts until somebody decides again.`
        : sentence`People disagree on ${disagreed} questions: the newest word counts until somebody decides again.`,
    );
  }
  return {
    round,
    items: rows.length,
    pairs: coverage.withPair,
    coverage,
    undecided,
    disagreed,
    byPerson: count('person'),
    byRule: count('rule'),
    warnings,
    sample: rows.slice(0, sampleSize),
  };
}
