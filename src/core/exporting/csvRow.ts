/** A spreadsheet takes a text that begins so for a formula, full-width forms included, white space aside. */
const FORMULA = /^\s*[=+\-@\uff0b\uff0d\uff1d\uff20]/u;
const NUMBER = /^[-+]?\d+(\.\d+)?$/u;

/** Columns of the table: one text of the set a row. */
export const EXPORT_COLUMNS = [
  'id',
  'prompt',
  'gold',
  'role',
  'text_id',
  'text',
  'source',
  'round',
  'sample',
] as const;

/** Whether a cell would be computed by a spreadsheet: it gets an apostrophe in front. A number is a number. */
export function isComputed(text: string): boolean {
  return FORMULA.test(text) && !NUMBER.test(text);
}

/** One record of a table (RFC 4180). Inside quotes a text stays as it is, line ends included. */
export function csvRow(cells: readonly (string | number)[]): string {
  return cells
    .map((cell) => {
      if (typeof cell === 'number') return String(cell);
      const guarded = isComputed(cell) ? `'${cell}` : cell;
      return /[",;\r\n]/u.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
    })
    .join(',');
}
