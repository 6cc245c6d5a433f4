import {
  CLIP_CHARACTERS,
  type DatasetField,
  type DatasetFilter,
  type DatasetRecord,
  type DatasetRow,
  type FieldType,
  type LineKind,
} from '../../src/shared/datasetContract.ts';
import { membersOf, parsed } from './jsonMembers.ts';

/** A line of the document in memory. */
export interface Line {
  readonly key: string;
  readonly text: string;
  readonly state: DatasetRow['state'];
}

function kindOf(text: string): LineKind {
  if (text.trim() === '') return 'blank';
  if (membersOf(text)) return 'record';
  return parsed(text) === undefined ? 'invalid' : 'other';
}

function typeOf(value: unknown): FieldType {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'object') return 'object';
  return typeof value === 'number' ? 'number' : 'boolean';
}

/** The fields of a line, as the host tells them. */
export function fieldsOf(text: string): DatasetField[] {
  const members = membersOf(text) ?? [];
  return members.map(({ name, json }, index) => {
    const value = parsed(json);
    const content = typeof value === 'string' ? value : json;
    return {
      index,
      name,
      type: typeOf(value),
      value: content.slice(0, CLIP_CHARACTERS),
      clipped: content.length > CLIP_CHARACTERS,
      characters: content.length,
      duplicate: members.filter((one) => one.name === name).length > 1,
      problem: name === 'answer' && json === '""' ? 'The answer is empty.' : null,
    };
  });
}

function problemOf(text: string): string | null {
  const kind = kindOf(text);
  if (kind === 'invalid') return 'Not valid JSON: a quotation mark or a bracket is missing.';
  if (kind === 'other') return 'A row must be an object.';
  if (kind === 'blank') return null;
  const fields = fieldsOf(text);
  const twin = fields.find(({ duplicate }) => duplicate);
  if (twin) return `The field “${twin.name}” stands there twice.`;
  return fields.find(({ problem }) => problem !== null)?.problem ?? null;
}

/** How a line is listed. */
export function rowOf({ key, text, state }: Line, line: number): DatasetRow {
  const fields = fieldsOf(text);
  const id = fields.find(({ name }) => name === 'id');
  const title =
    fields.find(({ name }) => name === 'question') ??
    fields.find(({ name, type }) => type === 'text' && name !== 'id');
  return {
    key,
    line,
    kind: kindOf(text),
    state,
    id: id && (id.type === 'text' || id.type === 'number') ? id.value : null,
    title: (title?.value ?? (fields.length > 0 ? '' : text.trim())).slice(0, 200),
    problem: problemOf(text),
  };
}

/** A line with its fields. */
export function recordOf(one: Line, line: number): DatasetRecord {
  const { key, text, state } = one;
  const rawClipped = text.length > CLIP_CHARACTERS;
  return {
    key,
    line,
    kind: kindOf(text),
    state,
    stamp: stampOf(text),
    bytes: Buffer.byteLength(text),
    fields: fieldsOf(text),
    raw: text.slice(0, CLIP_CHARACTERS),
    rawClipped,
    rawEditable: !rawClipped,
    problem: problemOf(text),
  };
}

/** Names a content. */
export const stampOf = (text: string): string => JSON.stringify(text);

/** Whether the filter shows a line. */
export function isShown({ text, state }: Line, filter: DatasetFilter): boolean {
  const fields = fieldsOf(text);
  const words = filter.search.toLowerCase().split(/\s+/u);
  const hay =
    filter.field === null || filter.only === 'missing-field'
      ? text
      : fields
          .filter(({ name }) => name === filter.field)
          .map(({ value }) => value)
          .join('\n');
  if (!words.every((word) => hay.toLowerCase().includes(word))) return false;
  if (filter.only === 'problems') return problemOf(text) !== null;
  if (filter.only === 'edited') return state !== 'same';
  if (filter.only === 'missing-field') return !fields.some(({ name }) => name === filter.field);
  return true;
}
