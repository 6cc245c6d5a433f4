import { sentence } from '../sentence.ts';
import * as z from 'zod';
import { givesGold } from './equation.ts';
import type { Question } from './question.ts';
import { goldOf, idOf, rationaleOf, textOf, type RowNote, type RowPlace } from './row.ts';

const path = z.string().min(1).max(200);

/** Which field of an own data file is which; dots lead into objects and lists (`qa.0.text`). */
export const fieldMappingSchema = z.strictObject({
  question: path,
  answer: path,
  id: path.optional(),
  rationale: path.optional(),
  equation: path.optional(),
});
export type FieldMapping = z.infer<typeof fieldMappingSchema>;

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? new Map(Object.entries(value)).get(key)
    : undefined;
}

/** The value at a dotted path. Own members only; a key that holds dots itself goes first. */
export function valueAt(row: unknown, dotted: string): unknown {
  const whole = member(row, dotted);
  if (whole !== undefined) return whole;
  return dotted.split('.').reduce(member, row);
}

/** A field of this very name that a mapping does not speak of is still what its name says. */
function unnamed(
  name: 'rationale' | 'equation',
  row: unknown,
  mapping: FieldMapping,
): string | undefined {
  const taken = Object.values(mapping).includes(name);
  return !taken && typeof member(row, name) === 'string' ? name : undefined;
}

/** A row of an own data file. */
export function fromMapped(
  row: unknown,
  mapping: FieldMapping,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const question = textOf(valueAt(row, mapping.question), mapping.question);
  const gold = goldOf(valueAt(row, mapping.answer), mapping.answer);
  const notes: RowNote[] = [];
  const optional = (field: string | undefined): string | undefined => {
    const value = field === undefined ? undefined : valueAt(row, field);
    if (field === undefined || value === undefined || value === null || value === '')
      return undefined;
    return textOf(value, field);
  };
  const idField = mapping.id ?? 'id';
  const { id, note } = idOf(
    mapping.id === undefined ? undefined : valueAt(row, mapping.id),
    idField,
    question,
  );
  if (note !== null) notes.push({ line: at.line, field: idField, note });
  const rationale = optional(mapping.rationale ?? unnamed('rationale', row, mapping));
  const equation = optional(mapping.equation ?? unnamed('equation', row, mapping));
  const usable = equation !== undefined && givesGold(equation, gold);
  if (equation !== undefined && !usable) {
    const field = mapping.equation ?? 'equation';
    notes.push({ line: at.line, field, note: sentence`does not give the answer: left out` });
  }
  return {
    question: {
      id,
      question,
      answer: gold,
      ...(rationale === undefined ? {} : { rationale: rationaleOf(rationale, gold) }),
      ...(usable ? { equation } : {}),
    },
    notes,
  };
}

/** Names that people give to fields, best first. */
const NAMES: Readonly<Record<keyof FieldMapping, readonly string[]>> = {
  id: ['id', '_id', 'qid', 'question_id', 'uid', 'uuid', 'idx', 'index'],
  question: ['question', 'problem', 'query', 'prompt', 'instruction', 'input', 'text'],
  answer: ['answer', 'gold', 'final_answer', 'target', 'expected', 'label', 'result', 'output'],
  rationale: [
    'rationale',
    'reasoning',
    'explanation',
    'chain_of_thought',
    'cot',
    'solution',
    'steps',
  ],
  equation: ['equation', 'expression', 'formula'],
};

function paths(value: unknown, prefix: string, depth: number): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .slice(0, 200)
    .flatMap(([key, below]) => [
      `${prefix}${key}`,
      ...(depth > 0 ? paths(below, `${prefix}${key}.`, depth - 1) : []),
    ]);
}

/** A mapping guessed from the names in one row; null when no question or no answer can be told. */
export function guessMapping(row: unknown): FieldMapping | null {
  const known = paths(row, '', 1);
  const find = (
    field: keyof FieldMapping,
    usable: (value: unknown) => boolean,
  ): string | undefined => {
    for (const name of NAMES[field]) {
      const found = known.find(
        (dotted) =>
          dotted.slice(dotted.lastIndexOf('.') + 1).toLowerCase() === name &&
          usable(valueAt(row, dotted)),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isScalar = (value: unknown): boolean => isText(value) || typeof value === 'number';
  const question = find('question', isText);
  const answer = find('answer', isScalar);
  if (question === undefined || answer === undefined) return null;
  const [id, rationale, equation] = [
    find('id', isScalar),
    find('rationale', isText),
    find('equation', isText),
  ];
  return {
    question,
    answer,
    ...(id === undefined ? {} : { id }),
    ...(rationale === undefined ? {} : { rationale }),
    ...(equation === undefined ? {} : { equation }),
  };
}
