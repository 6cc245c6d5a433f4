import { joined, Sentence, sentence, type Text } from './sentence.ts';

/** The messages that the schema library makes of its own, and those of our schemas that hold places, in other languages. */
const OWN: readonly (readonly [RegExp, (...parts: string[]) => Sentence])[] = [
  [
    /^Invalid input: expected (.+), received (.+)$/u,
    (wanted, found) => sentence`Invalid input: expected ${wanted}, received ${found}`,
  ],
  [/^Invalid input: expected (.+)$/u, (wanted) => sentence`Invalid input: expected ${wanted}`],
  [
    /^Invalid option: expected one of (.+)$/u,
    (options) => sentence`Invalid option: expected one of ${options}`,
  ],
  [/^Unrecognized key: (.+)$/u, (key) => sentence`Unrecognized key: ${key}`],
  [/^Unrecognized keys: (.+)$/u, (keys) => sentence`Unrecognized keys: ${keys}`],
  [
    /^Too small: expected (\w+) to be ([<>]=?\S+)$/u,
    (what, bound) => sentence`Too small: expected ${what} to be ${bound}`,
  ],
  [
    /^Too small: expected (\w+) to have ([<>]=?\S+) (\w+)$/u,
    (what, bound, unit) => sentence`Too small: expected ${what} to have ${bound} ${unit}`,
  ],
  [
    /^Too big: expected (\w+) to be ([<>]=?\S+)$/u,
    (what, bound) => sentence`Too big: expected ${what} to be ${bound}`,
  ],
  [
    /^Too big: expected (\w+) to have ([<>]=?\S+) (\w+)$/u,
    (what, bound, unit) => sentence`Too big: expected ${what} to have ${bound} ${unit}`,
  ],
  [
    /^Invalid string: must match pattern (.+)$/u,
    (pattern) => sentence`Invalid string: must match pattern ${pattern}`,
  ],
  // What the settings of a pair term say: src/core/training/run.ts.
  [
    /^must be a number from (\S+) to (\S+)$/u,
    (low, high) => sentence`must be a number from ${low} to ${high}`,
  ],
  [
    /^must be a number above (\S+) and at most (\S+)$/u,
    (low, high) => sentence`must be a number above ${low} and at most ${high}`,
  ],
  [
    /^(.+) is no kind: there are (.+)$/u,
    (kind, all) => sentence`${kind} is no kind: there are ${all}`,
  ],
  [
    /^(.+) is a setting of (.+); (.+) has (.+)\. Delete it$/u,
    (key, of, kind, own) => sentence`${key} is a setting of ${of}; ${kind} has ${own}. Delete it`,
  ],
  [
    /^(.+) are settings of (.+); (.+) has (.+)\. Delete them$/u,
    (keys, of, kind, own) =>
      sentence`${keys} are settings of ${of}; ${kind} has ${own}. Delete them`,
  ],
  [
    /^(.+) is no setting of (.+), which has (.+)$/u,
    (key, kind, own) => sentence`${key} is no setting of ${kind}, which has ${own}`,
  ],
  [
    /^(.+) are no settings of (.+), which has (.+)$/u,
    (keys, kind, own) => sentence`${keys} are no settings of ${kind}, which has ${own}`,
  ],
];

/** What a schema says of a value; messages of our own schemas are sentences without places. */
export function schemaProblem(message: string): Sentence {
  for (const [pattern, make] of OWN) {
    const found = pattern.exec(message);
    if (found) return make(...found.slice(1));
  }
  return new Sentence(message, []);
}

/** "rounds: Invalid input: …": what is wrong with which field; `whole` names the value itself. */
export function issueText(
  issue: { readonly path: readonly PropertyKey[]; readonly message: string },
  whole: Text,
): Sentence {
  const where = issue.path.map(String).join('.');
  return joined([where === '' ? whole : where, schemaProblem(issue.message)], ': ');
}
