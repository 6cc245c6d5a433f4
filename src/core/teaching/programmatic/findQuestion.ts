/** Questions at least this long are found by their first characters; the few shorter ones by search. */
const KEY_LENGTH = 24;

/** What may differ between a question and the message that holds it: Unicode form, case, white space, `.0`. */
export function normaliseForSearch(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(/(\d)\.0+(?!\d)/gu, '$1')
    .trim();
}

/** Finds the longest known question contained in a message; the message may be any template's. */
export class QuestionFinder<T> {
  private readonly byKey = new Map<string, [text: string, item: T][]>();
  private readonly short: [text: string, item: T][] = [];

  constructor(questions: Iterable<readonly [text: string, item: T]>) {
    for (const [text, item] of questions) {
      const normal = normaliseForSearch(text);
      if (normal === '') continue;
      if (normal.length < KEY_LENGTH) {
        this.short.push([normal, item]);
        continue;
      }
      const key = normal.slice(0, KEY_LENGTH);
      const bucket = this.byKey.get(key);
      if (bucket) bucket.push([normal, item]);
      else this.byKey.set(key, [[normal, item]]);
    }
  }

  /** Costs one look-up per character of the message, however many questions are known. */
  find(message: string): T | null {
    const text = normaliseForSearch(message);
    let best: [text: string, item: T] | null = null;
    for (let at = 0; at + KEY_LENGTH <= text.length; at += 1) {
      for (const candidate of this.byKey.get(text.slice(at, at + KEY_LENGTH)) ?? []) {
        const longer = candidate[0].length > (best?.[0].length ?? 0);
        if (longer && text.startsWith(candidate[0], at)) best = candidate;
      }
    }
    if (best) return best[1];
    for (const candidate of this.short) {
      if (candidate[0].length > (best?.[0].length ?? 0) && text.includes(candidate[0]))
        best = candidate;
    }
    return best?.[1] ?? null;
  }
}
