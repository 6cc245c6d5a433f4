import type { LineKind } from '../../shared/datasetContract.ts';
import { sentence, type Text } from '../sentence.ts';
import { MAX_DEPTH } from './jsonScanner.ts';
import { decodeString, scanLine, type FieldSpan, type LineScan } from './jsonSpans.ts';
import { questionProblems, type FieldProblem } from './questionProblems.ts';
import { faultSentence } from './typedJson.ts';

/** Characters of a row's title in the list. */
export const TITLE_CHARACTERS = 200;

/** What one line is and says of itself; other rows aside. */
export interface RowDescription {
  readonly kind: LineKind;
  readonly fields: readonly FieldSpan[];
  readonly id: string | null;
  readonly title: string;
  readonly problem: Text | null;
  /** Of a project's set: what is wrong, field by field. */
  readonly fieldProblems: readonly FieldProblem[];
}

/** Describes a line without its end; `inSet`: it has to be a question of a project. */
export function describeRow(line: string, inSet: boolean): RowDescription {
  const scan = scanLine(line);
  if (scan.kind !== 'record') return noRecord(line, scan, inSet);
  const { fields } = scan;
  const fieldProblems = inSet ? setProblems(line) : [];
  return {
    kind: 'record',
    fields,
    id: idOf(line, fields),
    title: titleOf(line, fields),
    problem: fieldProblems[0]?.problem ?? null,
    fieldProblems,
  };
}

function noRecord(
  line: string,
  scan: Exclude<LineScan, { kind: 'record' }>,
  inSet: boolean,
): RowDescription {
  const base = { fields: [], id: null, title: clipped(line), fieldProblems: [] };
  switch (scan.kind) {
    case 'blank':
      return { ...base, kind: 'blank', title: '', problem: null };
    case 'other':
      return {
        ...base,
        kind: 'other',
        problem: inSet ? sentence`This line is JSON, but no record.` : null,
      };
    case 'invalid':
      return { ...base, kind: 'invalid', problem: invalidSentence(line, scan) };
  }
}

function invalidSentence(line: string, scan: Extract<LineScan, { kind: 'invalid' }>): Text {
  if (line.charCodeAt(scan.at) === 0) {
    return sentence`This is not valid JSON: it holds a zero byte (character ${scan.at + 1}).`;
  }
  if (scan.why === 'second' && /\r\s*$/u.test(line.slice(0, scan.at))) {
    return sentence`This line holds several records, parted by a carriage return alone.`;
  }
  return faultSentence(scan.why, scan.at);
}

/** What readers of a set refuse beyond the schema: numbers without end, and half a character. */
function setProblems(line: string): FieldProblem[] {
  const value: unknown = JSON.parse(line);
  return typeof value === 'object' && value !== null ? setProblemsOf(line, value) : [];
}

function setProblemsOf(line: string, value: object): FieldProblem[] {
  const found = questionProblems(value);
  if (someLeaf(value, isInfinite)) {
    found.push({ field: '', problem: sentence`A number in this row is too large to be read.` });
  }
  // A line of a file is whole characters: half of one can only be spelt.
  if (line.includes('\\u') && someLeaf(value, isHalf)) {
    const problem = sentence`A text of this row has half of a character (a lone surrogate).`;
    found.push({ field: '', problem });
  }
  return found;
}

const isInfinite = (leaf: unknown): boolean => typeof leaf === 'number' && !Number.isFinite(leaf);
const isHalf = (leaf: unknown): boolean =>
  typeof leaf === 'string' && /[\ud800-\udfff]/u.test(leaf);

function someLeaf(value: unknown, test: (leaf: unknown) => boolean): boolean {
  if (typeof value !== 'object' || value === null) return test(value);
  for (const [key, member] of Object.entries(value)) {
    if (test(key) || someLeaf(member, test)) return true;
  }
  return false;
}

/** Of duplicate keys the last counts, as for every reader. A number's id is its spelling: digits are never lost. */
function idOf(line: string, fields: readonly FieldSpan[]): string | null {
  const field = fields.findLast(({ name }) => name === 'id');
  if (field === undefined) return null;
  const raw = line.slice(field.valueStart, field.valueEnd);
  if (field.type === 'text') return decodeString(raw);
  return field.type === 'number' ? raw : null;
}

function titleOf(line: string, fields: readonly FieldSpan[]): string {
  const textOf = (field: FieldSpan): string =>
    decodeString(line.slice(field.valueStart, field.valueEnd));
  const question = fields.findLast(({ name, type }) => name === 'question' && type === 'text');
  if (question !== undefined) return clipped(textOf(question));
  const texts = fields.filter(({ name, type }) => name !== 'id' && type === 'text');
  const title = texts
    .slice(0, 3)
    .map(textOf)
    .filter((text) => text.trim() !== '')
    .join(' · ');
  return clipped(title === '' ? line : title);
}

function clipped(text: string): string {
  const plain = text
    .slice(0, 4 * TITLE_CHARACTERS)
    .replace(/\s+/gu, ' ')
    .trim();
  return clip(plain, TITLE_CHARACTERS);
}

/** The beginning of a text, at most so many units; no pair of surrogates is cut. */
export function clip(text: string, units: number): string {
  if (text.length <= units) return text;
  const last = text.charCodeAt(units - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? units - 1 : units);
}

/** Whether a record lacks a field that it needs. */
export function lacksField(fields: readonly FieldSpan[], needed: readonly string[]): boolean {
  const names = new Set(fields.map(({ name }) => name));
  return needed.some((name) => !names.has(name));
}

/** What a check of all rows needs of one: whether it is usable, and its id. */
export interface Assessment {
  readonly sound: boolean;
  readonly id: string | null;
}

/** The same answers as `describeRow` gives, faster: most rows are plain records that can be parsed. */
export function assessRow(line: string, inSet: boolean): Assessment {
  const value = isDeep(line) ? undefined : parsed(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return assessed(line, inSet);
  const id: unknown = Object.hasOwn(value, 'id') && 'id' in value ? value.id : undefined;
  if (typeof id === 'number') return assessed(line, inSet);
  const sound = !inSet || setProblemsOf(line, value).length === 0;
  return { sound, id: typeof id === 'string' ? id : null };
}

function assessed(line: string, inSet: boolean): Assessment {
  const { problem, id } = describeRow(line, inSet);
  return { sound: problem === null, id };
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Whether a line has brackets enough to be nested too deeply. */
function isDeep(line: string): boolean {
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = line.indexOf(bracket); at >= 0; at = line.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > MAX_DEPTH) return true;
    }
  }
  return false;
}
