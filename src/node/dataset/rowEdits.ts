import { createHash } from 'node:crypto';
import { clip } from '../../core/dataset/describeRow.ts';
import { scanLine } from '../../core/dataset/jsonSpans.ts';
import { emptied } from '../../core/dataset/spanEdit.ts';
import { patchBetween, type Patch } from '../../core/dataset/patch.ts';
import type { RowId, Run, Splice } from '../../core/dataset/rowOrder.ts';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { RowKey } from '../../shared/datasetContract.ts';
import { pacer } from '../review/pace.ts';
import { MAX_LINE_BYTES } from '../storage/byteLines.ts';
import {
  noText,
  type Change,
  type DocumentRows,
  type HeldRow,
  type RowLine,
} from './documentRows.ts';

/** Rows that are copied at once are held in memory until the next save. */
const MAX_COPIED_BYTES = 64 * 1024 * 1024;

/** A change and the rows that it is about. */
export interface Edit {
  readonly change: Change;
  readonly ids: readonly RowId[];
}

/** Of a field's name in the list of acts. */
export const LABEL_CHARACTERS = 40;

/** The name of a field for that list. */
export function nameAt(text: string, index: number): string {
  const scan = scanLine(text);
  const name = scan.kind === 'record' ? scan.fields[index]?.name : undefined;
  return clip(name ?? '', LABEL_CHARACTERS);
}

/** Names what a row says; an edit says which content it was made on. */
export function stampOfLine({ bytes, length }: RowLine): string {
  const hash = createHash('sha256').update(bytes ?? String(length));
  return hash.digest('hex').slice(0, 16);
}

/** Changes the text of one row; null where the edit changes nothing. */
export async function textEdit(
  rows: DocumentRows,
  key: RowKey,
  stamp: string,
  patchOf: (text: string) => Patch | null,
): Promise<Edit | null> {
  const id = rows.idOf(key);
  const line = await rows.line(id);
  if (stampOfLine(line) !== stamp) {
    throw new AppError('store.stale', sentence`This row has changed since it was shown.`, {
      hint: sentence`Look at it again, and repeat the edit.`,
    });
  }
  if (line.text === null) throw noText();
  const patch = patchOf(line.text);
  if (patch === null) return null;
  assertWhole(patch.inserted);
  assertFits(line.length + Buffer.byteLength(patch.inserted));
  const text = { id, patch, from: rows.versionOf(id), to: rows.newVersion() };
  return { change: changed({ patches: [text] }), ids: [id] };
}

/** What makes a line read as typed, without its end. */
export function linePatch(text: string, typed: string): Patch | null {
  // A carriage return at its end would be read as a part of the line's end.
  const ends = typed.endsWith('\r') && !text.endsWith('\r');
  if (ends || typed.includes('\n')) {
    throw new AppError('data.invalid', sentence`A row is one line: it has no line break.`, {
      hint: sentence`Write line breaks inside a text as \\n.`,
    });
  }
  return patchBetween(text, typed);
}

/** A new row below another one (null: the first), with the fields of its neighbour and nothing in them. */
export async function insertion(
  rows: DocumentRows,
  after: RowKey | null,
  inSet: boolean,
): Promise<Edit> {
  const at = after === null ? 0 : rows.placeOfRow(rows.idOf(after)) + 1;
  const near = rows.order.at(after === null ? 0 : at - 1);
  const line = near === null ? null : await rows.line(near);
  const end = line?.end ?? rows.ends.eol;
  const content = (await emptyRecord(rows, at, line?.text ?? null)) ?? fromNothing(inSet);
  return insertedAt(rows, [{ at, copies: [{ content, end }] }]);
}

/** Neighbours are asked outwards for the first few rows: a blank or broken line has no fields. */
async function emptyRecord(
  rows: DocumentRows,
  at: number,
  text: string | null,
): Promise<string | null> {
  const own = text === null ? null : emptied(text);
  if (own !== null) return own;
  for (let away = 0; away < 5; away += 1) {
    for (const place of [at + away, at - 2 - away]) {
      const id = rows.order.at(place);
      const near = id === null ? null : (await rows.line(id)).text;
      const found = near === null ? null : emptied(near);
      if (found !== null) return found;
    }
  }
  return null;
}

function fromNothing(inSet: boolean): string {
  return inSet ? '{"id": "", "question": "", "answer": ""}' : '{}';
}

