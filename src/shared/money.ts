/** Money in one currency, as the person spells it; null where nobody wrote the currency down. */
export interface Amount {
  readonly amount: number;
  readonly currency: string | null;
}

/** Sums of money by currency: two currencies are never added. */
export class Purse {
  readonly #sums = new Map<string | null, number>();

  add(amount: number, currency: string | null): void {
    this.#sums.set(currency, (this.#sums.get(currency) ?? 0) + amount);
  }

  addAll(amounts: readonly Amount[]): void {
    for (const { amount, currency } of amounts) this.add(amount, currency);
  }

  /** In the order of the currencies' names, whatever came first; what has no currency stands before them. */
  get amounts(): Amount[] {
    return [...this.#sums]
      .map(([currency, amount]) => ({ amount, currency }))
      .sort((a, b) => compare(a.currency ?? '', b.currency ?? ''));
  }
}

/** What counts against a limit in `own`: its own currency, and what older records say without one. */
export function amountIn(own: string | undefined, amounts: readonly Amount[]): number {
  return amounts
    .filter(({ currency }) => currency === null || currency === own)
    .reduce((sum, { amount }) => sum + amount, 0);
}

/** What was spent in other currencies than `own`: no limit in that one can count it. */
export function spentElsewhere(own: string, amounts: readonly Amount[]): Amount[] {
  return amounts.filter(
    ({ amount, currency }) => currency !== null && currency !== own && amount > 0,
  );
}

/** A sum as a number, without its currency: "0.0123", "1.50". */
export function plainAmount(amount: number): string {
  return amount.toFixed(amount < 1 ? 4 : 2);
}

/** "0.1200 USD + 1.50 EUR"; `number` says how a sum is written. */
export function amountsText(
  amounts: readonly Amount[],
  number: (amount: number) => string = plainAmount,
): string {
  return amounts
    .map(({ amount, currency }) => `${number(amount)} ${currency ?? ''}`.trim())
    .join(' + ');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
