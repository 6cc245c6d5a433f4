import type { RoundView } from '../../shared/dashboardContract.ts';
import { activeDecisions, type RecordedDecision } from '../curation/activeDecisions.ts';
import { attemptKey, type Curation } from '../curation/curation.ts';
import type { Decision } from '../curation/decision.ts';

type Counted = RoundView['decisions'];

/** The decision that stands on one thing: a text, an attempt, a question. */
interface Standing {
  readonly type: Decision['type'];
  readonly by: 'person' | 'rule';
  readonly round: number;
}

/** Entries between two yields. */
const PIECE = 1000;

/**
 * What is decided, by the round whose decision stands: each text, attempt and question once, however often and however
 * many at a time people and rules decided on it. `events[r]` is in merge order, and `curation` is folded from the same.
 * The entries of the journals that were not taken back are counted apart.
 */
export function* decidedSteps(
  events: readonly (readonly RecordedDecision[])[],
  curation: Curation,
): Generator<void, ReadonlyMap<number, Counted>, void> {
  const standing = new Map<string, Standing>();
  const entries: number[] = [];
  let left = PIECE;
  for (const [round, ofRound] of events.entries()) {
    const active = activeDecisions(ofRound);
    entries.push(active.length);
    for (const event of active) {
      left -= 1;
      if (left === 0) {
        left = PIECE;
        yield;
      }
      const on = curation.outdated.has(event) ? null : thingOf(event);
      // A fixed gold is the last word on it: that the same answer is confirmed later adds nothing.
      if (on === null) continue;
      if (event.type === 'gold-confirmed' && standing.get(on)?.type === 'fix-gold') continue;
      standing.set(on, { type: event.type, by: event.author.kind, round });
    }
  }
  yield;
  const counts = new Map(
    entries.map((count, round) => [round, { person: 0, rule: 0, byType: {}, entries: count }]),
  );
  for (const { type, by, round } of [...textsIn(curation), ...standing.values()]) {
    const counted: Counted | undefined = counts.get(round);
    if (!counted) continue;
    counted[by] += 1;
    counted.byType[type] = (counted.byType[type] ?? 0) + 1;
  }
  return counts;
}

/** Texts, and questions that are left out: the fold knows which word on them is the last. */
function* textsIn({ items, written, leftOut }: Curation): Generator<Standing, void, void> {
  const own = new Set([...written.values()].flatMap((texts) => texts.map(({ id }) => id)));
  for (const [id, { status, by, round, rationale }] of items) {
    const accepted = own.has(id) ? 'write' : rationale === undefined ? 'accept' : 'edit';
    yield { type: status === 'rejected' ? 'reject' : accepted, by, round };
  }
  for (const { round, by } of leftOut.values()) yield { type: 'leave-out', by, round };
}

/** What else a decision is about; null where the fold knows it, or where nothing is decided. */
function thingOf(event: Decision): string | null {
  switch (event.type) {
    case 'pair-drop':
    case 'pair-keep':
      return `pair ${attemptKey(event)}`;
    case 'attempt-right':
    case 'attempt-wrong':
      return `attempt ${attemptKey(event)}`;
    case 'first-error':
      return `step ${attemptKey(event)}`;
    case 'fix-gold':
    case 'gold-confirmed':
      return `gold ${event.questionId}`;
    case 'fix-question':
      return `text ${event.questionId}`;
    case 'hint':
      return `hint ${event.questionId}`;
    case 'accept':
    case 'reject':
    case 'edit':
    case 'write':
    case 'leave-out':
    case 'spot-check':
    case 'stratum':
    case 'undo':
    case 'redo':
      return null;
  }
}
