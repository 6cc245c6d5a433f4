import type {
  DatasetRecord,
  DatasetRow,
  DatasetState,
  FieldType,
} from '../../src/shared/datasetContract.ts';
import {
  draftId,
  fieldAt,
  isUnchanged,
  rebased,
  withDraft,
  withoutDraft,
  type Draft,
} from './drafts.ts';
import type { EditorEvent } from './events.ts';
import { totalOf, type EditorState } from './state.ts';

/** Rows farther than this from those that came last are forgotten; a list of any length stays small. */
const KEPT_ROWS = 3000;

/** What the view shows after something happened. Pure: the same state and event give the same state. */
export function reduce(state: EditorState, event: EditorEvent): EditorState {
  switch (event.type) {
    case 'ready':
      // The host may have been started anew and count from the beginning.
      return documented(
        {
          ...state,
          link: 'ready',
          problem: null,
          strings: event.strings,
          doc: null,
          rows: new Map(),
        },
        event.doc,
      );
    case 'lost':
      return { ...state, link: 'lost', problem: event.problem };
    case 'doc':
      return documented(state, event.doc);
    case 'rows':
      return withRows(state, event.from, event.rows);
    case 'forget-rows': {
      const near = [...state.rows].filter(([place]) => place >= event.from && place < event.to);
      return near.length === state.rows.size ? state : { ...state, rows: new Map(near) };
    }
    case 'select':
      return select(state, event.at, event.key);
    case 'record':
      return withRecord(state, event.record);
    case 'mark':
      return mark(state, event.at);
    case 'mark-to': {
      // A range that turns back gives up what it had taken.
      const marked = new Map(state.marked);
      for (const key of state.range.keys()) marked.delete(key);
      for (const [key, place] of event.rows) marked.set(key, place);
      const anchor = state.anchor ?? state.at;
      return { ...select(state, event.at), marked, anchor, range: event.rows };
    }
    case 'unmark':
      return unmarked(state);
    case 'marked':
      return { ...state, marked: event.rows, anchor: null, range: new Map() };
    case 'typed':
      return withoutRefusal(
        { ...state, drafts: withDraft(state.drafts, event.draft) },
        draftId(event.draft),
      );
    case 'drop': {
      const { [event.id]: gone } = state.drafts;
      return gone
        ? withoutRefusal({ ...state, drafts: withoutDraft(state.drafts, event.id) }, event.id)
        : state;
    }
    case 'refused':
      return { ...state, refusals: new Map(state.refusals).set(event.id, event.problem) };
    case 'written':
      return written(state, event.draft, event.value);
    case 'stamped': {
      const { record } = state;
      const drafts = rebased(state.drafts, event.key, event.from, event.to);
      return record?.key === event.key
        ? { ...state, drafts, record: { ...record, stamp: event.to } }
        : { ...state, drafts };
    }
    case 'restore':
      return {
        ...state,
        drafts: event.drafts,
        restored: new Set(Object.keys(event.drafts)),
        add: event.add,
      };
    case 'add':
      return { ...state, add: event.form, addProblem: event.problem ?? null };
    case 'overlay':
      return { ...state, overlay: event.overlay, overlayProblem: event.problem ?? null };
    case 'notice':
      return { ...state, notice: event.text };
    case 'hidden':
      return { ...state, hidden: event.row };
    case 'say':
      return { ...state, said: { text: event.text, serial: state.said.serial + 1 } };
  }
}

/** A complete picture of the document; one that is older than what is shown comes late and says nothing. */
function documented(state: EditorState, doc: DatasetState): EditorState {
  if (state.doc && doc.rev < state.doc.rev) return state;
  const other = JSON.stringify(doc.filter) !== JSON.stringify(state.doc?.filter ?? doc.filter);
  // Picked rows that another filter hides would be acted on unseen.
  const next = { ...(other ? { ...unmarked(state), rows: new Map() } : state), doc };
  const total = doc.shown;
  if (total === 0)
    return { ...next, at: -1, cursor: null, ...(isSettled(doc) ? { record: null } : {}) };
  return next.at < 0 || next.at >= total
    ? select(next, Math.max(0, Math.min(next.at, total - 1)))
    : next;
}

