import type { Operator } from './tree.ts';

/**
 * The words of the programmatic teacher. Few, short and the same everywhere, because a student of a million
 * parameters has to learn them; the first entry of each list is the plainest. `A` and `B` stand for the operands as
 * they are called in the text. Every phrase must be true of any story with that operation: a difference may be what
 * is left, what is missing or how much more.
 */
export const OPERATION_PHRASES: Readonly<Record<Operator, readonly string[]>> = {
  '+': ['We add:', 'Add B to A:', 'Put A and B together:', 'The sum of A and B:'],
  '-': ['We subtract:', 'Take B from A:', 'How much is A without B:', 'The difference of A and B:'],
  '*': ['We multiply:', 'Multiply A by B:', 'A times B makes:', 'The product of A and B:'],
  '/': ['We divide:', 'Divide A by B:', 'How often does B go into A:', 'The quotient of A and B:'],
};

export interface Connectives {
  readonly first: string;
  /** Taken in turn for the steps after the first. */
  readonly next: readonly string[];
  /** For the last of several steps. */
  readonly last: string;
}

export const CONNECTIVES: readonly Connectives[] = [
  { first: 'First,', next: ['Then'], last: 'Then' },
  { first: 'To begin,', next: ['Next,', 'After that,'], last: 'Next,' },
  { first: 'We start:', next: ['Now we go on:'], last: 'Now the end:' },
  {
    first: 'Step one:',
    next: ['Step two:', 'Step three:', 'Step four:', 'Step five:'],
    last: 'Last step:',
  },
];

/** Lines after bare equations; `C` is the result. None is the plainest. */
export const CLOSINGS: readonly string[] = [
  '',
  'So we have C.',
  'Our result is C.',
  'This gives us C.',
];

/** Lines that say which numbers the solution uses, and, where others stand in the text, which it does not. */
export const NEEDED: readonly { readonly use: string; readonly leave: string }[] = [
  { use: 'We need N.', leave: 'We do not need M.' },
  { use: 'The numbers that matter are N.', leave: 'Not M.' },
  { use: 'Look at N.', leave: 'Skip M.' },
  { use: 'This story asks about N.', leave: 'It does not ask about M.' },
];

/** Lead-ins of the check by the inverse operation; the check's equation follows. */
export const CHECKS: readonly string[] = [
  'Check:',
  'Going back:',
  'It fits, because',
  'The other way round:',
];

/** For a question whose answer stands in its text: the one line of working. `C` is the answer. */
export const NO_STEP: readonly string[] = [
  'The text says C.',
  'We can read C right there.',
  'No sum is needed, it is C.',
  'C stands in the story.',
];
