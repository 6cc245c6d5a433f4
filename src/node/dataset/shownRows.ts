import { clip, describeRow, type RowDescription } from '../../core/dataset/describeRow.ts';
import { decodeString } from '../../core/dataset/jsonSpans.ts';
import type { RowId } from '../../core/dataset/rowOrder.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import {
  CLIP_CHARACTERS,
  type DatasetField,
  type DatasetRecord,
  type DatasetRow,
} from '../../shared/datasetContract.ts';
import { type DocumentRows, type RowLine } from './documentRows.ts';
import { stampOfLine } from './rowEdits.ts';

/** Describes a line, also one that is no text at all. */
export function describeLine(line: RowLine, inSet: boolean): RowDescription {
  if (line.text !== null) return describeRow(line.text, inSet);
  const base = { fields: [], id: null, title: '', fieldProblems: [] };
  if (line.bytes === null) {
    const problem = sentence`This line has ${line.length} bytes: too long to be read.`;
    return { ...base, kind: 'overlong', problem };
  }
  const title = describeRow(line.bytes.toString('utf8'), false).title;
  return { ...base, title, kind: 'invalid', problem: sentence`This line is no valid UTF-8.` };
}

/** Says a sentence in the person's language. */
export type SayText = (text: Text) => string;

/** One line of the list. */
export function shownRow(
  rows: DocumentRows,
  id: RowId,
  described: RowDescription,
  problem: Text | null,
  say: SayText,
): DatasetRow {
  return {
    key: rows.keyOf(id),
    line: rows.placeOfRow(id) + 1,
    kind: described.kind,
    state: rows.state(id),
    id: described.id === null ? null : clip(described.id, CLIP_CHARACTERS),
    title: described.title,
    problem: problem === null ? null : say(problem),
  };
}

/** One row with all its fields. */
export function shownRecord(
  rows: DocumentRows,
  id: RowId,
  line: RowLine,
  described: RowDescription,
  problem: Text | null,
  say: SayText,
): DatasetRecord {
  const { key, line: place, kind, state } = shownRow(rows, id, described, problem, say);
  const raw = line.text ?? (line.bytes === null ? '' : line.bytes.toString('utf8'));
  const rawClipped = line.bytes === null || raw.length > CLIP_CHARACTERS;
  return {
    key,
    line: place,
    kind,
    state,
    stamp: stampOfLine(line),
    bytes: line.length,
    fields: line.text === null ? [] : shownFields(line.text, described, say),
    raw: clip(raw, CLIP_CHARACTERS),
    rawClipped,
    rawEditable: line.text !== null && !rawClipped,
    problem: problem === null ? null : say(problem),
  };
}

function shownFields(text: string, described: RowDescription, say: SayText): DatasetField[] {
  const times = new Map<string, number>();
  for (const { name } of described.fields) times.set(name, (times.get(name) ?? 0) + 1);
  return described.fields.map((field, index) => {
    const { name, type, valueStart, valueEnd } = field;
    const raw = text.slice(valueStart, valueEnd);
    const value = type === 'text' ? decodeString(raw) : raw;
    const problem = described.fieldProblems.find((found) => found.field === name)?.problem;
    return {
      index,
      name,
      type,
      value: clip(value, CLIP_CHARACTERS),
      clipped: value.length > CLIP_CHARACTERS,
      characters: value.length,
      duplicate: (times.get(name) ?? 0) > 1,
      problem: problem === undefined ? null : say(problem),
    };
  });
}