const isSettled = ({ read, filtered }: DatasetState): boolean => read >= 1 && filtered >= 1;

function withRows(state: EditorState, from: number, loaded: readonly DatasetRow[]): EditorState {
  const rows = new Map(state.rows);
  loaded.forEach((row, index) => rows.set(from + index, row));
  if (rows.size > KEPT_ROWS) {
    const around = from + loaded.length / 2;
    for (const place of rows.keys()) {
      if (Math.abs(place - around) > KEPT_ROWS / 2 && place !== state.at) rows.delete(place);
    }
  }
  return { ...state, rows, cursor: state.cursor ?? rows.get(state.at)?.key ?? null };
}

function select(state: EditorState, at: number, key?: string | null): EditorState {
  const total = totalOf(state);
  if (total === 0) return state;
  const place = Math.max(0, Math.min(at, total - 1));
  return { ...state, at: place, cursor: key ?? state.rows.get(place)?.key ?? null };
}

function mark(state: EditorState, at: number): EditorState {
  const key = state.rows.get(at)?.key;
  if (key === undefined) return state;
  const marked = new Map(state.marked);
  if (!marked.delete(key)) marked.set(key, at);
  return { ...state, marked, anchor: at, range: new Map() };
}

function unmarked(state: EditorState): EditorState {
  return state.marked.size === 0 && state.anchor === null
    ? state
    : { ...state, marked: new Map(), anchor: null, range: new Map() };
}

function withoutRefusal(state: EditorState, id: string): EditorState {
  if (!state.refusals.has(id)) return state;
  const refusals = new Map(state.refusals);
  refusals.delete(id);
  return { ...state, refusals };
}

/** A record comes on screen; what was typed and says what stands there now has done its work. */
function withRecord(state: EditorState, record: EditorState['record']): EditorState {
  const next = { ...state, record };
  if (!record) return next;
  const done = Object.entries(state.drafts).filter(
    ([, draft]) => draft.key === record.key && isUnchanged(draft, record),
  );
  return done.reduce(
    (all, [id]) => withoutRefusal({ ...all, drafts: withoutDraft(all.drafts, id) }, id),
    next,
  );
}

/** What was typed since the sending is another text than the one that was sent: it stays, over the new one. */
function written(state: EditorState, sent: Draft, value: string): EditorState {
  const id = draftId(sent);
  const { [id]: now } = state.drafts;
  const drafts = !now
    ? state.drafts
    : now.text === sent.text && now.as === sent.as
      ? withoutDraft(state.drafts, id)
      : withDraft(state.drafts, { ...now, base: contentOf(sent, value) });
  const next = withoutRefusal({ ...state, drafts, notice: null }, id);
  return { ...next, record: state.record && asWritten(state.record, sent, value) };
}

/** The record as it must be now; the host's own picture of it is on its way. */
function asWritten(record: DatasetRecord, sent: Draft, value: string): DatasetRecord {
  if (record.key !== sent.key) return record;
  if (sent.as === 'line') return { ...record, raw: value };
  const written = fieldAt(record, sent);
  const type = sent.as === 'text' ? 'text' : typeOf(value);
  const content = contentOf(sent, value);
  const fields = record.fields.map((field) =>
    field.index === written?.index ? { ...field, type, value: content } : field,
  );
  return { ...record, fields };
}

/** What a field holds once something is written into it. */
function contentOf({ as }: Draft, value: string): string {
  const content: unknown = as === 'json' ? JSON.parse(value) : value;
  return typeof content === 'string' ? content : value;
}

/** What JSON makes of a field. */
function typeOf(json: string): FieldType {
  const value: unknown = JSON.parse(json);
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'object';
  return typeof value === 'number' ? 'number' : 'boolean';
}
