import { AppError } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';

const NEWLINE = 10;

/**
 * GPT-2's table of byte-level BPE: printable bytes stand for themselves, the others for the code points from 256 on in
 * byte order. Returned from character to byte.
 */
function byteLevelTable(): Map<string, number> {
  const isPrintable = (byte: number): boolean =>
    (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  const table = new Map<string, number>();
  let next = 256;
  for (let byte = 0; byte < 256; byte++) {
    table.set(String.fromCodePoint(isPrintable(byte) ? byte : next++), byte);
  }
  return table;
}

/** How a tokenizer spells bytes: byte-level BPE, or SentencePiece's ▁ with <0x0A> for single bytes. */
export type Spelling = 'byte-level' | 'sentencepiece';

export interface TokenTable {
  readonly spelling: Spelling;
  readonly vocab: Readonly<Record<string, number>>;
  /** Added tokens stand for their text as it is. */
  readonly added: readonly { readonly id: number; readonly content: string }[];
}

/** The bytes of every token, so that any run of ids has one exact text, split characters included. */
export class TokenBytes {
  private readonly bytes: Uint8Array[] = [];
  private readonly lineEnds: boolean[] = [];
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true });

  constructor({ spelling, vocab, added }: TokenTable) {
    const table = byteLevelTable();
    const encoder = new TextEncoder();
    for (const [token, id] of Object.entries(vocab)) {
      const bytes =
        spelling === 'byte-level' ? byteLevel(token, table) : sentencePiece(token, encoder);
      this.set(id, bytes ?? encoder.encode(token));
    }
    for (const { id, content } of added) this.set(id, encoder.encode(content));
  }

  /** UTF-8 text of the tokens; bytes that are no UTF-8 become U+FFFD, ids without a token nothing. */
  text(ids: readonly number[]): string {
    const parts: Uint8Array[] = [];
    for (const id of ids) {
      const bytes = this.bytes[id];
      if (bytes !== undefined) parts.push(bytes);
    }
    return this.decoder.decode(Buffer.concat(parts));
  }

  /** Whether the token holds a newline. */
  endsLine(id: number): boolean {
    return this.lineEnds[id] ?? false;
  }

  private set(id: number, bytes: Uint8Array): void {
    if (id > 10_000_000) {
      throw new AppError('student.invalid', sentence`tokenizer.json has the token id ${id}.`, {
        hint: sentence`Save the student’s tokenizer again.`,
        detail: { file: 'tokenizer.json' },
      });
    }
    this.bytes[id] = bytes;
    this.lineEnds[id] = bytes.includes(NEWLINE);
  }
}

/** Null where a token is not spelled in the table (added tokens inside the vocabulary). */
function byteLevel(token: string, table: ReadonlyMap<string, number>): Uint8Array | null {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = table.get(character);
    if (byte === undefined) return null;
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function sentencePiece(token: string, encoder: InstanceType<typeof TextEncoder>): Uint8Array {
  const single = /^<0x([0-9A-Fa-f]{2})>$/u.exec(token)?.[1];
  if (single !== undefined) return Uint8Array.of(Number.parseInt(single, 16));
  return encoder.encode(token.replaceAll('▁', ' '));
}
