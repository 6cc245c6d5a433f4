/** Price of a million tokens, in whatever currency the person keeps in their profile. */
export interface Prices {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
  readonly currency: string;
}

/** What tokens that are read and written cost, in the currency of the prices. */
export function costOf(
  {
    promptTokens,
    completionTokens,
  }: { readonly promptTokens: number; readonly completionTokens: number },
  { inputPerMillion, outputPerMillion }: Prices,
): number {
  return (promptTokens * inputPerMillion + completionTokens * outputPerMillion) / 1e6;
}
