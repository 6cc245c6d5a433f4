import { sentence } from '../sentence.ts';
import { equationOf } from './equation.ts';
import type { Question } from './question.ts';
import { goldOf, RowError, textOf, idOf, type RowNote, type RowPlace } from './row.ts';

/**
 * A row of MAWPS and ASDiv-A as SVAMP's authors publish them: `number0`, `number1`, … stand for the `Numbers` in the
 * text and in a prefix equation. The numbers are put back, and the equation becomes infix. The rows have no id.
 */
export function fromMawps(
  row: Readonly<Record<string, unknown>>,
  at: RowPlace,
): { question: Question; notes: RowNote[] } {
  const given = row['Numbers'];
  const numbers = (typeof given === 'string' ? given.trim() : '')
    .split(/\s+/u)
    .filter((one) => one !== '')
    .map(whole);
  const question = filled(textOf(row['Question'], 'Question'), 'Question', numbers);
  const answer = goldOf(whole(textOf(row['Answer'], 'Answer')), 'Answer');
  const notes: RowNote[] = [];
  const prefix = row['Equation'];
  const infix =
    typeof prefix === 'string' && prefix.trim() !== ''
      ? infixOf(filled(prefix, 'Equation', numbers))
      : undefined;
  const equation = equationOf(infix, answer, 'Equation', at, notes);
  const { id } = idOf(undefined, 'Question', question);
  return {
    question: { id, question, answer, ...(equation === undefined ? {} : { equation }) },
    notes,
  };
}

/** The set was written as floats: "504.0" is the 504 of the story. */
function whole(number: string): string {
  return number.replace(/^([-+]?\d+)\.0+$/u, '$1');
}

function filled(text: string, field: string, numbers: readonly string[]): string {
  return text.replace(/\bnumber(\d+)\b/gu, (name, place: string) => {
    const number = numbers[Number(place)];
    if (number === undefined)
      throw new RowError(field, sentence`speaks of ${name}, which Numbers does not hold`);
    return number;
  });
}

/** Longer ones are no story's, and would be nested too deep to be read. */
const MOST_TOKENS = 200;

/** `- + 1 2 3` as `(1 + 2) - 3`; the text itself where it is no whole prefix expression. */
function infixOf(prefix: string): string {
  const tokens = prefix.trim().split(/\s+/u);
  if (tokens.length > MOST_TOKENS) return prefix.trim();
  let at = 0;
  const read = (isOutermost: boolean): string | null => {
    const token = tokens[at];
    at += 1;
    if (token === undefined) return null;
    if (!/^[-+*/]$/u.test(token)) return token;
    const left = read(false);
    const right = read(false);
    if (left === null || right === null) return null;
    return isOutermost ? `${left} ${token} ${right}` : `(${left} ${token} ${right})`;
  };
  const infix = read(true);
  return infix === null || at !== tokens.length ? prefix.trim() : infix;
}
