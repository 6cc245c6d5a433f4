import type { DatasetState } from '../../shared/datasetContract.ts';
import type { Reading } from './reading.ts';

/** What the document knows and its reading does not. */
export type OwnState = Pick<
  DatasetState,
  'rev' | 'name' | 'dirty' | 'readOnly' | 'conflict' | 'set'
>;

/** The picture of a document as views get it. */
export function stateOf(reading: Reading, own: OwnState): DatasetState {
  const { rows, filter, fields, problems, checked } = reading;
  return {
    ...own,
    bytes: rows.base.size,
    rows: rows.order.length,
    shown: reading.count,
    read: rows.base.read,
    filtered: filter?.share ?? 1,
    filter: reading.filterNow,
    ...rows.counts(),
    problems,
    checked,
    fields: fields.map(({ name, type }) => ({ name, type })),
  };
}
