import { foldForSearch, searchWords } from '../../shared/searchText.ts';
import { decodeString, scanLine } from './jsonSpans.ts';

/** Looks for words in rows; case and Unicode form aside, escapes read as what they spell. */
export class RowSearch {
  /** The longest first: it is the rarest. */
  readonly words: readonly string[];
  readonly #field: string | null;

  constructor(search: string, field: string | null) {
    this.words = searchWords(search);
    this.#field = field;
  }

  /** Whether all words occur in the row; everything matches no words. */
  matches(line: string): boolean {
    if (this.words.length === 0) return true;
    const text = this.#field === null ? decodeEscapes(line) : fieldText(line, this.#field);
    if (text === null) return false;
    const folded = foldForSearch(text);
    return this.words.every((word) => folded.includes(word));
  }

  /**
   * A word that stands literally, letter case aside, in every ASCII text without \u escapes that has a matching line;
   * null where there is no such word. Texts without it need no closer look.
   */
  get literal(): string | null {
    const [word] = this.words;
    return word !== undefined && /^[^"\\/\p{Cc}]+$/u.test(word) ? word : null;
  }
}

/** A line with the escapes of JSON replaced by what they stand for; works for broken lines, too. */
function decodeEscapes(line: string): string {
  if (!line.includes('\\')) return line;
  return line.replace(
    /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/gu,
    (_, hex?: string, short?: string) =>
      hex !== undefined
        ? String.fromCharCode(Number.parseInt(hex, 16))
        : (SHORT[short ?? ''] ?? ' '),
  );
}

const SHORT: Readonly<Record<string, string>> = { '"': '"', '\\': '\\', '/': '/' };

/** The texts of the fields of this name, or their JSON where they are no texts; null where there are none. */
function fieldText(line: string, name: string): string | null {
  const scan = scanLine(line);
  if (scan.kind !== 'record') return null;
  const values = scan.fields
    .filter((field) => field.name === name)
    .map(({ type, valueStart, valueEnd }) => {
      const raw = line.slice(valueStart, valueEnd);
      return type === 'text' ? decodeString(raw) : decodeEscapes(raw);
    });
  return values.length === 0 ? null : values.join('\n');
}
