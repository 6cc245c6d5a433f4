import { TEST_SET } from '../round/looks.ts';
import { sentence, type Text } from '../sentence.ts';
import { overlapSteps, type ComparedQuestion } from './contamination.ts';
import {
  readRow,
  type RowFacts,
  type RowProblemKind,
  type Severity,
  type Span,
} from './rowFacts.ts';

/** What can be wrong with a row beside others. */
export type FindingKind =
  | RowProblemKind
  | 'same-id'
  | 'same-text'
  | 'overlap-id'
  | 'overlap-text'
  | 'overlap-numbers'
  /** Stands for those that are not listed. */
  | 'more';

export interface Place extends Span {
  /** 0-based. */
  readonly line: number;
}

export interface Finding extends Place {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly field: string | null;
  readonly message: Text;
  readonly related: readonly Related[];
}

/** Another row that a finding is about. */
export interface Related extends Place {
  /** The other set; null: this very file. */
  readonly set: string | null;
  readonly message: Text;
}

/** A set of the project beside the one that is looked at. */
export interface OtherSet {
  readonly name: string;
  readonly rows: readonly RowFacts[];
}

/** Rows that are looked at between two yields. */
const PIECE = 50;
/** More questions than this that are alike but for their numbers are a matter of the set, not of its rows. */
const MOST_ALIKE = 20;
/** So many findings are listed. */
export const MOST_FINDINGS = 200;

/** Reads lines, those that are known from before not again. A generator: each `next` does a bounded piece of work. */
export function* readRows(
  lines: readonly string[],
  known: ReadonlyMap<string, RowFacts> = new Map(),
): Generator<void, readonly RowFacts[], void> {
  const rows: RowFacts[] = [];
  for (const line of lines) {
    rows.push(known.get(line) ?? readRow(line));
    if (rows.length % PIECE === 0) yield;
  }
  return rows;
}

/** Everything that is wrong with a set: with each row, between its rows, and between it and the other sets. */
export function* diagnoseRows(
  rows: readonly RowFacts[],
  set: string,
  others: readonly OtherSet[],
): Generator<void, Finding[], void> {
  const found: Finding[] = [];
  const ids = new Map<string, number>();
  const texts = new Map<string, number>();
  for (const [line, row] of rows.entries()) {
    if (line % PIECE === 0) yield;
    for (const problem of row.problems) found.push({ ...problem, line, related: [] });
    const twin = twinOf(rows, line, ids, texts);
    if (twin) found.push(twin);
  }
  for (const other of others) {
    const why = whyCompared(set, other.name);
    if (why === null) continue;
    // Only a question that is trained on is left out by its id.
    const same = why === 'trained' ? sameIds(rows, set, other) : [];
    found.push(...same);
    yield;
    const told = new Set(same.map(({ line }) => line));
    const alikes = yield* alike(rows, told, set, other);
    found.push(...alikes.filter(({ kind }) => why === 'trained' || kind === 'overlap-text'));
  }
  return found;
}

/**
 * Why two sets are held against each other: what measures the student must not be trained on, and test must be new to
 * what was chosen by dev. Null: other measuring sets need not differ.
 */
export function whyCompared(set: string, other: string): 'trained' | 'chosen' | null {
  if ((set === 'train') !== (other === 'train')) return 'trained';
  const isPair = [set, other].includes('dev') && [set, other].includes(TEST_SET);
  return isPair ? 'chosen' : null;
}

/** What an earlier row has already: the id, or else the text. Rows that are left out anyway take nothing away. */
function twinOf(
  rows: readonly RowFacts[],
  line: number,
  ids: Map<string, number>,
  texts: Map<string, number>,
): Finding | null {
  const row = rows[line];
  if (!row?.usable || !row.id || !row.question || row.textKey === null) return null;
  const sameId = ids.get(row.id.text);
  if (sameId !== undefined) {
    const first = placeOf(rows, sameId, 'id');
    return {
      ...finding('same-id', 'error', 'id', line, row.id),
      message: sentence`Line ${sameId + 1} has this id, too: this row is left out.`,
      related: [{ ...first, set: null, message: sentence`The first row with this id.` }],
    };
  }
  ids.set(row.id.text, line);
  const sameText = texts.get(row.textKey);
  if (sameText === undefined) {
    texts.set(row.textKey, line);
    return null;
  }
  const agree = rows[sameText]?.answer?.text === row.answer?.text;
  return {
    ...finding('same-text', 'warning', 'question', line, row.question),
    message: agree
      ? sentence`Line ${sameText + 1} has the same question.`
      : sentence`Line ${sameText + 1} has the same question with another answer.`,
    related: [
      {
        ...placeOf(rows, sameText, 'question'),
        set: null,
        message: sentence`The first row with this question.`,
      },
    ],
  };
}

