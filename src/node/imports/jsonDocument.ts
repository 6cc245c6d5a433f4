const [QUOTE, BACKSLASH, NEWLINE] = [0x22, 0x5c, 0x0a];
const [OPEN_LIST, OPEN_OBJECT] = [0x5b, 0x7b];
const isOpening = (byte: number): boolean => (byte | 0x20) === 0x7b;
const isClosing = (byte: number): boolean => (byte | 0x20) === 0x7d;
const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x09 || byte === NEWLINE || byte === 0x0d;

/** The rows of a document that is one JSON object: the list of objects in it, as bytes, and where it starts. */
export interface RowList {
  readonly bytes: Buffer;
  /** 1-based line of its bracket. */
  readonly line: number;
  /** The name of the list. */
  readonly name: string;
}

/**
 * Finds the first list of objects that is a member of the outermost object (`{"examples": [{…}, …]}`), without parsing
 * anything; null where there is none.
 */
export function findRowList(bytes: Buffer): RowList | null {
  let depth = 0;
  let line = 1;
  let name = '';
  let listAt: { readonly start: number; readonly line: number } | null = null;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === NEWLINE) line += 1;
    else if (byte === QUOTE) {
      const end = closingQuote(bytes, at);
      if (depth === 1) name = bytes.toString('utf8', at + 1, end);
      at = end;
    } else if (isOpening(byte)) {
      depth += 1;
      if (depth === 2 && byte === OPEN_LIST && listAt === null && beginsObject(bytes, at + 1))
        listAt = { start: at, line };
    } else if (isClosing(byte)) {
      depth -= 1;
      if (depth === 1 && listAt !== null)
        return { bytes: bytes.subarray(listAt.start, at + 1), line: listAt.line, name };
    }
  }
  // A list that is cut off is read as far as it goes.
  return listAt && { bytes: bytes.subarray(listAt.start), line: listAt.line, name };
}

function closingQuote(bytes: Buffer, open: number): number {
  let at = open + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

function beginsObject(bytes: Buffer, from: number): boolean {
  let at = from;
  while (isSpace(bytes[at])) at += 1;
  return bytes[at] === OPEN_OBJECT;
}
