import { isAscii, isUtf8 } from 'node:buffer';
import { cancelled } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { MAX_LINE_BYTES } from '../storage/byteLines.ts';
import type { StoredLines } from './storedLines.ts';

/**
 * Read at once: a millisecond's work for whoever looks at the lines, and as a text still small enough for the engine to
 * throw away cheaply (it treats what is over 128 KB as made to stay).
 */
const SPAN = 112 * 1024;

/** Lines that follow each other; `bytes` is null where the only one is too long, and valid until the next batch comes. */
export interface Batch {
  readonly line: number;
  readonly count: number;
  readonly bytes: Buffer | null;
}

/** Walks the lines of a store in batches of whole lines, in the order of its file. */
export async function* walkLines(
  store: StoredLines,
  from: number,
  signal: Signal,
): AsyncGenerator<Batch> {
  const buffer = Buffer.allocUnsafe(SPAN);
  let line = from;
  while (line < store.lines) {
    if (signal.aborted) throw cancelled();
    const count = linesWithin(store, line, SPAN);
    const start = store.index.startOf(line);
    const stop = store.index.startOf(line + count);
    yield { line, count, bytes: await bytesOf(store, start, stop, buffer) };
    line += count;
  }
}

/** Into the same buffer again and again: a gigabyte in fresh ones would be a gigabyte of garbage. */
async function bytesOf(
  store: StoredLines,
  start: number,
  stop: number,
  buffer: Buffer,
): Promise<Buffer | null> {
  if (stop - start > MAX_LINE_BYTES) return null;
  if (stop - start > buffer.length) return store.bytes(start, stop);
  await store.readInto(buffer, 0, stop - start, start);
  return buffer.subarray(0, stop - start);
}

/** How many lines from one on fit into so many bytes; at least one. */
function linesWithin(store: StoredLines, line: number, bytes: number): number {
  const limit = store.index.startOf(line) + bytes;
  let low = 1;
  let high = store.lines - line;
  // Found by halves: lines have any length.
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (store.index.startOf(line + middle) <= limit) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The texts of a batch's lines, without their ends; null where one is no text, or too long. */
export function* textsOf(store: StoredLines, batch: Batch): Generator<string | null> {
  const { bytes } = batch;
  if (bytes === null || !isAscii(bytes)) {
    for (let more = 0; more < batch.count; more += 1) {
      const line = lineInBatch(store, batch, more);
      yield line !== null && isUtf8(line) ? line.toString('utf8') : null;
    }
    return;
  }
  // Read as one text and cut: much less work than a text for each line.
  const text = bytes.toString('latin1');
  const first = store.index.startOf(batch.line);
  let start = 0;
  for (let more = 1; more <= batch.count; more += 1) {
    const stop = store.index.startOf(batch.line + more) - first;
    yield text.slice(start, contentEnd(bytes, start, stop));
    start = stop;
  }
}

function contentEnd(bytes: Buffer, start: number, stop: number): number {
  if (stop === start || bytes[stop - 1] !== 0x0a) return stop;
  return stop - 1 > start && bytes[stop - 2] === 0x0d ? stop - 2 : stop - 1;
}

/** One line's bytes of a batch, without its end. */
export function lineInBatch(store: StoredLines, batch: Batch, more: number): Buffer | null {
  if (batch.bytes === null) return null;
  const first = store.index.startOf(batch.line);
  const start = store.index.startOf(batch.line + more) - first;
  const stop = store.index.startOf(batch.line + more + 1) - first;
  return batch.bytes.subarray(start, contentEnd(batch.bytes, start, stop));
}
