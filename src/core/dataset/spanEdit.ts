import { AppError } from '../errors.ts';
import { sentence } from '../sentence.ts';
import { scanLine, type FieldSpan, type LineScan } from './jsonSpans.ts';
import { escapesNonAscii, respellString, spellString } from './jsonString.ts';
import type { Patch } from './patch.ts';
import { oneLineJson } from './typedJson.ts';

/** How a person gives a value: as a text, or as JSON spelt out. */
export type ValueAs = 'text' | 'json';

/** Sets the value of a field; nothing else of the line changes. Null where it has that value already. */
export function setField(line: string, index: number, as: ValueAs, value: string): Patch | null {
  const { valueStart: at, valueEnd, type } = fieldAt(recordOf(line), index);
  const ascii = escapesNonAscii(line);
  if (as === 'text' && type === 'text') return respellString(line, at, valueEnd, value, ascii);
  const removed = line.slice(at, valueEnd);
  const inserted = spelt(as, value, ascii);
  return removed === inserted ? null : { at, removed, inserted };
}

/** Adds a field at the end of the record, spaced as the line spaces its last one. */
export function addField(line: string, name: string, as: ValueAs, value: string): Patch {
  const record = recordOf(line);
  const { fields } = record;
  if (fields.some((field) => field.name === name)) {
    throw new AppError('data.invalid', sentence`The row has a field ${name} already.`, {
      hint: sentence`Edit that field, or choose another name.`,
    });
  }
  const ascii = escapesNonAscii(line);
  const key = spellString(name, ascii);
  const json = spelt(as, value, ascii);
  const last = fields.at(-1);
  if (last === undefined) return { at: record.open + 1, removed: '', inserted: `${key}: ${json}` };
  const before = fields.at(-2);
  const gap = before === undefined ? '' : line.slice(before.valueEnd, last.keyStart);
  const colon = line.slice(last.keyEnd, last.valueStart);
  // A record of one field shows no comma: what stands after its colon tells how it is spaced.
  const comma = gap === '' ? `,${colon.replace(/^\s*:/u, '')}` : gap;
  return { at: last.valueEnd, removed: '', inserted: `${comma}${key}${colon}${json}` };
}

/** Removes a field together with its comma. */
export function removeField(line: string, index: number): Patch {
  const { fields } = recordOf(line);
  const field = fieldAt({ fields }, index);
  const before = fields[index - 1];
  const after = fields[index + 1];
  const at = before === undefined ? field.keyStart : before.valueEnd;
  const end = before === undefined && after !== undefined ? after.keyStart : field.valueEnd;
  return { at, removed: line.slice(at, end), inserted: '' };
}

const EMPTY = {
  text: '""',
  list: '[]',
  object: '{}',
  number: 'null',
  boolean: 'null',
  null: 'null',
};

/** The record with the same fields and spacing and nothing in them; null where the line is no record. */
export function emptied(line: string): string | null {
  const scan = scanLine(line);
  if (scan.kind !== 'record') return null;
  let out = '';
  let at = 0;
  for (const { valueStart, valueEnd, type } of scan.fields) {
    out += line.slice(at, valueStart) + EMPTY[type];
    at = valueEnd;
  }
  return out + line.slice(at);
}

function spelt(as: ValueAs, value: string, ascii: boolean): string {
  return as === 'text' ? spellString(value, ascii) : oneLineJson(value);
}

function recordOf(line: string): Extract<LineScan, { kind: 'record' }> {
  const scan = scanLine(line);
  if (scan.kind === 'record') return scan;
  throw new AppError('data.invalid', sentence`This line is no record: it has no fields to edit.`, {
    hint: sentence`Edit the line as text.`,
  });
}

function fieldAt(record: { readonly fields: readonly FieldSpan[] }, index: number): FieldSpan {
  const field = record.fields[index];
  if (field !== undefined) return field;
  throw new AppError('store.stale', sentence`The row has no such field any more.`, {
    hint: sentence`Read the row again.`,
  });
}
