import * as z from 'zod/mini';
import { defineContract } from './contract.ts';

/**
 * Between a data file opened in the host and the Dataset Editor that shows it. The host owns the document; the view
 * asks for the rows it shows. Rows are named by keys that stay with them while others are inserted, moved or deleted;
 * nothing here carries a path or a command.
 */

const count = z.int().check(z.nonnegative());
const text = z.string();

/** `o<n>`: the n-th line (from 0) of the file as it was opened; `n<k>`: the k-th row inserted since. */
export const rowKeySchema = z.string().check(z.regex(/^[on]\d+$/u));
export type RowKey = z.infer<typeof rowKeySchema>;

/**
 * record: a JSON object whose fields can be edited · other: JSON, but no object · blank · invalid: cannot be parsed ·
 * overlong: longer than is ever parsed. Whatever it is, it is kept byte for byte until a person edits it.
 */
export const lineKindSchema = z.enum(['record', 'other', 'blank', 'invalid', 'overlong']);
export type LineKind = z.infer<typeof lineKindSchema>;

/** How a row stands to the file as it was opened. */
export const rowStateSchema = z.enum(['same', 'edited', 'inserted']);

/** One line of the list. */
export const datasetRowSchema = z.object({
  key: rowKeySchema,
  /** 1-based line of the document as it stands now, edits included. */
  line: count,
  kind: lineKindSchema,
  state: rowStateSchema,
  /** The row's id, where it has one that is text or a number. */
  id: z.nullable(text),
  /** What tells it from others: the question, else its first texts; clipped to 200 characters. */
  title: text,
  /** Why it is not usable as data, one sentence; null where nothing is wrong. */
  problem: z.nullable(text),
});
export type DatasetRow = z.infer<typeof datasetRowSchema>;

export const fieldTypeSchema = z.enum(['text', 'number', 'boolean', 'null', 'list', 'object']);
export type FieldType = z.infer<typeof fieldTypeSchema>;

/** A text longer than this is clipped in the view, and edited as a document of its own. */
export const CLIP_CHARACTERS = 20_000;

/** A field of a record in the order of the file; of duplicate keys each is a field of its own. */
export const datasetFieldSchema = z.object({
  /** Place among the record's fields, from 0. */
  index: count,
  name: text,
  type: fieldTypeSchema,
  /** The text of a `text`; of all others the JSON as the file spells it (`1.50`, `12345678901234567890`). */
  value: text,
  clipped: z.boolean(),
  /** The whole length in characters. */
  characters: count,
  /** Another field of the record has the same name; JSON readers take the last one. */
  duplicate: z.boolean(),
  problem: z.nullable(text),
});
export type DatasetField = z.infer<typeof datasetFieldSchema>;

/** One row with all that is in it. */
export const datasetRecordSchema = z.object({
  key: rowKeySchema,
  line: count,
  kind: lineKindSchema,
  state: rowStateSchema,
  /** Names the row's content: an edit says which content it was made on. */
  stamp: text,
  bytes: count,
  fields: z.array(datasetFieldSchema),
  /** The line itself, clipped; control characters as they are: the view makes them visible. */
  raw: text,
  rawClipped: z.boolean(),
  /** Whether the line can be edited as text: valid UTF-8 and not clipped. */
  rawEditable: z.boolean(),
  problem: z.nullable(text),
});
export type DatasetRecord = z.infer<typeof datasetRecordSchema>;

/** Which rows are listed. */
export const datasetFilterSchema = z.object({
  /** Words that must all occur in the row; case and Unicode form aside. */
  search: text,
  /** Where they must occur; null = anywhere in the row. */
  field: z.nullable(text),
  only: z.enum(['all', 'problems', 'edited', 'same-id', 'missing-field']),
});
export type DatasetFilter = z.infer<typeof datasetFilterSchema>;
export const NO_DATASET_FILTER: DatasetFilter = { search: '', field: null, only: 'all' };

/** Everything but the rows. A complete picture with a revision: views that see a newer one ask for their rows anew. */
export const datasetStateSchema = z.object({
  rev: count,
  /** File name without its folder. */
  name: text,
  bytes: count,
  /** Rows of the document now; while it is read, those read so far. */
  rows: count,
  /** Rows that the filter shows, so far. */
  shown: count,
  /** Share of the file that has been read, 0…1. */
  read: z.number(),
  /** Share of the rows that the filter has looked at, 0…1; 1 without a filter. */
  filtered: z.number(),
  filter: datasetFilterSchema,
  dirty: z.boolean(),
  edited: count,
  inserted: count,
  deleted: count,
  /** So far. */
  problems: count,
  /** Share of the rows that have been looked at for problems, 0…1: large files are when a filter asks for it. */
  checked: z.optional(z.number()),
  /** Fields of the first rows, most frequent first, with the type most of them have. */
  fields: z.array(z.object({ name: text, type: fieldTypeSchema })),
  /** Why nothing can be edited, one sentence (frozen set, Restricted Mode, read-only file); null where it can. */
  readOnly: z.nullable(text),
  /** What happened to the file behind the document's back. */
  conflict: z.nullable(z.enum(['changed', 'deleted'])),
  /** Which of the project's sets this file is ("train"), null outside a project. */
  set: z.nullable(text),
  /** False: keys of one character are switched off (`tailor.review.singleKeyShortcuts`); absent = on. */
  singleKeys: z.optional(z.boolean()),
});
export type DatasetState = z.infer<typeof datasetStateSchema>;

