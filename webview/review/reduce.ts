import type { Filter, Row, Sort } from '../../src/shared/reviewQueue.ts';
import type { ReviewRecord } from '../../src/shared/reviewRecord.ts';
import type { ReviewEvent } from './events.ts';
import { formed, withDraft } from './drafts.ts';
import {
  firstCandidate,
  rowById,
  shownAttempt,
  shownCandidate,
  shownRecord,
  type ReviewState,
} from './state.ts';

/** Rows farther than this from the cursor are forgotten; a list of any length stays small. */
const KEPT_ROWS = 3000;
const KEPT_RECORDS = 60;

/** What the view shows after something happened. Pure: the same state and event give the same state. */
export function reduce(state: ReviewState, event: ReviewEvent): ReviewState {
  switch (event.type) {
    case 'ready':
      return {
        ...turned(state, event.snapshot.round),
        link: 'ready',
        problem: null,
        snapshot: event.snapshot,
        texts: event.texts,
        pending: new Map(),
      };
    case 'lost':
      return { ...state, link: 'lost', problem: event.problem };
    case 'snapshot':
      return { ...turned(state, event.snapshot.round), snapshot: event.snapshot };
    case 'round': {
      const { snapshot } = state;
      return {
        ...turned(state, event.round),
        snapshot: snapshot && { ...snapshot, round: event.round },
      };
    }
    case 'asked-list':
      return askedList(state, event.filter, event.sort);
    case 'listed':
      return listed(state, event);
    case 'rows':
      return event.query === state.list.query ? withRows(state, event.from, event.rows) : state;
    case 'select':
      return select(state, event.at);
    case 'mark':
    case 'mark-to':
      return mark(state, event);
    case 'unmark':
      return state.marked.size === 0 && state.anchor === null
        ? state
        : { ...state, marked: new Set(), anchor: null, range: new Map() };
    case 'record':
      return withRecord(state, event.record);
    case 'stale':
      return stale(state, event.keep);
    case 'show':
      return show(state, event.id);
    case 'candidate':
    case 'attempt':
    case 'mode':
      return choose(state, event);
    case 'form':
    case 'form-problem':
    case 'form-sent':
    case 'form-done':
    case 'form-back':
      return formed(state, event);
    case 'overlay':
      return event.overlay.kind === 'ask'
        ? { ...state, overlay: event.overlay }
        : { ...state, drafts: withDraft(state), overlay: event.overlay };
    case 'deciding':
      return deciding(state, event.id, event.row);
    case 'decided':
      return withoutNotice(done(withRecord(state, event.record), event.record.row.id), event);
    case 'refused': {
      const back = event.before ? withRow(state, event.before) : state;
      return {
        ...done(back, event.id),
        notices: new Map(state.notices).set(event.id, event.message),
      };
    }
    case 'notice':
      return withNotice(state, event.id, event.message);
    case 'asking': {
      const asking = new Set(state.asking);
      for (const id of event.ids)
        if (event.on) asking.add(id);
        else asking.delete(id);
      return { ...state, asking };
    }
    case 'asking-student':
      return { ...state, askingStudent: event.id };
    case 'drafts':
      return { ...state, drafts: event.drafts };
    case 'hide':
      return { ...state, hidden: new Set(state.hidden).add(event.code) };
    case 'say':
      return { ...state, said: { text: event.text, serial: state.said.serial + 1 } };
  }
}

/** In another round the same name stands for other texts: nothing that was seen or picked is taken along. */
function turned(state: ReviewState, round: number): ReviewState {
  if (!state.snapshot || state.snapshot.round === round) return state;
  const { kind } = state.overlay;
  const stays = kind === 'filter' || kind === 'keys' || kind === 'save-filter';
  return {
    ...state,
    drafts: withDraft(state),
    form: null,
    formProblem: null,
    shown: null,
    records: new Map(),
    pending: new Map(),
    notices: new Map(),
    marked: new Set(),
    anchor: null,
    range: new Map(),
    overlay: stays ? state.overlay : { kind: 'none' },
  };
}

function askedList(state: ReviewState, filter: Filter, sort: Sort): ReviewState {
  const same = JSON.stringify(filter) === JSON.stringify(state.filter);
  return {
    ...state,
    filter,
    sort,
    list: { ...state.list, query: state.list.query + 1, loading: true },
    // Picked items that another filter hides would be decided unseen.
    marked: same ? state.marked : new Set(),
    anchor: null,
    range: new Map(),
  };
}

function listed(state: ReviewState, event: Extract<ReviewEvent, { type: 'listed' }>): ReviewState {
  if (event.query !== state.list.query) return state;
  const rows = new Map(event.rows.map((row, index) => [event.from + index, row]));
  const at = event.total === 0 ? -1 : Math.max(0, Math.min(event.at, event.total - 1));
  const next = {
    ...state,
    list: { query: event.query, loading: false, total: event.total, rows },
    at,
    selected: rows.get(at)?.id ?? null,
  };
  // With nothing listed no item is on screen; what was being written stays as a draft.
  return at < 0 ? { ...next, shown: null, form: null, drafts: withDraft(state) } : next;
}

function withRows(state: ReviewState, from: number, loaded: readonly Row[]): ReviewState {
  const rows = new Map(state.list.rows);
  loaded.forEach((row, index) => rows.set(from + index, row));
  if (rows.size > KEPT_ROWS) {
    const around = from + loaded.length / 2;
    for (const place of rows.keys()) {
      if (Math.abs(place - around) > KEPT_ROWS / 2 && place !== state.at) rows.delete(place);
    }
  }
  const selected = rows.get(state.at)?.id ?? state.selected;
  return { ...state, selected, list: { ...state.list, rows } };
}

