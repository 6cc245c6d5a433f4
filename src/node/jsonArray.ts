/** One element of a JSON array as its bytes, with where it starts. */
export interface ArrayElement {
  readonly bytes: Buffer;
  /** 1-based line of its first byte. */
  readonly line: number;
}

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a];
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === NEWLINE || byte === 0x0d;
// '[' and '{', ']' and '}' differ in one bit.
const isOpening = (byte: number): boolean => (byte | 0x20) === 0x7b;
const isClosing = (byte: number): boolean => (byte | 0x20) === 0x7d;

/** The first byte that is not white space or a byte-order mark; -1 when there is none. */
export function firstInk(bytes: Buffer): number {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (let at = start; at < bytes.length; at += 1) {
    if (!isSpace(bytes[at])) return at;
  }
  return -1;
}

/**
 * Cuts a JSON array into its elements without parsing them, so that one bad element does not hide the others and
 * every one has its line. What is not closed, or stands behind the end, is the last element and will not parse.
 */
export function* arrayElements(bytes: Buffer): Generator<ArrayElement> {
  let line = 1;
  let at = 0;
  const step = (): void => {
    if (bytes[at] === NEWLINE) line += 1;
    at += 1;
  };
  const skipSpace = (): void => {
    while (isSpace(bytes[at])) step();
  };
  const open = firstInk(bytes);
  while (at <= open) step();
  for (let first = true; ; first = false) {
    skipSpace();
    const start = at;
    const startLine = line;
    let depth = 0;
    let inString = false;
    while (at < bytes.length) {
      const byte = bytes[at] ?? 0;
      if (inString) {
        if (byte === BACKSLASH) step();
        else if (byte === QUOTE) inString = false;
      } else if (byte === QUOTE) inString = true;
      else if (isOpening(byte)) depth += 1;
      else if (isClosing(byte) && depth > 0) depth -= 1;
      else if (depth === 0 && (byte === COMMA || isClosing(byte))) break;
      step();
    }
    const ended = bytes[at];
    const empty = start === at;
    if (!(empty && first && ended !== COMMA && ended !== undefined)) {
      yield { bytes: bytes.subarray(start, at), line: startLine };
    }
    if (ended === undefined) {
      // A whole last element does not show that the list was cut: an empty one does.
      if (!empty && depth === 0 && !inString) yield { bytes: bytes.subarray(at), line };
      return;
    }
    step();
    if (ended === COMMA) continue;
    skipSpace();
    if (at < bytes.length) yield { bytes: bytes.subarray(at), line };
    return;
  }
}
