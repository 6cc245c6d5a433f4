import { EXPORT_COLUMNS } from '../../core/exporting/csvRow.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../core/exporting/formats.ts';

const LAYOUTS = {
  jsonl: { head: '', between: '', after: '\n', foot: '' },
  json: { head: '[\n', between: ',\n', after: '', foot: '\n]\n' },
  csv: { head: `${EXPORT_COLUMNS.join(',')}\r\n`, between: '', after: '\r\n', foot: '' },
} as const;

const CHUNK = 65_536;

/** Records as the bytes of one file. `end` is called before the last of them are handed on. */
export async function* layOut(
  format: ExportFormat,
  records: AsyncIterable<string>,
  end: () => void,
): AsyncGenerator<Uint8Array> {
  const { head, between, after, foot } = LAYOUTS[EXPORT_FORMATS[format].layout];
  let pending: string = head;
  let isFirst = true;
  for await (const record of records) {
    pending += (isFirst ? '' : between) + record + after;
    isFirst = false;
    if (pending.length < CHUNK) continue;
    yield Buffer.from(pending, 'utf8');
    pending = '';
  }
  end();
  yield Buffer.from(pending + foot, 'utf8');
}
