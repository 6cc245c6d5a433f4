import type { ReviewTextKey } from '../../src/shared/reviewStrings.ts';

/** What is said before the texts arrive, or when they never do. */
const BEFORE: Readonly<Partial<Record<ReviewTextKey, string>>> = {
  loading: 'Loading…',
  lost: 'The review cannot be shown',
  'lost.again': 'Try again',
  showLog: 'Show log',
};

export type Values = Readonly<Record<string, string | number>>;

/** The view's texts in the person's language; a key that did not come stays a key. */
export interface Texts {
  (key: ReviewTextKey, values?: Values): string;
  /** Chooses between `key.one` and `key.other`. */
  count(key: PluralKey, n: number, values?: Values): string;
  number(n: number): string;
}

type PluralKey = ReviewTextKey extends infer K
  ? K extends `${infer Base}.one`
    ? Base
    : never
  : never;

/** Makes `Texts` of what `init` brought. */
export function textsOf(strings: Readonly<Record<string, string>>, language: string): Texts {
  const format = new Intl.NumberFormat(language || 'en');
  const shown = (value: string | number): string =>
    typeof value === 'number' ? format.format(value) : value;
  const fill = (key: ReviewTextKey, values: Values = {}): string =>
    (strings[key] ?? BEFORE[key] ?? key).replace(/\{(\w+)\}/gu, (whole, name: string) => {
      const value = values[name];
      return value === undefined ? whole : shown(value);
    });
  return Object.assign(fill, {
    count: (key: PluralKey, n: number, values: Values = {}): string =>
      fill(`${key}.${n === 1 ? 'one' : 'other'}`, { n, ...values }),
    number: (n: number): string => format.format(n),
  });
}
