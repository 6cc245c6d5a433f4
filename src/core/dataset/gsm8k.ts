import { sentence } from '../sentence.ts';
import type { Question } from './question.ts';
import { givesGold } from './equation.ts';
import { goldOf, idOf, rationaleOf, RowError, textOf, type RowNote, type RowPlace } from './row.ts';

const MARK = /<<[^<>]*>>/gu;

/**
 * A row of GSM8K as published: `question`, and `answer` = rationale with `<<a=b>>` calculator marks, then
 * `#### gold`. The marks leave the text and, where they lead to the gold, become the equation.
 */
export function fromGsm8k(
  row: Readonly<Record<string, unknown>>,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const question = textOf(row['question'], 'question');
  const answer = textOf(row['answer'], 'answer');
  const cut = answer.lastIndexOf('####');
  if (cut < 0) throw new RowError('answer', sentence`has no final answer behind ####`);
  const gold = goldOf(answer.slice(cut + 4), 'answer');
  const worked = answer.slice(0, cut).trim();
  const marks = (worked.match(MARK) ?? []).join('');
  const { id, note } = idOf(row['id'], 'id', question);
  const usable = marks !== '' && givesGold(marks, gold);
  return {
    question: {
      id,
      question,
      answer: gold,
      ...(worked === '' ? {} : { rationale: rationaleOf(worked.replace(MARK, ''), gold) }),
      ...(usable ? { equation: marks } : {}),
    },
    notes: note === null ? [] : [{ line: at.line, field: 'id', note }],
  };
}
