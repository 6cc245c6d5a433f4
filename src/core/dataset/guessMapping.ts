import { choicesOf } from './choices.ts';
import { pathsOf, valueAt } from './fieldPath.ts';
import { choiceColumns } from './choiceColumns.ts';
import { mappedChoices, mappedGold, type FieldMapping } from './mapped.ts';
import { answerKindSchema, type AnswerKind } from './question.ts';
import { RowError } from './row.ts';

/** Rows that a guess is made from. */
export const GUESSED_FROM = 200;

/** A mapping that was guessed, and how much of it was seen. */
export interface MappingGuess {
  readonly mapping: FieldMapping;
  /** The kind of the answers, said also where the mapping leaves it out; "own": each row says its own. */
  readonly kind: AnswerKind | 'own';
  /** Rows that were looked at. */
  readonly rows: number;
  /** In how many of them each part was found, of the answer: and can be read as one of its kind. */
  readonly seen: Readonly<Partial<Record<Part, number>>>;
}

/** What of a row a mapping names fields for, in the order in which people are told. */
export const PARTS = ['question', 'answer', 'choices', 'rationale', 'equation', 'id'] as const;
export type Part = (typeof PARTS)[number];

/** Names that people give to fields, best first. */
const NAMES: Readonly<Record<Part, readonly string[]>> = {
  id: ['id', '_id', 'qid', 'question_id', 'uid', 'uuid', 'idx', 'index'],
  question: [
    'question',
    'problem',
    'query',
    'question_stem',
    'stem',
    'prompt',
    'instruction',
    'input',
    'text',
  ],
  answer: [
    'answerkey',
    'answer_key',
    'answer',
    'gold',
    'final_answer',
    'correct_answer',
    'correct_option',
    'target',
    'expected',
    'label',
    'result',
    'output',
    'correct',
    'cop',
  ],
  rationale: [
    'rationale',
    'reasoning',
    'explanation',
    'chain_of_thought',
    'cot',
    'solution',
    'steps',
    'facts',
    'exp',
  ],
  equation: ['equation', 'expression', 'formula'],
  choices: ['choices', 'options', 'answer_choices', 'candidates', 'alternatives', 'endings'],
};

/** A part is one only where at least this share of the rows has it. */
const ENOUGH = 0.5;
/** So many of the answers must be of a kind for the others to be mistakes. */
const NEARLY_ALL = 0.9;

const share = (rows: readonly unknown[], test: (row: unknown) => boolean): number =>
  rows.filter(test).length / rows.length;
const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';
const isScalar = (value: unknown): boolean =>
  isText(value) || typeof value === 'number' || typeof value === 'boolean';
const isTexts = (value: unknown): boolean =>
  isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));

/** The last key of a path, as the lists of names spell it: `finalAnswer`, `Final Answer` and `final-answer` are one. */
function nameOf(path: string): string {
  return path
    .slice(path.lastIndexOf('.') + 1)
    .replace(/(?<=[a-z])(?=[A-Z])/gu, '_')
    .replace(/[\s-]+/gu, '_')
    .toLowerCase();
}

/** A mapping guessed from names and values of some rows; null when no question or no answer can be told. */
export function guessMapping(all: readonly unknown[]): MappingGuess | null {
  const rows = all.slice(0, GUESSED_FROM);
  const paths = [...new Set(rows.flatMap((row) => pathsOf(row)))];
  const named = (part: Part, usable: (value: unknown) => boolean, least: number): string[] =>
    NAMES[part].flatMap((name) =>
      paths.filter((path) => {
        const own = nameOf(path);
        return (
          (own === name || own === name.replaceAll('_', '')) &&
          share(rows, (row) => usable(valueAt(row, path))) >= least
        );
      }),
    );
  const [question] = named('question', isText, ENOUGH);
  if (question === undefined) return null;
  const choices = named('choices', isChoices, ENOUGH)[0] ?? choiceColumns(paths);
  const taken = new Set([question, ...(typeof choices === 'object' ? choices : [choices])]);
  const answers = named('answer', isScalar, ENOUGH).filter((path) => !taken.has(path));
  const [answer] = answers;
  if (answer === undefined) return null;
  const mapping = answerKind(rows, { question, answer }, choices);
  return lookAtMapping(rows, { ...mapping, ...rest() });

  function rest(): Partial<FieldMapping> {
    const kind = kindIn(rows, mapping);
    const free = (path: string): boolean => path !== question && path !== answer;
    const few = 1 / Math.max(1, rows.length);
    const id = named('id', isScalar, ENOUGH).find((path) => free(path) && names(rows, path));
    const rationale = named('rationale', isTexts, few).find(free);
    const equation = kind === 'number' ? named('equation', isText, few).find(free) : undefined;
    return {
      ...(id === undefined ? {} : { id }),
      ...(rationale === undefined ? {} : { rationale }),
      ...(equation === undefined ? {} : { equation }),
    };
  }
}

