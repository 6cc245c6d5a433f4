import { sentence, type Sentence, type Text } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';
import { MAX_LINE_BYTES, scanByteLines, type ByteLine } from './byteLines.ts';
import { nodeFs, type Fs } from './fs.ts';
import { parseLine } from './parseLine.ts';
import { storeError } from './storeError.ts';

/** A line that was not read, and why. */
export interface BadLine {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Where the line starts. */
  readonly byteOffset: number;
  /** Completes the sentence "Line 812 of exam.jsonl …". */
  readonly reason: Text;
}

export interface LinePosition {
  readonly line: number;
  readonly byteOffset: number;
  /** The line's bytes without newline, trailing CR and BOM; valid only until the callback returns. */
  readonly bytes: Buffer;
  /** False for a last line without its newline. */
  readonly terminated: boolean;
}

export interface JsonLinesOptions {
  readonly onValue: (value: unknown, at: LinePosition) => void;
  readonly onBad: (line: BadLine) => void;
  /** Called for a last line without newline that does not parse, instead of `onBad`: a growing file's torn tail. */
  readonly onTornTail?: (at: { readonly byteOffset: number; readonly length: number }) => void;
  readonly fs?: Fs;
  readonly signal?: Signal;
  /** "keep" only for journals that Tailor wrote itself; a data set with half a character is refused. */
  readonly loneSurrogates?: 'refuse' | 'keep';
  readonly maxLineBytes?: number;
  /** Bytes of one read; smaller ones give way to others more often. */
  readonly chunkBytes?: number;
  /** Where to start: the byte offset of a line's start and that line's number (1-based). */
  readonly from?: { readonly byteOffset: number; readonly line: number };
}

export interface JsonLinesSummary {
  readonly values: number;
  readonly bad: number;
  readonly blank: number;
  /** Lines of any kind, an unfinished last one included. */
  readonly lines: number;
  /** Offset after the last byte. */
  readonly endOffset: number;
  /** Whether the last line has no newline. */
  readonly endsMidLine: boolean;
}

const CARRIAGE_RETURN = 0x0d;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads a JSONL file line by line: each line is either a value, blank, or bad; a bad line never hides the rest.
 * One byte-order mark and the CR of a CRLF are no part of a line; a lone CR is white space inside JSON, as the
 * grammar says. A file in another encoding or compressed is one bad line 1.
 */
export async function readJsonLines(
  path: string,
  options: JsonLinesOptions,
): Promise<JsonLinesSummary> {
  let values = 0;
  let bad = 0;
  let blank = 0;
  let lines = 0;
  let endsMidLine = false;
  const before = (options.from?.line ?? 1) - 1;
  const refuse = (at: Omit<LinePosition, 'bytes'>, reason: Text): void => {
    bad += 1;
    options.onBad({ file: path, line: at.line, byteOffset: at.byteOffset, reason });
  };
  const rules = { loneSurrogates: options.loneSurrogates ?? 'refuse' };
  /** Old files end lines with CR alone. JSON allows a raw CR between tokens only, so splitting there is safe. */
  const splitAtCr = (at: ByteLine, bytes: Buffer): void => {
    for (const piece of pieces(at, bytes)) {
      if (isBlank(piece.bytes)) continue;
      const parsed = parseLine(piece.bytes, rules);
      if (parsed.ok) {
        values += 1;
        options.onValue(parsed.value, piece);
      } else refuse(piece, parsed.reason);
    }
  };
  const onLine = (scanned: ByteLine): boolean => {
    const at = before === 0 ? scanned : { ...scanned, line: scanned.line + before };
    lines += 1;
    const foreign = at.line === 1 ? foreignFormat(at.bytes) : null;
    endsMidLine = !at.terminated || foreign !== null;
    if (foreign !== null) {
      refuse(at, foreign);
      return true;
    }
    if (at.overlong) {
      refuse(
        at,
        sentence`is ${at.length} bytes long; the limit is ${options.maxLineBytes ?? MAX_LINE_BYTES}`,
      );
      return false;
    }
    const bytes = trimmed(at);
    if (isBlank(bytes)) {
      blank += 1;
      return false;
    }
    const parsed = parseLine(bytes, rules);
    if (parsed.ok) {
      values += 1;
      const { line, byteOffset, terminated } = at;
      options.onValue(parsed.value, { line, byteOffset, bytes, terminated });
    } else if (bytes.includes(CARRIAGE_RETURN)) {
      splitAtCr(at, bytes);
    } else if (!at.terminated && options.onTornTail !== undefined) {
      options.onTornTail({ byteOffset: at.byteOffset, length: at.length });
    } else {
      refuse(at, parsed.reason);
    }
    return false;
  };
  try {
    const endOffset = await scanByteLines(path, {
      fs: options.fs ?? nodeFs,
      signal: options.signal,
      onLine,
      chunkBytes: options.chunkBytes,
      ...(options.from === undefined ? {} : { from: options.from.byteOffset }),
      ...(options.maxLineBytes === undefined ? {} : { maxLineBytes: options.maxLineBytes }),
    });
    return { values, bad, blank, lines, endOffset, endsMidLine };
  } catch (error) {
    throw storeError(error, path);
  }
}

function trimmed({ bytes, line, terminated }: ByteLine): Buffer {
  const start = line === 1 && bytes.subarray(0, 3).equals(BOM) ? 3 : 0;
  const hasCr = terminated && bytes.at(-1) === CARRIAGE_RETURN;
  return bytes.subarray(start, hasCr ? -1 : undefined);
}

function* pieces(at: ByteLine, bytes: Buffer): Generator<LinePosition> {
  for (let start = 0; start <= bytes.length;) {
    const found = bytes.indexOf(CARRIAGE_RETURN, start);
    const end = found < 0 ? bytes.length : found;
    const byteOffset = at.byteOffset + (at.length - bytes.length) + start;
    yield { line: at.line, byteOffset, bytes: bytes.subarray(start, end), terminated: true };
    start = end + 1;
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === CARRIAGE_RETURN);
}

/** Why a file of these first bytes is no UTF-8 text; null where nothing speaks against it. */
export function foreignFormat(bytes: Buffer): Sentence | null {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    return sentence`is UTF-16 text; save the file as UTF-8`;
  }
  if (a === 0x1f && b === 0x8b) return sentence`is gzip-compressed; unpack the file first`;
  return null;
}
