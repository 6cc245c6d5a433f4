import { sha256Text } from '../hash.ts';
import type { Attempt } from '../exam/attempt.ts';
import { activeDecisions, type RecordedDecision } from './activeDecisions.ts';

/** What people and rules have decided so far, folded from the events of all rounds up to one. */
export interface Curation {
  /** itemId → the last word on a candidate rationale. `rationale` holds an edit's text. */
  readonly items: ReadonlyMap<string, ItemDecision>;
  /** questionId → rationales that a person wrote. */
  readonly written: ReadonlyMap<string, readonly WrittenRationale[]>;
  /** questionId → the last hint for asking again. */
  readonly hints: ReadonlyMap<string, string>;
  /** attemptKey → whether the attempt may be a negative. */
  readonly pairs: ReadonlyMap<string, 'keep' | 'drop'>;
  /** attemptKey → a person's verdict against the grader's. */
  readonly attempts: ReadonlyMap<string, 'right' | 'wrong'>;
  /** questionId → the gold that counts now. */
  readonly gold: ReadonlyMap<string, string>;
  /** Questions whose gold a person looked at and confirmed. */
  readonly goldConfirmed: ReadonlySet<string>;
  readonly counts: { readonly person: number; readonly rule: number };
}

export interface ItemDecision {
  readonly status: 'accepted' | 'rejected';
  readonly by: 'person' | 'rule';
  readonly round: number;
  readonly rationale?: string;
}

export interface WrittenRationale {
  readonly id: string;
  readonly rationale: string;
  readonly round: number;
}

/** Names one attempt *and its text*: a decision about another text than the stored one is stale and matches nothing. */
export function attemptKey(
  attempt: Pick<Attempt, 'questionId' | 'sample' | 'fingerprint'> & { textHash: string },
): string {
  return [attempt.questionId, attempt.sample, attempt.fingerprint, attempt.textHash].join('\u0000');
}

export function keyOfAttempt(attempt: Attempt): string {
  return attemptKey({ ...attempt, textHash: sha256Text(attempt.text) });
}

/** Folds the decisions of rounds 0…N, oldest round first; `events[r]` is in merge order. */
export function foldCuration(events: readonly (readonly RecordedDecision[])[]): Curation {
  const items = new Map<string, ItemDecision>();
  const written = new Map<string, WrittenRationale[]>();
  const hints = new Map<string, string>();
  const pairs = new Map<string, 'keep' | 'drop'>();
  const attempts = new Map<string, 'right' | 'wrong'>();
  const gold = new Map<string, string>();
  const goldConfirmed = new Set<string>();
  const counts = { person: 0, rule: 0 };

  const decide = (itemId: string, decision: ItemDecision): void => {
    const before = items.get(itemId);
    // A rule never overrides a person.
    if (before?.by === 'person' && decision.by === 'rule') return;
    items.set(itemId, decision);
  };

  events.forEach((ofRound, round) => {
    for (const event of activeDecisions(ofRound)) {
      const by = event.author.kind;
      counts[by] += 1;
      switch (event.type) {
        case 'accept':
          for (const { itemId } of event.items) decide(itemId, { status: 'accepted', by, round });
          break;
        case 'reject':
          for (const { itemId } of event.items) decide(itemId, { status: 'rejected', by, round });
          break;
        case 'edit':
          decide(event.itemId, { status: 'accepted', by, round, rationale: event.rationale });
          break;
        case 'write': {
          const list = written.get(event.questionId) ?? [];
          const id = `w-${sha256Text(event.questionId + event.rationale).slice(0, 16)}`;
          written.set(event.questionId, [...list, { id, rationale: event.rationale, round }]);
          break;
        }
        case 'hint':
          hints.set(event.questionId, event.hint);
          break;
        case 'pair-drop':
          pairs.set(attemptKey(event), 'drop');
          break;
        case 'pair-keep':
          pairs.set(attemptKey(event), 'keep');
          break;
        case 'attempt-right':
          attempts.set(attemptKey(event), 'right');
          break;
        case 'attempt-wrong':
          attempts.set(attemptKey(event), 'wrong');
          break;
        case 'fix-gold':
          gold.set(event.questionId, event.answer);
          goldConfirmed.add(event.questionId);
          break;
        case 'gold-confirmed':
          goldConfirmed.add(event.questionId);
          break;
        case 'first-error':
        case 'undo':
        case 'redo':
          break;
      }
    }
  });
  return { items, written, hints, pairs, attempts, gold, goldConfirmed, counts };
}