/** A copy of each row, below it. */
export async function duplication(rows: DocumentRows, keys: readonly RowKey[]): Promise<Edit> {
  let bytes = 0;
  const { places, ids } = await placesOf(rows, keys);
  const insertions = [];
  for (const [index, id] of ids.entries()) {
    const line = await rows.line(id);
    bytes += line.length;
    if (line.bytes === null || bytes > MAX_COPIED_BYTES) {
      throw new AppError('data.invalid', sentence`These rows are too many to be copied at once.`, {
        hint: sentence`Copy fewer rows: together they may have 64 MB, and 16 MB each.`,
      });
    }
    const content = line.text ?? Buffer.from(line.bytes);
    const copies = [{ content, end: line.end }];
    insertions.push({ at: (places[index] ?? 0) + 1, copies });
  }
  return insertedAt(rows, insertions);
}

export async function removal(rows: DocumentRows, keys: readonly RowKey[]): Promise<Edit> {
  const { places, ids } = await placesOf(rows, keys);
  const splices = rangesOf(places).map(({ at, count }) => ({ at, remove: count, insert: [] }));
  return { change: changed({ splices }), ids };
}

/** Rows in their order to stand before another one, or at the end; null where they stand there already. */
export async function moving(
  rows: DocumentRows,
  keys: readonly RowKey[],
  before: RowKey | null,
): Promise<Edit | null> {
  const { places, ids } = await placesOf(rows, keys);
  const moved = new Set(places);
  const { order } = rows;
  let target = before === null ? order.length : rows.placeOfRow(rows.idOf(before));
  // A row cannot stand before itself: the next one that stays is meant.
  while (moved.has(target)) target += 1;
  const ranges = rangesOf(places);
  const first = ranges[0];
  if (first !== undefined && ranges.length === 1 && target === first.at + first.count) return null;
  const runs: Run[] = ranges.flatMap(({ at, count }) => order.slice(at, count));
  const out: Splice[] = ranges.map(({ at, count }) => ({ at, remove: count, insert: [] }));
  const index = out.findIndex(({ at }) => at >= target);
  out.splice(index < 0 ? out.length : index, 0, { at: target, remove: 0, insert: runs });
  return { change: changed({ splices: out }), ids };
}

function insertedAt(
  rows: DocumentRows,
  insertions: readonly { readonly at: number; readonly copies: readonly HeldRow[] }[],
): Edit {
  const ids: RowId[] = [];
  const fresh: { id: RowId; row: HeldRow }[] = [];
  const splices = insertions.map(({ at, copies }) => {
    const from = -1 - rows.nextInserted;
    for (const row of copies) {
      const id = -1 - rows.nextInserted;
      rows.nextInserted += 1;
      fresh.push({ id, row });
      ids.push(id);
    }
    return { at, remove: 0, insert: [{ from, count: copies.length }] };
  });
  return { change: changed({ splices, fresh }), ids };
}

function changed(parts: Partial<Change>): Change {
  return { splices: [], patches: [], fresh: [], ...parts };
}

/** The rows of some keys in the order of the document, each once; keys may be a hundred thousand. */
async function placesOf(
  rows: DocumentRows,
  keys: readonly RowKey[],
): Promise<{ readonly places: readonly number[]; readonly ids: readonly RowId[] }> {
  const pace = pacer();
  const found = new Map<number, RowId>();
  for (const [index, key] of keys.entries()) {
    const id = rows.namedBy(key);
    found.set(rows.placeOfRow(id), id);
    const turn = (index & 1023) === 1023 ? pace() : undefined;
    if (turn !== undefined) await turn;
  }
  const places = [...Float64Array.from(found.keys()).sort()];
  return { places, ids: places.map((place) => found.get(place) ?? 0) };
}

function rangesOf(places: readonly number[]): { at: number; count: number }[] {
  const ranges: { at: number; count: number }[] = [];
  for (const place of places) {
    const last = ranges.at(-1);
    if (last !== undefined && last.at + last.count === place) last.count += 1;
    else ranges.push({ at: place, count: 1 });
  }
  return ranges;
}

/** UTF-8 has no half of a character: written as it is, it would silently become another one. */
function assertWhole(text: string): void {
  if (!/[\ud800-\udfff]/u.test(text)) return;
  throw new AppError(
    'data.invalid',
    sentence`This text has half of a character (a lone surrogate).`,
    {
      hint: sentence`Remove it, or spell it as an escape like \\ud800.`,
    },
  );
}

function assertFits(bytes: number): void {
  if (bytes <= MAX_LINE_BYTES) return;
  throw new AppError('data.invalid', sentence`The row would become longer than 16 MB.`, {
    hint: sentence`Readers of data files refuse such lines: shorten it.`,
  });
}
