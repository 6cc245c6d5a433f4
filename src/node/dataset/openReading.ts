import { translating } from '../storage/storeError.ts';
import { Reading, type ReadingParts } from './reading.ts';

/** Reads the file at a path, or the one that a link leads to; `number`: how often it was read before. */
export function openReading(path: string, parts: ReadingParts, number: number): Promise<Reading> {
  return translating(path, async () => Reading.open(await parts.fs.realpath(path), parts, number));
}
