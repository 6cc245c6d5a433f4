import { clip } from './describeRow.ts';
import { decodeString, scanLine } from './jsonSpans.ts';

/** More of one field, or of a row, is read in its editor. */
const FIELD_CHARACTERS = 2000;
const ROW_CHARACTERS = 6000;

/** A row for reading: one field after the other, texts with their line breaks; null where the line is no record. */
export function prettyRow(line: string): string | null {
  const scan = scanLine(line);
  if (scan.kind !== 'record') return null;
  const width = Math.min(12, Math.max(0, ...scan.fields.map(({ name }) => name.length)));
  const fields = scan.fields.map(({ name, type, valueStart, valueEnd }) => {
    const raw = line.slice(valueStart, valueEnd);
    const text = shortened(type === 'text' ? decodeString(raw) : raw);
    if (text.length + width < 80 && !text.includes('\n')) return `${name.padEnd(width)}  ${text}`;
    return `${name}\n${text.replace(/^/gmu, '  ')}`;
  });
  return shortened(fields.join('\n'), ROW_CHARACTERS);
}

function shortened(text: string, most = FIELD_CHARACTERS): string {
  return text.length <= most ? text : `${clip(text, most)}…`;
}
