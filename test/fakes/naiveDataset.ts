/** A line of a file as a test thinks of it: its content and how it ends where another one follows. */
export interface NaiveRow {
  readonly content: Buffer;
  readonly end: '\n' | '\r\n';
}

/** A data file as an array of lines: slow, and simple enough to be right. */
export class NaiveDataset {
  rows: NaiveRow[] = [];
  readonly bom: boolean;
  readonly finalNewline: boolean;
  readonly eol: '\n' | '\r\n';

  constructor(file: Buffer) {
    this.bom = file.subarray(0, 3).equals(BOM);
    const bytes = file.subarray(this.bom ? 3 : 0);
    this.finalNewline = bytes.length === 0 || bytes.at(-1) === 0x0a;
    const lines: { content: Buffer; end: '' | '\n' | '\r\n' }[] = [];
    for (let start = 0; start < bytes.length;) {
      const found = bytes.indexOf(0x0a, start);
      const stop = found < 0 ? bytes.length : found + 1;
      const end = found < 0 ? '' : found > start && bytes[found - 1] === 0x0d ? '\r\n' : '\n';
      lines.push({ content: bytes.subarray(start, stop - end.length), end });
      start = stop;
    }
    this.eol = lines[0]?.end === '\r\n' ? '\r\n' : '\n';
    this.rows = lines.map(({ content, end }) => ({ content, end: end === '' ? this.eol : end }));
  }

  /** What a save has to write. */
  bytes(): Buffer {
    const parts: Buffer[] = this.bom ? [BOM] : [];
    this.rows.forEach(({ content, end }, index) => {
      const bare = index === this.rows.length - 1 && !this.finalNewline && content.length > 0;
      parts.push(content, Buffer.from(bare ? '' : end));
    });
    return Buffer.concat(parts);
  }

  texts(): string[] {
    return this.rows.map(({ content }) => content.toString('utf8'));
  }
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
