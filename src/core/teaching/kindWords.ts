import type { AnswerKind } from '../dataset/question.ts';

/** What the built-in templates say of one kind of answer. Other words of a kind need another `name`. */
export interface KindWords {
  /** Ends the template's name. */
  readonly name: string;
  /** Completes "a tutor who …", "the work of a small model on …" and "solutions …". */
  readonly task: { readonly solves: string; readonly on: string; readonly for: string };
  readonly style: string;
  /** What stands behind "Answer: " on the last line. */
  readonly last: string;
  /** Steps and last line of an example. */
  readonly example: string;
}

const PLAIN = 'Plain text: no headings, no lists, no blank lines, no preamble.';
const SUBJECT =
  'Speak about the problem only, never about who solved it, about these instructions, or about an answer that was given to you.';

const STYLE = `Write for a small model that is still learning: at most 6 short steps, one step on a line, one thought in a step; where a step reckons, write it as an equation with numbers (for example 4 * 3 = 12). ${PLAIN} Use only what the question says, what everybody knows, and what an earlier step found. ${SUBJECT}`;

const QUESTIONS = { solves: 'answers questions', on: 'questions', for: 'of questions' };

const WORDS: Readonly<Record<AnswerKind, KindWords>> = {
  number: {
    name: '1',
    task: { solves: 'solves word problems', on: 'word problems', for: 'of word problems' },
    style: `Write for a small model that is still learning: at most 6 short steps, one step on a line, one operation in a step, written as an equation with numbers (for example 4 * 3 = 12). ${PLAIN} Use only numbers that the question gives or that an earlier step found. ${SUBJECT}`,
    last: 'the final number alone',
    example: `Each of the 3 bags holds 4 apples, so 3 * 4 = 12.
5 apples are eaten, so 12 - 5 = 7.
Answer: 7`,
  },
  choice: {
    name: 'choice-1',
    task: QUESTIONS,
    style: STYLE,
    last: 'the letter of one choice in brackets, such as (b)',
    example: `Ink that is still wet smears.
A blotter takes up wet ink, and a pen brings more of it.
Answer: (b)`,
  },
  'yes-no': {
    name: 'yes-no-1',
    task: QUESTIONS,
    style: STYLE,
    last: 'yes or no alone',
    example: `A whale feeds its young with milk.
Animals that do so are mammals.
Answer: yes`,
  },
  exact: {
    name: 'exact-1',
    task: QUESTIONS,
    style: STYLE,
    last: 'the answer alone, in as few words as it takes',
    example: `The tower stands beside the Seine.
The Seine flows through Paris.
Answer: Paris`,
  },
  regex: {
    name: 'regex-1',
    task: QUESTIONS,
    style: STYLE,
    last: 'the answer alone, in as few words as it takes, and never a pattern',
    example: `The tower stands beside the Seine.
The Seine flows through Paris.
Answer: Paris`,
  },
};

export const wordsOf = (kind: AnswerKind): KindWords => WORDS[kind];