/** What the palette asks of the view, on the rows that are selected there. */
export const datasetCommandSchema = z.enum([
  'insert',
  'duplicate',
  'remove',
  'move-up',
  'move-down',
  'next-problem',
  'previous-problem',
  'search',
  'open-text',
  'open-review',
  'open-field',
  'keys',
]);
export type DatasetCommand = z.infer<typeof datasetCommandSchema>;

const edited = z.object({ rev: count, stamp: text });
const moved = z.object({ rev: count, keys: z.array(rowKeySchema) });
const on = { key: rowKeySchema, stamp: text };

export const datasetContract = defineContract({
  requests: {
    init: {
      params: z.object({}),
      result: z.object({ state: datasetStateSchema, strings: z.record(text, text) }),
    },
    /** Rows by their place in what the filter shows. */
    rows: {
      params: z.object({ from: count, count: z.int().check(z.gte(1), z.lte(500)) }),
      result: z.object({ rev: count, from: count, rows: z.array(datasetRowSchema) }),
    },
    record: { params: z.object({ key: rowKeySchema }), result: datasetRecordSchema },
    /** Where a row stands in what the filter shows; null when it is hidden. */
    place: { params: z.object({ key: rowKeySchema }), result: z.object({ at: z.nullable(count) }) },
    /** The row on a line of the document (from 1) and where it stands in what the filter shows; null past the end. */
    onLine: {
      params: z.object({ line: z.int().check(z.gte(1)) }),
      result: z.object({
        found: z.nullable(z.object({ key: rowKeySchema, at: z.nullable(count) })),
      }),
    },
    /**
     * The nearest shown row with a problem behind (`back`: before) a place of what the filter shows, round the ends if
     * need be; null where there is none. `from` -1 = before the first.
     */
    nextProblem: {
      params: z.object({ from: z.int().check(z.gte(-1)), back: z.boolean() }),
      result: z.object({ at: z.nullable(count) }),
    },
    /** `text` writes a JSON string; `json` writes the JSON as it is spelt, once it parses as one value. */
    setField: {
      params: z.object({
        ...on,
        index: count,
        as: z.enum(['text', 'json']),
        value: text,
      }),
      result: edited,
    },
    addField: {
      params: z.object({ ...on, name: text, as: z.enum(['text', 'json']), value: text }),
      result: edited,
    },
    removeField: { params: z.object({ ...on, index: count }), result: edited },
    /** The line as text, without its end. */
    setLine: { params: z.object({ ...on, value: text }), result: edited },
    /** A new record with the fields of its neighbour, empty, below `after`; null = first. */
    insert: { params: z.object({ after: z.nullable(rowKeySchema) }), result: moved },
    duplicate: {
      params: z.object({ keys: z.array(rowKeySchema).check(z.minLength(1)) }),
      result: moved,
    },
    remove: {
      params: z.object({ keys: z.array(rowKeySchema).check(z.minLength(1)) }),
      result: moved,
    },
    /** Moves rows, in their order, to stand before `before`; null = to the end. */
    move: {
      params: z.object({
        keys: z.array(rowKeySchema).check(z.minLength(1)),
        before: z.nullable(rowKeySchema),
      }),
      result: moved,
    },
    filter: { params: datasetFilterSchema, result: z.object({ rev: count }) },
    /** Answers a conflict: take the file as it is now, keep the edits for the next save, or see both. */
    settle: {
      params: z.object({ how: z.enum(['reload', 'keep', 'compare']) }),
      result: z.object({}),
    },
    open: {
      params: z.object({
        key: rowKeySchema,
        how: z.enum(['text', 'review', 'field']),
        index: z.optional(count),
      }),
      result: z.object({}),
    },
  },
  events: {
    state: datasetStateSchema,
    /** The host wants a row shown: another view led here. */
    show: z.object({ key: rowKeySchema }),
    /** A command of the palette or of the editor's menu: done as if its key had been pressed. */
    command: z.object({ name: datasetCommandSchema }),
  },
});
export type DatasetContract = typeof datasetContract;
