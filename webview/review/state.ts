import type { Snapshot } from '../../src/shared/reviewContract.ts';
import type { Filter, Row, Sort } from '../../src/shared/reviewQueue.ts';
import type { AttemptView, CandidateView, ReviewRecord } from '../../src/shared/reviewRecord.ts';
import { NO_FILTER } from '../../src/shared/reviewQueue.ts';
import { draftKey, type Form, type Missing } from './forms.ts';

export type Mode = 'step' | 'side' | 'diff';
export const MODES: readonly Mode[] = ['step', 'side', 'diff'];

/** What lies over or under the list and waits for the person. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'filter' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'save-filter'; readonly name: string }
  | { readonly kind: 'spot-check'; readonly size: number }
  | { readonly kind: 'accept-rest'; readonly count: number }
  /** The hint to the teacher about several items. */
  | { readonly kind: 'ask'; readonly ids: readonly string[]; readonly hint: string }
  | {
      readonly kind: 'bulk';
      readonly act: 'accept' | 'reject' | 'pair-drop' | 'pair-keep' | 'opinion';
      readonly count: number;
      /** Null = the whole filtered list. */
      readonly ids: readonly string[] | null;
    };

export interface ReviewState {
  readonly link: 'loading' | 'ready' | 'lost';
  /** Why there is no connection, in the host's words. */
  readonly problem: string | null;
  readonly snapshot: Snapshot | null;
  readonly texts: Readonly<Record<string, string>>;
  readonly filter: Filter;
  readonly sort: Sort;
  readonly list: {
    /** Counts the queries; rows that were asked for by an older one are not taken. */
    readonly query: number;
    readonly loading: boolean;
    readonly total: number;
    readonly rows: ReadonlyMap<number, Row>;
  };
  /** The place under the cursor, and the item there as soon as it is known. */
  readonly at: number;
  readonly selected: string | null;
  /** Items picked for a bulk action, and where a range began. */
  readonly marked: ReadonlySet<string>;
  readonly anchor: number | null;
  /** The items of the range that was picked last, by their places; rows far from the cursor are forgotten. */
  readonly range: ReadonlyMap<number, string>;
  readonly records: ReadonlyMap<string, ReviewRecord>;
  /** The item whose detail is on screen. */
  readonly shown: string | null;
  readonly candidate: number;
  readonly attempt: number;
  readonly mode: Mode;
  readonly form: Form | null;
  /** Why the form cannot be sent. */
  readonly formProblem: Missing | null;
  /** Why the host does not take the open text as it is, in its words; the person may insist. */
  readonly refusal: string | null;
  readonly drafts: Readonly<Record<string, Form>>;
  readonly overlay: Overlay;
  /** Refusals that stand at their items, in the host's words. */
  readonly notices: ReadonlyMap<string, string>;
  /** Items whose decision is on its way. */
  readonly pending: ReadonlyMap<string, number>;
  /** Items the teacher is asked about now. */
  readonly asking: ReadonlySet<string>;
  /** The item about which a student is asked again now. */
  readonly askingStudent: string | null;
  /** Notes that the person has put away. */
  readonly hidden: ReadonlySet<string>;
  readonly said: { readonly text: string; readonly serial: number };
}

export const INITIAL: ReviewState = {
  link: 'loading',
  problem: null,
  snapshot: null,
  texts: {},
  filter: NO_FILTER,
  sort: 'flagged-first',
  list: { query: 0, loading: true, total: 0, rows: new Map() },
  at: -1,
  selected: null,
  marked: new Set(),
  anchor: null,
  range: new Map(),
  records: new Map(),
  shown: null,
  candidate: 0,
  attempt: 0,
  mode: 'step',
  form: null,
  formProblem: null,
  refusal: null,
  drafts: {},
  overlay: { kind: 'none' },
  notices: new Map(),
  pending: new Map(),
  asking: new Set(),
  askingStudent: null,
  hidden: new Set(),
  said: { text: '', serial: 0 },
};

/** The round that the view shows. */
export function roundOf({ snapshot }: ReviewState): number | null {
  return snapshot?.round ?? null;
}

export function shownRecord(state: ReviewState): ReviewRecord | null {
  return state.shown === null ? null : (state.records.get(state.shown) ?? null);
}

export function shownCandidate(state: ReviewState): CandidateView | null {
  return shownRecord(state)?.candidates[state.candidate] ?? null;
}

export function shownAttempt(state: ReviewState): AttemptView | null {
  return shownRecord(state)?.attempts[state.attempt] ?? null;
}

export function rowById(state: ReviewState, id: string): readonly [number, Row] | null {
  for (const entry of state.list.rows) if (entry[1].id === id) return entry;
  return null;
}

/** Whether the person has begun a text on the item on screen; one that was opened and left as it is, is none. */
export function hasDraft(state: ReviewState, kind: 'edit' | 'write'): boolean {
  const draft = state.shown === null ? undefined : state.drafts[draftKey(state.shown, kind)];
  if (draft?.kind !== 'edit') return draft !== undefined;
  const candidate = shownRecord(state)?.candidates.find(({ id }) => id === draft.candidate);
  return candidate?.rationale !== draft.text;
}

/** The first candidate that would be taught, else the first. */
export function firstCandidate(record: ReviewRecord): number {
  const good = record.candidates.findIndex(({ passes, status }) => passes && status !== 'rejected');
  return Math.max(0, good);
}

/** How many choices a filter makes beyond its scope and the search text. */
export function filterSize(filter: Filter): number {
  return (
    (filter.scope === 'mistakes' || filter.only ? 0 : 1) +
    [filter.status, filter.flags, filter.pair, filter.sources].filter(({ length }) => length > 0)
      .length +
    (filter.by === null ? 0 : 1) +
    (filter.unflagged ? 1 : 0) +
    (filter.misses > 1 ? 1 : 0) +
    (filter.only ? 1 : 0) +
    (filter.answer === '' ? 0 : 1)
  );
}
