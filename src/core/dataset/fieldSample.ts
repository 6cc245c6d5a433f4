import type { FieldType } from '../../shared/datasetContract.ts';
import { scanLine } from './jsonSpans.ts';

/** A file whose rows are maps of words to numbers has as many fields as it has rows. */
const MAX_FIELDS = 200;

/** A field of a file, by its first rows. */
export interface SampledField {
  readonly name: string;
  /** Of most rows that have it. */
  readonly type: FieldType;
  /** Share of the records that have it. */
  readonly share: number;
}

/** The fields of some lines, most frequent first; of equally frequent ones the one that comes first in a row. */
export function sampleFields(lines: Iterable<string>): SampledField[] {
  const seen = new Map<string, { rows: number; types: Map<FieldType, number> }>();
  let records = 0;
  for (const line of lines) {
    const scan = scanLine(line);
    if (scan.kind !== 'record') continue;
    records += 1;
    for (const [name, type] of new Map(scan.fields.map((field) => [field.name, field.type]))) {
      const entry = seen.get(name) ?? { rows: 0, types: new Map<FieldType, number>() };
      entry.rows += 1;
      entry.types.set(type, (entry.types.get(type) ?? 0) + 1);
      if (seen.size < MAX_FIELDS || seen.has(name)) seen.set(name, entry);
    }
  }
  return [...seen]
    .map(([name, { rows, types }]) => ({ name, type: mostOf(types), share: rows / records }))
    .sort((a, b) => b.share - a.share);
}

function mostOf(types: ReadonlyMap<FieldType, number>): FieldType {
  let best: FieldType = 'text';
  let most = 0;
  for (const [type, count] of types) {
    if (count > most) {
      best = type;
      most = count;
    }
  }
  return best;
}
