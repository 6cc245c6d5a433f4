import type { Signal } from '../../core/ports.ts';
import type { DatasetRow } from '../../shared/datasetContract.ts';
import type { Dataset } from '../../node/dataset/dataset.ts';

/** As many rows as are read at a time: a stop comes soon, and most files have a problem near or none. */
const STRIDE = 500;

/**
 * The place of the nearest shown row with a problem after `from` (`back`: before it), round the ends; null where there is
 * none. -1 stands before the first row.
 */
export async function nextProblem(
  dataset: Pick<Dataset, 'rows' | 'state'>,
  from: number,
  back: boolean,
  signal: Signal,
): Promise<number | null> {
  const { shown } = dataset.state();
  const here = Math.min(from, shown - 1);
  const ranges = back
    ? [
        { low: 0, high: Math.max(here, 0) },
        { low: Math.max(here, 0), high: shown },
      ]
    : [
        { low: here + 1, high: shown },
        { low: 0, high: here + 1 },
      ];
  for (const range of ranges) {
    for (const { at, count } of strides(range, back)) {
      if (signal.aborted) return null;
      const rows = await dataset.rows(at, count, signal);
      const hasProblem = ({ problem }: DatasetRow): boolean => problem !== null;
      const hit = back ? rows.findLastIndex(hasProblem) : rows.findIndex(hasProblem);
      if (hit >= 0) return at + hit;
    }
  }
  return null;
}

function* strides(
  { low, high }: { readonly low: number; readonly high: number },
  back: boolean,
): Generator<{ readonly at: number; readonly count: number }> {
  if (back) {
    for (let end = high; end > low; end -= STRIDE) {
      const at = Math.max(low, end - STRIDE);
      yield { at, count: end - at };
    }
  } else {
    for (let at = low; at < high; at += STRIDE) yield { at, count: Math.min(STRIDE, high - at) };
  }
}
