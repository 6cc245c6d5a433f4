import type { Operator } from './tree.ts';

/**
 * The words of the programmatic teacher. Few, short and the same everywhere, because a student of a million
 * parameters has to learn them (the practice student's tokenizer knows most as one token); the first entry of each list
 * is the plainest. `A` and `B` stand for the operands as
 * they are called in the text. Every phrase must be true of any story with that operation: a difference may be what
 * is left, what is missing or how much more.
 */
export const OPERATION_PHRASES: Readonly<Record<Operator, readonly string[]>> = {
  '+': [
    'We add:',
    'A and B together:',
    'To find the total we add:',
    'We add the first and the second number:',
  ],
  '-': [
    'We subtract:',
    'We take away B:',
    'To find the result we subtract:',
    'We take the second number away:',
  ],
  '*': [
    'We multiply:',
    'That gives A times B:',
    'To find the total we multiply:',
    'We multiply the first and the second number:',
  ],
  '/': [
    'We divide:',
    'We share A by B:',
    'To find the result we divide:',
    'We divide the first number by the second:',
  ],
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
  { first: 'Start:', next: ['Next,'], last: 'Next,' },
  { first: 'Now', next: ['After that,'], last: 'Finally,' },
  { first: '', next: ['So'], last: 'So' },
];

/** Lines after bare equations; `C` is the result. None is the plainest. */
export const CLOSINGS: readonly string[] = [
  '',
  'That gives C.',
  'So the result is C.',
  'We find C here.',
];

/** Lines that say which numbers the solution uses, and, where others stand in the text, which it does not. */
export const NEEDED: readonly { readonly use: string; readonly leave: string }[] = [
  { use: 'Start with the numbers that matter: N.', leave: 'M does not matter here.' },
  { use: 'We use N.', leave: 'We do not use M.' },
  { use: 'The numbers are N.', leave: 'Not M.' },
  { use: 'Find N first.', leave: 'Leave M away.' },
];

/** Lead-ins of the check by the inverse operation; the check's equation follows. */
export const CHECKS: readonly string[] = [
  'Check:',
  'That is right:',
  'To check, go back:',
  'So it is right:',
];

/** For a question whose answer stands in its text: the one line of working. `C` is the answer. */
export const NO_STEP: readonly string[] = [
  'The text says C.',
  'We can read C right there.',
  'No sum is needed, it is C.',
  'C stands in the story.',
];
