import { foldCuration, type Curation } from '../curation/curation.ts';
import type { RecordedDecision } from '../curation/activeDecisions.ts';
import type { DecisionCursor } from './frozen.ts';
import type { RoundStore } from './store.ts';

/** The decisions of rounds 0…round, by round; with a cursor only those that stood before it. */
export async function decisionsUpTo(
  store: RoundStore,
  round: number,
  cursor?: DecisionCursor,
): Promise<(readonly RecordedDecision[])[]> {
  const events: (readonly RecordedDecision[])[] = [];
  for (let r = 0; r <= round; r += 1) {
    const all = await store.decisions(r);
    events.push(
      cursor ? all.filter(({ writer, seq }) => seq <= (cursor[`${r}/${writer}`] ?? -1)) : all,
    );
  }
  return events;
}

/** The last decision of every writer in every round: where a freeze stood. */
export function cursorOf(events: readonly (readonly RecordedDecision[])[]): DecisionCursor {
  const last = new Map<string, number>();
  events.forEach((ofRound, round) => {
    for (const { writer, seq } of ofRound) {
      const name = `${round}/${writer}`;
      last.set(name, Math.max(last.get(name) ?? 0, seq));
    }
  });
  return Object.fromEntries(last);
}

/** Every decision of rounds 0…round, folded: a gold fixed in round 0 stays fixed in round 3. */
export async function curationUpTo(store: RoundStore, round: number): Promise<Curation> {
  return foldRead(store, await decisionsUpTo(store, round));
}

/** Folds decisions that were read, each against the wording of its question in the data file of now. */
export async function foldRead(
  store: RoundStore,
  events: readonly (readonly RecordedDecision[])[],
): Promise<Curation> {
  const names = events.some((ofRound) =>
    ofRound.some((event) => event.type === 'fix-question' || 'asked' in event),
  );
  if (!names) return foldCuration(events);
  // A data file that cannot be read is told of by whoever needs its questions.
  const questions = await store.questions('train').catch(() => []);
  const byId = new Map(questions.map((question) => [question.id, question]));
  return foldCuration(events, (id) => byId.get(id));
}