function finding(
  kind: FindingKind,
  severity: Severity,
  field: string,
  line: number,
  { from, to }: Span,
): Omit<Finding, 'message' | 'related'> {
  return { kind, severity, field, line, from, to };
}

function placeOf(rows: readonly RowFacts[], line: number, field: 'id' | 'question'): Place {
  const { from, to } = rows[line]?.[field] ?? { from: 0, to: 0 };
  return { line, from, to };
}

function leftOut(set: string, other: string): Text {
  if (whyCompared(set, other) === 'chosen') {
    return sentence`The set ${other} has the same question: test is to be new to what was chosen by dev.`;
  }
  return set === 'train'
    ? sentence`The set ${other} has it, too: the question is not trained on.`
    : sentence`The training set has it, too: the question is not trained on.`;
}

function sameIds(rows: readonly RowFacts[], set: string, other: OtherSet): Finding[] {
  const there = new Map<string, number>();
  other.rows.forEach(({ usable, id }, line) => {
    if (usable && id && !there.has(id.text)) there.set(id.text, line);
  });
  return rows.flatMap(({ usable, id }, line) => {
    const at = usable && id ? there.get(id.text) : undefined;
    if (!id || at === undefined) return [];
    const message = sentence`The row with this id in ${other.name}.`;
    return [
      {
        ...finding('overlap-id', 'info', 'id', line, id),
        message: leftOut(set, other.name),
        related: [{ ...placeOf(other.rows, at, 'id'), set: other.name, message }],
      },
    ];
  });
}

function* alike(
  rows: readonly RowFacts[],
  told: ReadonlySet<number>,
  set: string,
  other: OtherSet,
): Generator<void, Finding[], void> {
  const own = compared(rows).filter(({ id }) => !told.has(Number(id)));
  const overlaps = yield* overlapSteps(own, compared(other.rows));
  const findings = overlaps.flatMap(({ same, first, second }) =>
    first.map((name): Finding => {
      const line = Number(name);
      const related = {
        ...placeOf(other.rows, Number(second[0]), 'question'),
        set: other.name,
        message: sentence`The question in ${other.name}.`,
      };
      const at = placeOf(rows, line, 'question');
      return {
        ...finding(
          same === 'text' ? 'overlap-text' : 'overlap-numbers',
          'info',
          'question',
          line,
          at,
        ),
        message:
          same === 'text'
            ? leftOut(set, other.name)
            : sentence`The set ${other.name} has the same question with other numbers.`,
        related: [related],
      };
    }),
  );
  const numbers = findings.filter(({ kind }) => kind === 'overlap-numbers');
  const [firstOne] = numbers;
  if (numbers.length <= MOST_ALIKE || !firstOne) return findings;
  // Templated sets are alike by design: said once, not row by row.
  const message = sentence`${numbers.length} questions of this file stand in ${other.name} with other numbers.`;
  return [...findings.filter(({ kind }) => kind !== 'overlap-numbers'), { ...firstOne, message }];
}

/** The rows that count as questions, named by their lines. */
function compared(rows: readonly RowFacts[]): ComparedQuestion[] {
  return rows.flatMap(({ usable, textKey: text, numbersKey }, line) =>
    usable && text !== null ? [{ id: String(line), text, numbers: () => numbersKey() ?? '' }] : [],
  );
}

const RANK: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The gravest findings up to a number, in the order of the file, and one that counts the others. */
export function capFindings(all: readonly Finding[], most = MOST_FINDINGS): Finding[] {
  const byPlace = (a: Finding, b: Finding): number => a.line - b.line || a.from - b.from;
  const ranked = [...all].sort((a, b) => RANK[a.severity] - RANK[b.severity] || byPlace(a, b));
  const listed = ranked.slice(0, most).sort(byPlace);
  const [first] = ranked.slice(most);
  if (!first) return listed;
  const { line, from, to, severity } = first;
  const count = ranked.length - most;
  const message =
    count === 1
      ? sentence`1 further problem of this file is not listed.`
      : sentence`${count} further problems of this file are not listed.`;
  return [...listed, { kind: 'more', severity, field: null, line, from, to, message, related: [] }];
}