function withRow(state: ReviewState, row: Row): ReviewState {
  const place = rowById(state, row.id)?.[0];
  if (place === undefined) return state;
  return { ...state, list: { ...state.list, rows: new Map(state.list.rows).set(place, row) } };
}

function select(state: ReviewState, at: number): ReviewState {
  const { total, rows } = state.list;
  if (total === 0) return state;
  const place = Math.max(0, Math.min(at, total - 1));
  return { ...state, at: place, selected: rows.get(place)?.id ?? null };
}

function mark(
  state: ReviewState,
  event: Extract<ReviewEvent, { type: 'mark' | 'mark-to' }>,
): ReviewState {
  const marked = new Set(state.marked);
  if (event.type === 'mark') {
    const id = state.list.rows.get(event.at)?.id;
    if (id === undefined) return state;
    if (!marked.delete(id)) marked.add(id);
    return { ...state, marked, anchor: event.at, range: new Map() };
  }
  // A range that turns back gives up what it had taken.
  for (const id of state.range.values()) marked.delete(id);
  for (const id of event.ids.values()) marked.add(id);
  const anchor = state.anchor ?? state.at;
  return { ...select(state, event.at), marked, anchor, range: event.ids };
}

function stale(
  state: ReviewState,
  keep: { readonly from: number; readonly to: number } | undefined,
): ReviewState {
  const records = onlyShown(state);
  if (!keep) return { ...state, records };
  const rows = new Map(
    [...state.list.rows].filter(([place]) => place >= keep.from && place < keep.to),
  );
  return { ...state, records, list: { ...state.list, rows } };
}

function onlyShown(state: ReviewState): ReadonlyMap<string, ReviewRecord> {
  const record = state.shown === null ? undefined : state.records.get(state.shown);
  return new Map(record ? [[record.row.id, record]] : []);
}

function withRecord(state: ReviewState, record: ReviewRecord): ReviewState {
  const records = new Map(state.records);
  records.delete(record.row.id);
  records.set(record.row.id, record);
  for (const id of records.keys()) {
    if (records.size <= KEPT_RECORDS) break;
    if (id !== state.shown) records.delete(id);
  }
  const pending = state.pending.has(record.row.id);
  const next = { ...state, records };
  return sameChoice(pending ? next : withRow(next, record.row), state);
}

/** A record may come back in another order: what was on screen stays there, so that no key hits another text. */
function sameChoice(state: ReviewState, before: ReviewState): ReviewState {
  const record = shownRecord(state);
  if (!record) return state;
  const [seen, text] = [shownAttempt(before), shownCandidate(before)];
  const { attempts, candidates } = record;
  const own = attempts.findIndex(({ sample }) => sample === seen?.sample);
  // Of attempts with one text another one may stand for all.
  const twin = own < 0 ? attempts.findIndex((one) => one.text === seen?.text) : own;
  const attempt = placeOr(twin, state.attempt, attempts.length);
  const same = candidates.findIndex(({ id }) => id === text?.id);
  const candidate = placeOr(same, state.candidate, candidates.length);
  return candidate === state.candidate && attempt === state.attempt
    ? state
    : { ...state, candidate, attempt };
}

const placeOr = (found: number, place: number, count: number): number =>
  found < 0 ? Math.max(0, Math.min(place, count - 1)) : found;

function show(state: ReviewState, id: string): ReviewState {
  if (state.shown === id) return state;
  const record = state.records.get(id);
  const kept = withDraft(state);
  return {
    ...state,
    shown: id,
    drafts: kept,
    form: null,
    formProblem: null,
    refusal: null,
    candidate: record ? firstCandidate(record) : 0,
    attempt: 0,
  };
}

function choose(
  state: ReviewState,
  event: Extract<ReviewEvent, { type: 'candidate' | 'attempt' | 'mode' }>,
): ReviewState {
  if (event.type === 'mode') return { ...state, mode: event.mode };
  const record = state.shown === null ? undefined : state.records.get(state.shown);
  if (!record) return state;
  if (event.type === 'attempt') {
    const count = record.attempts.length;
    return count === 0 ? state : { ...state, attempt: (event.index + count) % count };
  }
  const candidate = record.candidates[event.index];
  if (!candidate) return state;
  const about = record.attempts.findIndex(({ sample }) => sample === candidate.aboutSample);
  return { ...state, candidate: event.index, attempt: about < 0 ? state.attempt : about };
}

function deciding(state: ReviewState, id: string, change: Partial<Row>): ReviewState {
  const row = rowById(state, id)?.[1];
  const pending = new Map(state.pending).set(id, (state.pending.get(id) ?? 0) + 1);
  const next = withNotice({ ...state, pending }, id, null);
  return row ? withRow(next, { ...row, ...change }) : next;
}

function done(state: ReviewState, id: string): ReviewState {
  const pending = new Map(state.pending);
  const left = (pending.get(id) ?? 1) - 1;
  if (left > 0) pending.set(id, left);
  else pending.delete(id);
  const record = state.records.get(id);
  const next = { ...state, pending };
  return left <= 0 && record ? withRow(next, record.row) : next;
}

function withoutNotice(
  state: ReviewState,
  { record }: { readonly record: ReviewRecord },
): ReviewState {
  return withNotice(state, record.row.id, null);
}

function withNotice(state: ReviewState, id: string, message: string | null): ReviewState {
  if (message === null && !state.notices.has(id)) return state;
  const notices = new Map(state.notices);
  if (message === null) notices.delete(id);
  else notices.set(id, message);
  return { ...state, notices };
}
