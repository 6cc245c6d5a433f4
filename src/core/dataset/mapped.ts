import * as z from 'zod';
import { choicesOf, choicesOfColumns, type Choices } from './choices.ts';
import { equationOf } from './equation.ts';
import { valueAt } from './fieldPath.ts';
import { goldOfKind } from './goldOfKind.ts';
import { answerKindSchema, type AnswerKind, type Question } from './question.ts';
import { idOf, rationaleOf, textOf, type RowNote, type RowPlace } from './row.ts';

const path = z.string().min(1).max(200);

/**
 * Which field of own rows is which; dots lead into objects and lists (`qa.0.text`). `choices` is one field or the columns
 * with a choice each; `kind` is the kind of all answers; `first` is the number of the first choice where answers are
 * numbers.
 */
export const fieldMappingSchema = z.strictObject({
  question: path,
  answer: path,
  id: path.optional(),
  rationale: path.optional(),
  equation: path.optional(),
  choices: z.union([path, z.array(path).min(2).max(26)]).optional(),
  kind: answerKindSchema.optional(),
  first: z.union([z.literal(0), z.literal(1)]).optional(),
});
export type FieldMapping = z.infer<typeof fieldMappingSchema>;

/** The parts of a mapping that name one field each. */
export const PATH_PARTS = ['question', 'answer', 'id', 'rationale', 'equation'] as const;

/** All fields that a mapping names. */
export function mappedFields({ choices = [], ...mapping }: FieldMapping): string[] {
  return [
    ...PATH_PARTS.flatMap((part) => mapping[part] ?? []),
    ...(typeof choices === 'string' ? [choices] : choices),
  ];
}

/** A field of this very name that a mapping does not speak of is still what its name says. */
function unnamed(
  name: 'rationale' | 'equation' | 'choices' | 'kind',
  row: unknown,
  mapping: FieldMapping,
): unknown {
  return mappedFields(mapping).includes(name) ? undefined : valueAt(row, name);
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** The choices of a row; undefined where it has none. */
export function mappedChoices(row: unknown, mapping: FieldMapping): Choices | undefined {
  const { choices, kind } = mapping;
  if (typeof choices === 'object') {
    const values = choices.map((field) => valueAt(row, field));
    return choicesOfColumns(values, choices);
  }
  // A set of numbers may have a column of this name: what is not asked for is not looked at.
  const mayHave = kind === undefined || kind === 'choice';
  const value =
    choices === undefined
      ? mayHave
        ? unnamed('choices', row, mapping)
        : undefined
      : valueAt(row, choices);
  return isBlank(value) ? undefined : choicesOf(value, choices ?? 'choices');
}

/** The kind of a row's answer: the mapping's, the row's own, or by whether there are choices. */
function kindOf(row: unknown, mapping: FieldMapping, choices: Choices | undefined): AnswerKind {
  if (mapping.kind !== undefined) return mapping.kind;
  const own = answerKindSchema.safeParse(unnamed('kind', row, mapping));
  if (own.success) return own.data;
  return choices === undefined ? 'number' : 'choice';
}

/** The gold of a row with its kind and its choices. Throws RowError. */
export function mappedGold(
  row: unknown,
  mapping: FieldMapping,
): { answer: string; kind: AnswerKind; choices: Choices | undefined } {
  const choices = mappedChoices(row, mapping);
  const kind = kindOf(row, mapping, choices);
  const { answer: field, first } = mapping;
  const answer = goldOfKind(kind, valueAt(row, field), field, { choices, first });
  return { answer, kind, choices };
}

/** A row of an own data file. */
export function fromMapped(
  row: unknown,
  mapping: FieldMapping,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const question = textOf(valueAt(row, mapping.question), mapping.question);
  const { answer, kind, choices } = mappedGold(row, mapping);
  const notes: RowNote[] = [];
  const optional = (part: 'rationale' | 'equation'): string | undefined => {
    const field = mapping[part];
    const value = field === undefined ? unnamed(part, row, mapping) : valueAt(row, field);
    if (isBlank(value) || (field === undefined && typeof value !== 'string')) return undefined;
    return textOf(asLines(value), field ?? part);
  };
  const idField = mapping.id ?? 'id';
  const { id, note } = idOf(
    mapping.id === undefined ? undefined : valueAt(row, mapping.id),
    idField,
    keyText(question, kind === 'choice' ? choices : undefined),
  );
  if (note !== null) notes.push({ line: at.line, field: idField, note });
  const rationale = optional('rationale');
  const given = kind === 'exact' || kind === 'regex' ? undefined : optional('equation');
  const gold = { answer, kind, choices: choices?.texts };
  const equation = equationOf(given, gold, mapping.equation ?? 'equation', at, notes);
  return {
    question: {
      id,
      question,
      answer,
      ...(kind === 'number' ? {} : { kind }),
      ...(kind === 'choice' && choices ? { choices: [...choices.texts] } : {}),
      ...(rationale === undefined
        ? {}
        : { rationale: rationaleOf(rationale, kind === 'choice' ? `(${answer})` : answer) }),
      ...(equation === undefined ? {} : { equation }),
    },
    notes,
  };
}

/** Facts in a list are the steps of a rationale. */
function asLines(value: unknown): unknown {
  const isTexts =
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
  return isTexts ? value.join('\n') : value;
}

/** What makes a question itself: of a choice also what is offered, for many ask "Which of these is true?" */
export function keyText(question: string, choices: Pick<Choices, 'texts'> | undefined): string {
  return choices === undefined ? question : [question, ...choices.texts].join('\n');
}
