import type { FieldType } from '../../shared/datasetContract.ts';
import {
  JsonFault,
  skipKey,
  skipSpace,
  skipString,
  skipValue,
  unexpected,
  type FaultKind,
} from './jsonScanner.ts';

/** Where a member of a record stands in its line, in UTF-16 units; ends are exclusive. */
export interface FieldSpan {
  /** The key as it reads, escapes decoded. */
  readonly name: string;
  readonly type: FieldType;
  /** From the opening to after the closing quote. */
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** What a line holds. The fields of a record come in the order of the line, duplicates included. */
export type LineScan =
  | {
      readonly kind: 'record';
      readonly open: number;
      readonly close: number;
      readonly fields: readonly FieldSpan[];
    }
  | { readonly kind: 'other' }
  | { readonly kind: 'blank' }
  | { readonly kind: 'invalid'; readonly at: number; readonly why: FaultKind };

/** Reads one line strictly by the grammar of JSON, without building its values. */
export function scanLine(text: string): LineScan {
  const start = skipSpace(text, 0);
  if (start === text.length) return { kind: 'blank' };
  try {
    if (text[start] !== '{') {
      atEnd(text, skipValue(text, start));
      return { kind: 'other' };
    }
    const fields: FieldSpan[] = [];
    let at = skipSpace(text, start + 1);
    while (text[at] !== '}' || fields.length > 0) {
      const field = scanField(text, at);
      fields.push(field);
      at = skipSpace(text, field.valueEnd);
      if (text[at] === '}') break;
      if (text[at] !== ',') throw unexpected(text, at);
      at = skipSpace(text, at + 1);
    }
    atEnd(text, at + 1);
    return { kind: 'record', open: start, close: at, fields };
  } catch (error) {
    if (error instanceof JsonFault) return { kind: 'invalid', at: error.at, why: error.why };
    throw error;
  }
}

function scanField(text: string, keyStart: number): FieldSpan {
  const keyEnd = skipString(text, keyStart);
  const valueStart = skipKey(text, keyStart);
  const valueEnd = skipValue(text, valueStart, 1);
  const name = decodeString(text.slice(keyStart, keyEnd));
  return { name, type: typeAt(text, valueStart), keyStart, keyEnd, valueStart, valueEnd };
}

function atEnd(text: string, at: number): void {
  const end = skipSpace(text, at);
  if (end < text.length) throw new JsonFault(end, 'second');
}

/** A text in a line, in UTF-16 units with its quotes; `to` is the unit behind it. */
export interface TextField {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** The text that a record has under a name: of several the last one counts. Null where it has none, or no text there. */
export function textFieldOf(line: string, scan: LineScan, wanted: string): TextField | null {
  if (scan.kind !== 'record') return null;
  const field = scan.fields.findLast(({ name, type }) => name === wanted && type === 'text');
  if (!field) return null;
  const { valueStart: from, valueEnd: to } = field;
  return { text: decodeString(line.slice(from, to)), from, to };
}

/** The text of a JSON string with its quotes, which the scanner has accepted. */
export function decodeString(raw: string): string {
  return raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
}

function typeAt(text: string, at: number): FieldType {
  switch (text.charAt(at)) {
    case '"':
      return 'text';
    case '{':
      return 'object';
    case '[':
      return 'list';
    case 't':
    case 'f':
      return 'boolean';
    case 'n':
      return 'null';
    default:
      return 'number';
  }
}
