import { sentence, type Sentence } from '../sentence.ts';

/** Prices of a million tokens, in whatever currency the person keeps them, as far as the person wrote them down. */
export interface Prices {
  readonly inputPerMillion: number;
  /** Of read tokens that the server had read before; as the others where it is absent. */
  readonly cachedPerMillion?: number | undefined;
  readonly outputPerMillion: number;
  readonly currency: string;
  /** The day on which they were looked up, e.g. 2026-05-01. */
  readonly asOf?: string | undefined;
  /** Where they were looked up. */
  readonly source?: string | undefined;
}

/** Prices of models, by a name in which `*` stands for anything. */
export interface ModelPrices extends Prices {
  readonly model: string;
}

/** Older prices than this are to be looked up again. */
export const OLD_PRICES_DAYS = 90;

const DAY_MS = 86_400_000;

/** What tokens that are read and written cost, in the currency of the prices. */
export function costOf(
  {
    promptTokens,
    completionTokens,
    cachedTokens = 0,
  }: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    /** Of the read ones. */
    readonly cachedTokens?: number;
  },
  { inputPerMillion, cachedPerMillion = inputPerMillion, outputPerMillion }: Prices,
): number {
  const cached = Math.min(cachedTokens, promptTokens);
  const read = (promptTokens - cached) * inputPerMillion + cached * cachedPerMillion;
  return (read + completionTokens * outputPerMillion) / 1e6;
}

/** The first prices whose name fits the model; none are ever made up. */
export function pricesFor(model: string, list: readonly ModelPrices[]): Prices | undefined {
  return list.find(({ model: pattern }) => fits(pattern, model));
}

function fits(pattern: string, model: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/gu, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su').test(model);
}

/** Whole days since the prices were looked up; null where nobody wrote down when. */
export function ageInDays(asOf: string | undefined, now: number): number | null {
  return asOf === undefined ? null : Math.max(0, Math.floor((now - Date.parse(asOf)) / DAY_MS));
}

/** How far prices can be believed: their date, and what to do about old ones, none, or some without a date. */
export function aboutPrices(prices: Pick<Prices, 'asOf'> | null, now: number): Sentence {
  if (prices === null) {
    return sentence`No price is known for this model, so no money is named; prices.json beside your teacher profiles can hold one.`;
  }
  const { asOf } = prices;
  const days = ageInDays(asOf, now);
  if (asOf === undefined || days === null) {
    return sentence`These prices have no date: nobody can tell how old they are.`;
  }
  return days > OLD_PRICES_DAYS
    ? sentence`Prices as of ${asOf}, ${days} days ago: look them up again.`
    : sentence`Prices as of ${asOf}.`;
}