/** How much of a mapping is found in some rows. */
export function lookAtMapping(all: readonly unknown[], mapping: FieldMapping): MappingGuess {
  const rows = all.slice(0, GUESSED_FROM);
  const count = (test: (row: unknown) => boolean): number => rows.filter(test).length;
  const seen: Partial<Record<Part, number>> = {};
  for (const part of ['question', 'id', 'rationale', 'equation'] as const) {
    const path = mapping[part];
    if (path === undefined) continue;
    seen[part] = count((row) => isTexts(valueAt(row, path)) || isScalar(valueAt(row, path)));
  }
  seen.answer = count((row) => quietly(() => mappedGold(row, mapping)) !== undefined);
  if (mapping.choices !== undefined)
    seen.choices = count((row) => quietly(() => mappedChoices(row, mapping)) !== undefined);
  return { mapping, kind: kindIn(rows, mapping), rows: rows.length, seen };
}

/** The kind that a mapping reads answers as. */
function kindIn(rows: readonly unknown[], { kind, choices }: FieldMapping): MappingGuess['kind'] {
  if (kind !== undefined) return kind;
  if (share(rows, hasKind) >= ENOUGH) return 'own';
  return choices === undefined ? 'number' : 'choice';
}

const hasKind = (row: unknown): boolean => answerKindSchema.safeParse(valueAt(row, 'kind')).success;

/** Whether a field tells rows apart, by more than their order in the file. */
function names(rows: readonly unknown[], path: string): boolean {
  const values = rows.map((row) => valueAt(row, path)).filter(isScalar);
  if (new Set(values.map(String)).size < values.length) return false;
  if (!/^(?:idx|index)$/u.test(nameOf(path))) return true;
  // An index that counts the rows of this very file would be another one in another order.
  const first = Number(values[0]);
  return !values.every((value, place) => Number(value) === first + place) || first > 1;
}

function isChoices(value: unknown): boolean {
  // A text of lines or bars is too common to be taken for choices unasked.
  if (typeof value === 'string' && !/^\s*[[{]/u.test(value)) return false;
  return quietly(() => choicesOf(value, 'choices')) !== undefined;
}

/** What a reading gives; undefined where the row cannot be read so. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowError) return undefined;
    throw error;
  }
}

/** A mapping by the answers: a choice where they name the row's choices, else yes or no, numbers, texts. */
function answerKind(
  rows: readonly unknown[],
  own: { readonly question: string; readonly answer: string },
  choices: FieldMapping['choices'],
): FieldMapping {
  const answers = rows.filter((row) => isScalar(valueAt(row, own.answer)));
  const readable = (mapping: FieldMapping): number =>
    answers.filter((row) => quietly(() => mappedGold(row, mapping)) !== undefined).length;
  const isMeant = (mapping: FieldMapping): boolean =>
    readable(mapping) >= NEARLY_ALL * answers.length;
  const offered: Partial<FieldMapping> = choices === undefined ? {} : { choices };
  if (share(rows, hasKind) >= ENOUGH) return { ...own, ...offered };
  if (choices !== undefined) {
    const [from0, from1]: FieldMapping[] = [
      { ...own, choices },
      { ...own, choices, first: 1 },
    ];
    // Counting from 1 is told only by the last number, which counting from 0 leaves without a choice.
    const better = from1 && from0 && readable(from1) > readable(from0) ? from1 : from0;
    if (better && isMeant(better)) return better;
  }
  if (isMeant({ ...own, kind: 'yes-no' })) return { ...own, kind: 'yes-no' };
  if (!isMeant({ ...own, kind: 'number' })) return { ...own, kind: 'exact' };
  // Said where a row offers choices: without it they would be what the answer is looked up in.
  return choices === undefined ? own : { ...own, kind: 'number' };
}
