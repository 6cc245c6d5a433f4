import { goldValue } from '../grading/gold.ts';
import { sentence, type Text } from '../sentence.ts';
import { learn } from '../teaching/programmatic/knowledge.ts';
import { maskedQuestion } from './contamination.ts';
import { describeRow } from './describeRow.ts';
import { givesGold } from './equation.ts';
import { decodeString, scanLine, type FieldSpan, type TextField } from './jsonSpans.ts';
import { normaliseQuestion } from './question.ts';
import type { FieldProblem } from './questionProblems.ts';
import { MAX_ID } from './row.ts';

/** A part of a line, in UTF-16 units; `to` is the unit behind it. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What can be wrong with a row by itself. */
export type RowProblemKind =
  | 'conflict'
  | 'not-json'
  | 'comma'
  | 'not-object'
  | 'unreadable'
  | 'missing'
  | 'wrong-type'
  | 'empty'
  | 'long-id'
  | 'bad-gold'
  | 'same-key'
  | 'equation'
  | 'spaces';

/** error: the row is left out as it stands, or nobody can be graded by it; the others are worth knowing. */
export type Severity = 'error' | 'warning' | 'info';

export interface RowProblem extends Span {
  readonly kind: RowProblemKind;
  readonly severity: Severity;
  /** Null where the whole row is meant. */
  readonly field: string | null;
  readonly message: Text;
}

/** What one line of a project's set says, with places; it depends on the line alone. */
export interface RowFacts {
  readonly kind: 'blank' | 'conflict' | 'bad' | 'row';
  readonly problems: readonly RowProblem[];
  /** Whether it is read as a question; all others are left out and reported. */
  readonly usable: boolean;
  readonly id: TextField | null;
  readonly question: TextField | null;
  readonly answer: TextField | null;
  /** Names the question's text. */
  readonly textKey: string | null;
  /** The same with its numbers masked; worked out when it is first asked for. */
  readonly numbersKey: () => string | null;
}

const NOTHING = {
  usable: false,
  id: null,
  question: null,
  answer: null,
  textKey: null,
  numbersKey: () => null,
} as const;

const BLANK: RowFacts = { ...NOTHING, kind: 'blank', problems: [] };
const MARKER = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/u;

/** Whether a merge left the line behind. */
export const isConflictMarker = (line: string): boolean => MARKER.test(line);

/** Reads a line as a question and says all that is wrong with it. */
export function readRow(line: string): RowFacts {
  if (isConflictMarker(line)) {
    const message = sentence`A merge has left this conflict marker: the rows of both sides are still here.`;
    return { ...NOTHING, kind: 'conflict', problems: [whole(line, 'conflict', message)] };
  }
  const { kind, fields, problem, fieldProblems } = describeRow(line, true);
  if (kind === 'blank') return BLANK;
  if (kind !== 'record') {
    const found = kind === 'invalid' ? notJson(line, problem) : whole(line, 'not-object', problem);
    return { ...NOTHING, kind: 'bad', problems: [found] };
  }
  return recordFacts(line, fields, fieldProblems);
}

function whole(line: string, kind: RowProblemKind, message: Text | null): RowProblem {
  const from = line.length - line.trimStart().length;
  const to = line.trimEnd().length;
  return { kind, severity: 'error', field: null, message: message ?? '', from, to };
}

/** Marks the word at which a line stops being JSON, or its last character where it ends too early. */
function notJson(line: string, problem: Text | null): RowProblem {
  const end = line.trimEnd();
  if (end.endsWith(',') && scanLine(end.slice(0, -1)).kind === 'record') {
    const message = sentence`Each line is JSON by itself: no comma stands behind it.`;
    return { ...whole(line, 'comma', message), from: end.length - 1 };
  }
  const scan = scanLine(line);
  const fault = scan.kind === 'invalid' ? scan.at : 0;
  const from = Math.min(fault, Math.max(0, end.length - 1));
  const [word = ' '] = /^(?:[\p{L}\p{N}_.+-]+|.)/u.exec(line.slice(from)) ?? [];
  return { ...whole(line, 'not-json', problem), from, to: from + word.length };
}

