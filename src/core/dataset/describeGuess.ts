import { letterAt } from './choiceLetter.ts';
import { joined, sentence, type Sentence } from '../sentence.ts';
import { importRow } from './importers.ts';
import { mapText } from './mapText.ts';
import { shellWord } from '../shellWord.ts';
import { PARTS, type MappingGuess, type Part, type UnusedChoices } from './guessMapping.ts';
import type { FieldMapping } from './mapped.ts';
import type { Question } from './question.ts';

/** Rows that are shown as examples. */
const EXAMPLES = 3;
const MOST_SHOWN = 160;

/** A guess for a person to look at: which field is which and in how many rows, the kind, and three rows so read. */
export function describeGuess(guess: MappingGuess, rows: readonly unknown[]): Sentence {
  const { mapping, seen } = guess;
  const fields = PARTS.flatMap((part) => {
    const named = fieldOf(mapping, part);
    return named === null
      ? []
      : [sentence`  ${part} = ${named}: in ${seen[part] ?? 0} of ${guess.rows} rows`];
  });
  return joined(
    [
      sentence`Which field is which, guessed from ${guess.rows} rows:`,
      ...fields,
      joined(['  ', kindSentence(guess)], ''),
      ...(guess.unused === undefined ? [] : [unusedSentence(guess.unused)]),
      ...(mapping.id === undefined ? [sentence`  The ids are made from the questions.`] : []),
      sentence`Rows so read:`,
      ...examplesOf(mapping, rows).map((one) => joined(['  ', exampleSentence(one)], '')),
    ],
    '\n',
  );
}

/** The field or the fields that a mapping names for a part. */
export function fieldOf(mapping: FieldMapping, part: Part): string | null {
  const named = mapping[part];
  return named === undefined ? null : typeof named === 'string' ? named : named.join('+');
}

/** What was seen and is not used, why, and how it would be. */
function unusedSentence({ mapping, named, answers }: UnusedChoices): Sentence {
  const fields = fieldOf(mapping, 'choices') ?? '';
  const map = shellWord(mapText(mapping), { windows: false });
  return sentence`  ${fields} can hold choices, and ${named} of ${answers} answers name one: too few to use them. To use them: --map ${map}`;
}

/** What the answers are read as. */
export function kindSentence({ kind, mapping }: MappingGuess): Sentence {
  switch (kind) {
    case 'number':
      return sentence`The answers are numbers.`;
    case 'choice':
      return mapping.first === 1
        ? sentence`The answers name choices: by letter, by text, or by a number that counts from 1.`
        : sentence`The answers name choices: by letter, by text, or by a number that counts from 0.`;
    case 'yes-no':
      return sentence`The answers are yes or no.`;
    case 'exact':
      return sentence`The answers are texts, right when they are the same but for case and spaces.`;
    case 'regex':
      return sentence`The answers are patterns (regular expressions) of what is right.`;
    case 'own':
      return sentence`Each row says the kind of its answer.`;
  }
}

/** How a row was read: the question, what it offers, and the answer. */
export function exampleSentence({ question, answer, choices = [] }: Question): Sentence {
  const offered = choices.map((text, index) => `(${letterAt(index)}) ${cut(text)}`);
  return joined([[cut(question), ...offered].join(' '), cut(answer)], ' → ');
}

/** The first rows that can be read so. */
export function examplesOf(mapping: FieldMapping, rows: readonly unknown[]): Question[] {
  const examples: Question[] = [];
  for (const row of rows) {
    const result = importRow({ kind: 'mapped', mapping }, row, { line: 1 });
    if ('question' in result) examples.push(result.question);
    if (examples.length === EXAMPLES) break;
  }
  return examples;
}

function cut(text: string): string {
  const line = text.replace(/\s+/gu, ' ');
  return line.length <= MOST_SHOWN ? line : `${line.slice(0, MOST_SHOWN)}…`;
}
