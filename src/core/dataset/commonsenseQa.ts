import { choicesOf } from './choices.ts';
import { valueAt } from './fieldPath.ts';
import { goldOfKind } from './goldOfKind.ts';
import { keyText } from './mapped.ts';
import type { Question } from './question.ts';
import { idOf, textOf, type RowNote, type RowPlace } from './row.ts';

/**
 * A row of CommonsenseQA: as its authors publish it (`question.stem`, `question.choices` as a list of `{label, text}`) or
 * as hubs hold it (`question`, `choices` as `{label: […], text: […]}`); `answerKey` is a label. The rows of the published
 * test set have none and cannot be used.
 */
export function fromCommonsenseQa(
  row: Readonly<Record<string, unknown>>,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const isNested = typeof row['question'] === 'object';
  const field = (name: string): string => (isNested ? `question.${name}` : name);
  const stemField = isNested ? 'question.stem' : 'question';
  const question = textOf(valueAt(row, stemField), stemField);
  const choices = choicesOf(valueAt(row, field('choices')), field('choices'));
  const answer = goldOfKind('choice', row['answerKey'], 'answerKey', { choices });
  const { id, note } = idOf(row['id'], 'id', keyText(question, choices));
  const concept = valueAt(row, field('question_concept'));
  return {
    question: {
      id,
      question,
      answer,
      kind: 'choice',
      choices: [...choices.texts],
      ...(typeof concept === 'string' && concept.trim() !== '' ? { tags: [concept.trim()] } : {}),
    },
    notes: note === null ? [] : [{ line: at.line, field: 'id', note }],
  };
}