function recordFacts(
  line: string,
  fields: readonly FieldSpan[],
  refused: readonly FieldProblem[],
): RowFacts {
  const problems: RowProblem[] = [];
  // Of equal names the last one counts, as for every reader.
  const counting = new Map<string, FieldSpan>();
  for (const field of fields) {
    const former = counting.get(field.name);
    counting.set(field.name, field);
    if (former) problems.push(overridden(former));
  }
  for (const field of new Set(refused.map((one) => one.field))) {
    const message = refused.find((one) => one.field === field)?.problem ?? '';
    problems.push(refusal(line, field, counting.get(field), message));
  }
  const [id, question, answer] = ['id', 'question', 'answer'].map((name) =>
    textField(line, counting.get(name)),
  );
  if (question && question.text !== '' && question.text.trim() === '') {
    problems.push(
      about(question, 'empty', 'question', sentence`The field ${'question'} is empty.`),
    );
  }
  const kind = textField(line, counting.get('kind'))?.text ?? 'number';
  problems.push(...goldProblems(answer ?? null, kind === 'number'));
  const equation = textField(line, counting.get('equation'));
  const doubt = equation && doubtOfEquation(equation.text, question, answer ?? null);
  if (equation && doubt) {
    problems.push({ ...about(equation, 'equation', 'equation', doubt), severity: 'warning' });
  }
  let masked: string | null = null;
  return {
    kind: 'row',
    problems,
    usable: refused.length === 0,
    id: id ?? null,
    question: question ?? null,
    answer: answer ?? null,
    textKey: question ? normaliseQuestion(question.text) : null,
    numbersKey: () => (masked ??= question ? maskedQuestion(question.text) : null),
  };
}

function about(at: Span, kind: RowProblemKind, field: string, message: Text): RowProblem {
  return { kind, severity: 'error', field, message, from: at.from, to: at.to };
}

function overridden({ name, keyStart: from, keyEnd: to }: FieldSpan): RowProblem {
  const message = sentence`The row has the field ${name} twice: the last one counts, not this one.`;
  return { kind: 'same-key', severity: 'warning', field: name, message, from, to };
}

/** What the reader of data files has against a row, at the value that it means. */
function refusal(
  line: string,
  field: string,
  span: FieldSpan | undefined,
  message: Text,
): RowProblem {
  if (field === '') return whole(line, 'unreadable', message);
  if (!span) return { ...whole(line, 'missing', message), field };
  const at = { from: span.valueStart, to: span.valueEnd };
  if (span.type !== 'text') return about(at, 'wrong-type', field, message);
  const { length } = decodeString(line.slice(at.from, at.to));
  if (length === 0) return about(at, 'empty', field, message);
  if (field === 'answer') return about(at, 'bad-gold', field, message);
  return about(at, field === 'id' && length > MAX_ID ? 'long-id' : 'wrong-type', field, message);
}

function textField(line: string, span: FieldSpan | undefined): TextField | null {
  if (span?.type !== 'text') return null;
  const { valueStart: from, valueEnd: to } = span;
  return { text: decodeString(line.slice(from, to)), from, to };
}

function goldProblems(answer: TextField | null, isNumber: boolean): RowProblem[] {
  if (answer === null || answer.text === '') return [];
  if (isNumber && goldValue(answer.text) === null) {
    const shown = JSON.stringify(answer.text.slice(0, 60));
    const message = sentence`The answer is not one number, so that no attempt can be graded by it: ${shown}.`;
    return [about(answer, 'bad-gold', 'answer', message)];
  }
  if (answer.text === answer.text.trim()) return [];
  const message = sentence`The answer has spaces around it.`;
  return [{ ...about(answer, 'spaces', 'answer', message), severity: 'info' }];
}

/** Why the programmatic teacher could not work from an equation; rounded golds are fine. */
function doubtOfEquation(
  equation: string,
  question: TextField | null | undefined,
  answer: TextField | null,
): Text | null {
  if (equation === '' || !question || !answer || goldValue(answer.text) === null) return null;
  if (givesGold(equation, answer.text)) return null;
  const known = learn({ id: '', question: question.text, answer: answer.text, equation });
  if (known === 'wrong-value') return sentence`The equation does not give the answer.`;
  if (known === 'unreadable') return sentence`The equation cannot be read as arithmetic.`;
  return null;
}
