import { isUtf8 } from 'node:buffer';
import { describeRow } from '../../core/dataset/describeRow.ts';
import { otherSpellings } from '../../core/dataset/jsonString.ts';
import type { RowId } from '../../core/dataset/rowOrder.ts';
import type { Signal } from '../../core/ports.ts';
import { pacer } from '../review/pace.ts';
import type { DocumentRows } from './documentRows.ts';
import { eachLine } from './eachLine.ts';
import { lineInBatch, walkLines } from './lineWalk.ts';
import type { Reading } from './reading.ts';
import { idsOf } from './rowCheck.ts';

/** The first row of the document with an id; null where none has it. */
export async function rowWithId(
  reading: Reading,
  id: string,
  signal: Signal,
): Promise<RowId | null> {
  const { rows } = reading;
  const known = reading.rowsWithId(id);
  if (known !== null) return first(rows, await withId(rows, known, id));
  const apart: RowId[] = [...rows.held.keys()].filter((row) => rows.order.placeOf(row) !== null);
  for (const run of rows.order.runs) {
    for (const part of rows.base.partsOf(run))
      if (part.line === null) apart.push(...idsOf([part.run]));
  }
  const found = await withId(rows, apart, id);
  // Spelt plainly nearly always: a row that has not its characters is not looked at, unless nothing else is found.
  const plain = await inFile(rows, id, JSON.stringify(id).slice(1, -1), signal);
  const best = first(rows, [...found, ...plain]);
  if (best !== null) return best;
  const odd: RowId[] = [];
  for (const sign of otherSpellings(id)) odd.push(...(await inFile(rows, id, sign, signal)));
  return first(rows, odd);
}

async function inFile(
  rows: DocumentRows,
  id: string,
  sign: string,
  signal: Signal,
): Promise<RowId[]> {
  const { base } = rows;
  const bytes = Buffer.from(sign, 'utf8');
  const found: RowId[] = [];
  const pace = pacer(signal);
  await base.using(async () => {
    for await (const batch of walkLines(base, 0, signal)) {
      if (batch.bytes === null) continue;
      let more = 0;
      for (let at = batch.bytes.indexOf(bytes); at >= 0; at = batch.bytes.indexOf(bytes, at)) {
        const start = base.index.startOf(batch.line);
        while (base.index.startOf(batch.line + more + 1) - start <= at) more += 1;
        const row = base.idAt(batch.line + more);
        const line = lineInBatch(base, batch, more);
        if (line !== null && !rows.held.has(row) && hasId(line, id)) found.push(row);
        at = base.index.startOf(batch.line + more + 1) - start;
        const turn = pace();
        if (turn !== undefined) await turn;
      }
      await pace();
    }
  });
  return found;
}

async function withId(rows: DocumentRows, ids: readonly RowId[], id: string): Promise<RowId[]> {
  const found: RowId[] = [];
  await eachLine(rows, ids, (row, { text }) => {
    if (text !== null && describeRow(text, false).id === id) found.push(row);
  });
  return found;
}

function hasId(line: Buffer, id: string): boolean {
  return isUtf8(line) && describeRow(line.toString('utf8'), false).id === id;
}

function first(rows: DocumentRows, ids: readonly RowId[]): RowId | null {
  let best: RowId | null = null;
  let place = Number.POSITIVE_INFINITY;
  for (const id of ids) {
    const at = rows.order.placeOf(id);
    if (at === null || at >= place) continue;
    best = id;
    place = at;
  }
  return best;
}
