import { choicesOf } from './choices.ts';
import { pathsOf, valueAt } from './fieldPath.ts';
import { choiceColumns } from './choiceColumns.ts';
import { mappedChoices, mappedGold, type FieldMapping } from './mapped.ts';
import { answerKindSchema, type AnswerKind } from './question.ts';
import { RowError } from './row.ts';

/** Rows that a guess is made from. */
export const GUESSED_FROM = 200;

/** Choices that were seen and are not used, for too few of the answers name one. */
export interface UnusedChoices {
  /** The one that would use them. */
  readonly mapping: FieldMapping;
  readonly named: number;
  readonly answers: number;
}

/** A mapping that was guessed, and how much of it was seen. */
export interface MappingGuess {
  readonly mapping: FieldMapping;
  /** The kind of the answers, said also where the mapping leaves it out; "own": each row says its own. */
  readonly kind: AnswerKind | 'own';
  /** Rows that were looked at. */
  readonly rows: number;
  /** In how many of them each part was found, of the answer: and can be read as one of its kind. */
  readonly seen: Readonly<Partial<Record<Part, number>>>;
  readonly unused?: UnusedChoices;
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
/** Fewer are enough for choices, and for yes or no, where all that is left is that the answers are any texts. */
const MOST = 2 / 3;
const LEAST = 2;

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
  const parts = rest();
  const unused = unusedChoices(rows, { question, answer }, choices, mapping);
  return {
    ...lookAtMapping(rows, { ...mapping, ...parts }),
    ...(unused === null ? {} : { unused: { ...unused, mapping: { ...parts, ...unused.mapping } } }),
  };

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
  const answers = answersOf(rows, own.answer);
  const isMeant = (mapping: FieldMapping): boolean =>
    readable(answers, mapping) >= NEARLY_ALL * answers.length;
  const isLikely = (mapping: FieldMapping): boolean =>
    readable(answers, mapping) >= Math.max(LEAST, MOST * answers.length);
  const offered: Partial<FieldMapping> = choices === undefined ? {} : { choices };
  if (share(rows, hasKind) >= ENOUGH) return { ...own, ...offered };
  const choice = choices === undefined ? null : choiceMapping(answers, own, choices);
  const yesNo: FieldMapping = { ...own, kind: 'yes-no' };
  if (choice !== null && isMeant(choice)) return choice;
  if (isMeant(yesNo)) return yesNo;
  // Said where a row offers choices: without it they would be what the answer is looked up in.
  if (isMeant({ ...own, kind: 'number' }))
    return choice === null ? own : { ...own, kind: 'number' };
  // The rest are mistakes, which the import lists row by row.
  if (choice !== null && isLikely(choice)) return choice;
  return isLikely(yesNo) ? yesNo : { ...own, kind: 'exact' };
}

const answersOf = (rows: readonly unknown[], answer: string): unknown[] =>
  rows.filter((row) => isScalar(valueAt(row, answer)));

const readable = (answers: readonly unknown[], mapping: FieldMapping): number =>
  answers.filter((row) => quietly(() => mappedGold(row, mapping)) !== undefined).length;

/** A mapping to choices that counts them from where more of the answers name one. */
function choiceMapping(
  answers: readonly unknown[],
  own: { readonly question: string; readonly answer: string },
  choices: NonNullable<FieldMapping['choices']>,
): FieldMapping {
  const [from0, from1]: readonly [FieldMapping, FieldMapping] = [
    { ...own, choices },
    { ...own, choices, first: 1 },
  ];
  // Counting from 1 is told only by the last number, which counting from 0 leaves without a choice.
  return readable(answers, from1) > readable(answers, from0) ? from1 : from0;
}

/** The choices that a mapping leaves aside; null where there are none, or it uses them. */
function unusedChoices(
  rows: readonly unknown[],
  own: { readonly question: string; readonly answer: string },
  choices: FieldMapping['choices'],
  mapping: FieldMapping,
): UnusedChoices | null {
  if (choices === undefined || mapping.choices !== undefined) return null;
  const answers = answersOf(rows, own.answer);
  const named = choiceMapping(answers, own, choices);
  return { mapping: named, named: readable(answers, named), answers: answers.length };
}
