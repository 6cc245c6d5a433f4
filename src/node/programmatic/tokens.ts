import { createHash } from 'node:crypto';

const BYTES_PER_TOKEN = 4;
const CACHE_STEP = 128;
const CACHE_FLOOR = 1024;
const MAX_PREFIXES = 100_000;

/** This server's token: four bytes of UTF-8, the last one perhaps fewer. */
export function countTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text, 'utf8') / BYTES_PER_TOKEN);
}

/** The longest start of a text that has at most this many tokens and ends between two code points. */
export function firstTokens(text: string, tokens: number): string {
  const bytes = Buffer.from(text, 'utf8');
  const limit = tokens * BYTES_PER_TOKEN;
  if (bytes.length <= limit) return text;
  let end = limit;
  // A byte 10xxxxxx goes on with the code point before it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.subarray(0, end).toString('utf8');
}

/** Remembers the prompts of one server life, to report how much of a new one was seen before. */
export class PromptCache {
  private readonly prefixes = new Set<string>();

  /** Tokens of the longest prefix shared with an earlier prompt: 0, or ≥ 1,024 in steps of 128. */
  seen(prompt: string): number {
    const bytes = Buffer.from(prompt, 'utf8');
    const step = CACHE_STEP * BYTES_PER_TOKEN;
    const hash = createHash('sha256');
    let cached = 0;
    for (let end = step; end <= bytes.length; end += step) {
      hash.update(bytes.subarray(end - step, end));
      const tokens = end / BYTES_PER_TOKEN;
      if (tokens < CACHE_FLOOR) continue;
      const key = hash.copy().digest('base64');
      if (this.prefixes.has(key)) cached = tokens;
      else if (this.prefixes.size < MAX_PREFIXES) this.prefixes.add(key);
    }
    return cached;
  }
}
