import { joined, Sentence, sentence, type Text } from './sentence.ts';

/** The messages that the schema library makes of its own, and how they are said in other languages. */
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
