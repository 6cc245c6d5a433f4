import * as z from 'zod';
import type { RowId, Run, Splice } from '../../core/dataset/rowOrder.ts';
import { runsText, splicesText } from '../../core/dataset/spliceText.ts';
import { fileStampSchema } from './fileStamp.ts';

const number = z.number().int();
const n = number.min(0);
const endSchema = z.enum(['\n', '\r\n']);

/**
 * Lines of an edit journal or a backup. Rows are named by what the file says: m ≥ 0 is its line m, −1 − k the k-th row
 * that is not in it. `n` counts the records that were written whole; a number that comes again takes the place of the
 * record before, whose writing was reported as failed.
 */
export const editRecordSchema = z.discriminatedUnion('type', [
  /** The file that all that follows is about. `session`: one document, in its journal and in its backups. */
  z.object({
    type: z.literal('base'),
    n,
    session: z.string(),
    path: z.string(),
    stamp: fileStampSchema,
    /** How lines end where they have no end of their own: others, and the last line of the file. */
    ends: z.object({ eol: endSchema, final: z.boolean(), bare: endSchema.nullable() }),
  }),
  /** A part of a long text, for the record that follows. */
  z.object({ type: z.literal('piece'), n, first: z.boolean(), text: z.string() }),
  /** What a row says; null: the pieces before. `coded`: bytes that are no text, in base64. */
  z.object({
    type: z.literal('row'),
    n,
    row: number,
    text: z.string().nullable(),
    coded: z.boolean(),
    end: endSchema,
  }),
  /** All rows of the document in their sequence, as `runsText` writes them; null: the pieces before. */
  z.object({ type: z.literal('order'), n, runs: z.string().nullable() }),
  /** One act of a person, or one taken back: of rows, as `splicesText` writes it, or of what one row says. */
  z.object({
    type: z.literal('edit'),
    n,
    splices: z.string().nullable(),
    patch: z
      .object({
        row: number,
        /** Names what the row said before. */
        stamp: z.string(),
        at: n,
        removed: n,
        /** Null: the pieces before. */
        inserted: z.string().nullable(),
      })
      .nullable(),
  }),
  /** A save is about to put this file in place: then everything before it is in the file. */
  z.object({ type: z.literal('saving'), n, stamp: fileStampSchema }),
]);
export type EditRecord = z.infer<typeof editRecordSchema>;

/** A record before it has its number. */
export type NewRecord<T extends EditRecord = EditRecord> = T extends EditRecord
  ? Omit<T, 'n'>
  : never;

/** Characters of a text that one record holds: far from the limit of a line, whatever escapes make of them. */
const PIECE = 1_000_000;
/** A text as records: in pieces where it is long. Returns what the record itself says of it. */
export function piecesOf(text: string): {
  readonly pieces: NewRecord[];
  readonly own: string | null;
} {
  if (text.length <= PIECE) return { pieces: [], own: text };
  const pieces: NewRecord[] = [];
  for (let at = 0; at < text.length; at += PIECE) {
    pieces.push({ type: 'piece', first: at === 0, text: text.slice(at, at + PIECE) });
  }
  return { pieces, own: null };
}

/** A row's content as records. */
export function rowRecords(row: RowId, content: string | Buffer, end: '\n' | '\r\n'): NewRecord[] {
  const coded = typeof content !== 'string';
  const { pieces, own } = piecesOf(coded ? content.toString('base64') : content);
  return [...pieces, { type: 'row', row, text: own, coded, end }];
}

/** A sequence of rows as records. */
export function orderRecords(runs: readonly Run[]): NewRecord[] {
  const { pieces, own } = piecesOf(runsText(runs));
  return [...pieces, { type: 'order', runs: own }];
}

/** An act on rows as records. */
export function rowsActRecords(splices: readonly Splice[]): NewRecord[] {
  const { pieces, own } = piecesOf(splicesText(splices));
  return [...pieces, { type: 'edit', splices: own, patch: null }];
}

/** An act on what a row says as records. */
export function textActRecords(patch: {
  readonly row: RowId;
  readonly stamp: string;
  readonly at: number;
  readonly removed: number;
  readonly inserted: string;
}): NewRecord[] {
  const { pieces, own } = piecesOf(patch.inserted);
  return [...pieces, { type: 'edit', splices: '', patch: { ...patch, inserted: own } }];
}
