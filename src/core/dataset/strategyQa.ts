import { sentence } from '../sentence.ts';
import { goldOfKind } from './goldOfKind.ts';
import type { Question } from './question.ts';
import { idOf, rationaleOf, RowError, textOf, type RowNote, type RowPlace } from './row.ts';

/**
 * A row of StrategyQA: as its authors publish it (`question`, `answer` true or false, `facts`, `qid`) or in the form of
 * BIG-bench (`input`, `target_scores` of Yes and No, and the facts behind the answer in `target`). The facts become the
 * rationale.
 */
export function fromStrategyQa(
  row: Readonly<Record<string, unknown>>,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const isScored = 'target_scores' in row;
  const field = isScored ? 'input' : 'question';
  const question = textOf(row[field], field);
  const answer = isScored
    ? best(row['target_scores'])
    : goldOfKind('yes-no', row['answer'], 'answer');
  const facts = isScored ? behindAnswer(row['target'], answer) : listed(row['facts']);
  const { id, note } = idOf(row['qid'], 'qid', question);
  return {
    question: {
      id,
      question,
      answer,
      kind: 'yes-no',
      ...(facts === '' ? {} : { rationale: rationaleOf(facts, answer) }),
    },
    notes: note === null ? [] : [{ line: at.line, field: 'qid', note }],
  };
}

/** The one answer with the highest score. */
function best(scores: unknown): string {
  const entries = typeof scores === 'object' && scores !== null ? Object.entries(scores) : [];
  const highest = Math.max(...entries.map(([, score]) => Number(score)));
  const [only, second] = entries.filter(([, score]) => Number(score) === highest);
  if (!only || second)
    throw new RowError('target_scores', sentence`does not put one answer above the others`);
  return goldOfKind('yes-no', only[0], 'target_scores');
}

/** `target` begins with the answer: "No. The density …". One that begins with the other answer contradicts the scores. */
function behindAnswer(target: unknown, answer: string): string {
  if (typeof target !== 'string') return '';
  const [, said, facts = target] = /^\s*(yes|no)\b[.,:]?\s*(.*)$/isu.exec(target) ?? [];
  if (said !== undefined && said.toLowerCase() !== answer)
    throw new RowError('target', sentence`says ${said}, and the scores say ${answer}`);
  return facts.trim();
}

function listed(facts: unknown): string {
  return Array.isArray(facts)
    ? facts
        .filter((fact) => typeof fact === 'string')
        .join('\n')
        .trim()
    : '';
}
