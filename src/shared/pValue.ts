/** What is called more than chance: the usual 1 in 20, said with its p value. */
export const ALPHA = 0.05;
const SURE = 0.995;
/** Smaller ones say no more: so far out a test's assumptions are what is rejected. The CSV and `--json` have the number. */
const SMALL = 0.001;

/**
 * A p value as it is written wherever people read it: `p = 0.0032`, `p < 0.001`, `p = 1.00`. `language` is a BCP 47 tag.
 */
export function pValue(p: number, language = 'en'): string {
  const format = (value: number, options: Intl.NumberFormatOptions): string =>
    new Intl.NumberFormat(language, options).format(value);
  if (p < SMALL) return `p < ${format(SMALL, { minimumFractionDigits: 3 })}`;
  if (p >= SURE) return `p = ${format(1, { minimumFractionDigits: 2 })}`;
  return `p = ${format(p, { maximumSignificantDigits: digitsOf(p) })}`;
}

const MOST_DIGITS = 15;

/** Two, and more where two would put p on the other side of what is called more than chance, or upon it. */
function digitsOf(p: number): number {
  const side = (value: number): number => Math.sign(value - ALPHA);
  let digits = 2;
  while (digits < MOST_DIGITS && side(Number(p.toPrecision(digits))) !== side(p)) digits += 1;
  return digits;
}
