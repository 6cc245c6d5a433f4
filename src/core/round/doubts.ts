import type { RecordedDecision } from '../curation/activeDecisions.ts';
import { isGoldConfirmed } from '../curation/curation.ts';
import type { GradedAttempt } from '../curation/negatives.ts';
import { settledAs, type Settled } from '../curation/suspects.ts';
import { decisionsUpTo, foldRead } from './curationUpTo.ts';
import { gradedTrainAttempts } from './gradedTrain.ts';
import type { RoundStore } from './store.ts';

/** An attempt that the audit doubts, and what has become of it. */
export interface Doubt {
  readonly graded: GradedAttempt;
  readonly settled: Settled;
  /** Without the golds that a rule confirmed it would be open. */
  readonly byRule: boolean;
  /** Somebody, or a rule, said that the gold is right. */
  readonly confirmed: boolean;
}

/** All doubts of a round's audit: the open ones, and those that a person or a rule has settled. */
export async function doubtsOf(store: RoundStore, round: number): Promise<Doubt[]> {
  const events = await decisionsUpTo(store, round);
  const curation = await foldRead(store, events);
  const people = await foldRead(
    store,
    events.map((ofRound) => ofRound.filter((event) => !isGoldByRule(event))),
  );
  return (await gradedTrainAttempts(store, round, curation))
    .filter(({ suspicions }) => suspicions.length > 0)
    .map((graded) => {
      const settled = settledAs(graded, curation);
      return {
        graded,
        settled,
        byRule: settled !== 'open' && settledAs(graded, people) === 'open',
        confirmed: isGoldConfirmed(curation, graded.attempt.questionId, graded.gold),
      };
    });
}

function isGoldByRule({ type, author }: RecordedDecision): boolean {
  return type === 'gold-confirmed' && author.kind === 'rule';
}
