import { scanLine } from '../dataset/jsonSpans.ts';
import type { Question } from '../dataset/question.ts';
import { patched } from '../dataset/patch.ts';
import { removeField, setField } from '../dataset/spanEdit.ts';
import { learn } from '../teaching/programmatic/knowledge.ts';
import type { RowEdit } from './dataFixes.ts';

/** A row of a data file with corrections written into it. */
export interface WrittenRow {
  readonly line: string;
  /** What became of the row's equation: it goes where it does not give the answer that counts now. */
  readonly equation: 'removed' | 'kept' | null;
}

/** Writes corrections into the line of a question: the values that changed, and nothing else of it. */
export function writeIntoRow(line: string, row: Question, edit: RowEdit): WrittenRow {
  let text = line;
  if (edit.question !== null) text = withText(text, 'question', edit.question);
  if (edit.answer !== null) text = withText(text, 'answer', edit.answer);
  if (text === line || row.equation === undefined) return { line: text, equation: null };
  const now = {
    ...row,
    question: edit.question ?? row.question,
    answer: edit.answer ?? row.answer,
  };
  const known = learn(now);
  if (known !== 'wrong-value' && known !== 'unreadable') return { line: text, equation: 'kept' };
  const index = indexOf(text, 'equation');
  return { line: patched(text, removeField(text, index)), equation: 'removed' };
}

function withText(line: string, field: string, value: string): string {
  const patch = setField(line, indexOf(line, field), 'text', value);
  return patch ? patched(line, patch) : line;
}

/** Of equal names the last one counts, as for every reader. */
function indexOf(line: string, name: string): number {
  const scan = scanLine(line);
  return scan.kind === 'record' ? scan.fields.findLastIndex((field) => field.name === name) : -1;
}
