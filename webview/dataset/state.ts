import type {
  DatasetRecord,
  DatasetRow,
  DatasetState,
  RowKey,
} from '../../src/shared/datasetContract.ts';
import { draftId, type Drafts } from './drafts.ts';

/** A new field that is being written. */
export interface AddForm {
  readonly key: RowKey;
  readonly name: string;
  readonly as: 'text' | 'json';
  readonly value: string;
}

/** What lies over or beside the page. */
export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'keys' }
  | { readonly kind: 'move'; readonly line: string }
  | { readonly kind: 'line'; readonly line: string };

/** All that the view shows. The host owns the document; rows and record are what it said last. */
export interface EditorState {
  readonly link: 'loading' | 'ready' | 'lost';
  readonly problem: string | null;
  readonly strings: Readonly<Record<string, string>>;
  readonly doc: DatasetState | null;
  /** By their place in what the filter shows. */
  readonly rows: ReadonlyMap<number, DatasetRow>;
  /** Place of the cursor; -1 where nothing is listed. */
  readonly at: number;
  /** The row under the cursor; null while it is not known. */
  readonly cursor: RowKey | null;
  /** The record on screen; it follows the cursor. */
  readonly record: DatasetRecord | null;
  /** Rows that were picked, with their places. */
  readonly marked: ReadonlyMap<RowKey, number>;
  readonly anchor: number | null;
  /** What the range that is being drawn holds. */
  readonly range: ReadonlyMap<RowKey, number>;
  readonly drafts: Drafts;
  /** Drafts of the page's former life: what they are about may be another text now. */
  readonly restored: ReadonlySet<string>;
  /** Why a draft cannot be written, by its id. */
  readonly refusals: ReadonlyMap<string, string>;
  readonly add: AddForm | null;
  readonly addProblem: string | null;
  readonly overlay: Overlay;
  readonly overlayProblem: string | null;
  /** Why what was last asked for was not done. */
  readonly notice: string | null;
  /** A row that was made, or stands on a line that was asked for, and is not among those that the filter shows. */
  readonly hidden: { readonly key: RowKey; readonly line: number | null } | null;
  readonly said: { readonly text: string; readonly serial: number };
}

export const INITIAL: EditorState = {
  link: 'loading',
  problem: null,
  strings: {},
  doc: null,
  rows: new Map(),
  at: -1,
  cursor: null,
  record: null,
  marked: new Map(),
  anchor: null,
  range: new Map(),
  drafts: {},
  restored: new Set(),
  refusals: new Map(),
  add: null,
  addProblem: null,
  overlay: { kind: 'none' },
  overlayProblem: null,
  notice: null,
  hidden: null,
  said: { text: '', serial: 0 },
};

/** Rows that the filter shows. */
export const totalOf = ({ doc }: EditorState): number => doc?.shown ?? 0;

/** Whether the list leaves rows out. */
export const isFiltered = ({ doc }: EditorState): boolean =>
  doc !== null && (doc.filter.search !== '' || doc.filter.only !== 'all');

/** Why nothing can be edited; null where it can. */
export const readOnlyOf = ({ doc }: EditorState): string | null => doc?.readOnly ?? null;

/** What an act on rows is about: those picked, else the one under the cursor; in the order of their places. */
export function chosen({ marked, cursor }: EditorState): readonly RowKey[] {
  if (marked.size === 0) return cursor === null ? [] : [cursor];
  return [...marked].sort(([, a], [, b]) => a - b).map(([key]) => key);
}

/** Rows with something typed that is not written. */
export function unwritten({ drafts }: Pick<EditorState, 'drafts'>): ReadonlySet<RowKey> {
  return new Set(Object.values(drafts).map(({ key }) => key));
}

/** The draft of a place, if there is one. */
export const draftAt = (
  { drafts }: EditorState,
  place: Parameters<typeof draftId>[0],
): Drafts[string] | undefined => drafts[draftId(place)];
