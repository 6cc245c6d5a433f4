import { clip } from './describeRow.ts';
import { decodeString, scanLine } from './jsonSpans.ts';

/** More of one field, or of a row, is read in its editor. */
const FIELD_CHARACTERS = 2000;
const ROW_CHARACTERS = 6000;
/** Wide enough that no line of a text can end the block of code in which it is shown. */
const INDENT = '    ';

/** A row for reading: one field after the other, texts with their line breaks; null where the line is no record. */
export function prettyRow(line: string): string | null {
  const scan = scanLine(line);
  if (scan.kind !== 'record') return null;
  const fields = scan.fields.map(({ name, type, valueStart, valueEnd }) => {
    const raw = line.slice(valueStart, valueEnd);
    return { name: plainName(name), text: shortened(type === 'text' ? decodeString(raw) : raw) };
  });
  const width = Math.min(12, Math.max(INDENT.length, ...fields.map(({ name }) => name.length)));
  const shown = fields.map(({ name, text }) =>
    text.length + width < 80 && !/[\n\r\u2028\u2029]/u.test(text)
      ? `${name.padEnd(width)}  ${text}`
      : `${name}\n${text.replace(/^/gmu, INDENT)}`,
  );
  return shortened(shown.join('\n'), ROW_CHARACTERS);
}

/** A name on one line, whatever it holds. */
function plainName(name: string): string {
  return shortened(JSON.stringify(name).slice(1, -1).replace(/\s+/gu, ' ').trim(), 60);
}

function shortened(text: string, most = FIELD_CHARACTERS): string {
  return text.length <= most ? text : `${clip(text, most)}…`;
}
