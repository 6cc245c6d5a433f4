import { hash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from '../../core/hash.ts';

/** What the journal adds to a record: version, its writer's file name, that writer's running number, time, checksum. */
export interface Stamp {
  readonly v: 1;
  readonly writer: string;
  /** Counts from 0 inside one writer; a gap is a record whose append was refused. */
  readonly seq: number;
  /** ISO 8601, by the writer's clock. */
  readonly at: string;
  /** First 8 hex digits of SHA-256 over the canonical JSON of the record without `sum`. */
  readonly sum: string;
  /** The generation of the lock under which it was written, where there was one. */
  readonly gen?: number;
}

export type Stamped<T> = T & Stamp;

/** The format's version; a record with a higher one makes the file read-only for this build. */
export const JOURNAL_VERSION = 1;

export const stampSchema = z.object({
  v: z.literal(JOURNAL_VERSION),
  writer: z.string().min(1),
  seq: z.number().int().min(0),
  at: z.iso.datetime(),
  sum: z.string(),
  gen: z.number().int().min(0).optional(),
});

/** Names that a payload must not use, because the stamp does. */
export const STAMP_KEYS: ReadonlySet<string> = new Set(Object.keys(stampSchema.shape));

const SUM_DIGITS = 8;
/** `,"sum":"12345678"}` */
const SUM_TAIL = SUM_DIGITS + 10;

/** SHA-256 over a text's UTF-8 bytes, shortened to 8 hex digits: tells damage, not malice. */
function shortSum(text: string | Buffer): string {
  return hash('sha256', text).slice(0, SUM_DIGITS);
}

/** The record's line without newline: canonical JSON with the checksum put last, so that it is checked without parsing. */
export function sealRecord(record: Readonly<Record<string, unknown>>): {
  readonly line: string;
  readonly sum: string;
} {
  const body = canonicalJson(record);
  const sum = shortSum(body);
  return { line: `${body.slice(0, -1)},"sum":"${sum}"}`, sum };
}

/** Whether the checksum of a parsed line holds: first over the bytes as we write them, else over the canonical form. */
export function sumHolds(bytes: Buffer, record: Readonly<Record<string, unknown>>): boolean {
  const sum = record['sum'];
  if (typeof sum !== 'string') return false;
  const tail = `,"sum":"${sum}"}`;
  if (tail.length === SUM_TAIL && bytes.subarray(-SUM_TAIL).equals(Buffer.from(tail))) {
    const body = Buffer.from(bytes.subarray(0, bytes.length - SUM_TAIL + 1));
    body[body.length - 1] = CLOSING_BRACE;
    if (shortSum(body) === sum) return true;
  }
  return shortSum(canonicalJson({ ...record, sum: undefined })) === sum;
}

const CLOSING_BRACE = 0x7d;
