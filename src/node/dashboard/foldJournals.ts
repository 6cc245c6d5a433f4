import { join } from 'node:path';
import type { z } from 'zod';
import { namesIn } from '../project/projectFiles.ts';
import { JournalReader } from '../storage/journalReader.ts';
import type { BadLine } from '../storage/readJournal.ts';
import type { Stamped } from '../storage/stamp.ts';

export interface FoldedJournals<T> {
  readonly folder: string;
  /** Only files whose names begin so. */
  readonly prefix: string;
  readonly schema: z.ZodType<T>;
  readonly take: (record: Stamped<T>) => void;
  readonly onBad: (bad: BadLine) => void;
}

/** Hands on every record of all writers' journals, some dozens at a time, and keeps none. */
export async function foldJournals<T>({
  folder,
  prefix,
  schema,
  take,
  onBad,
}: FoldedJournals<T>): Promise<void> {
  const names = (await namesIn(folder)).filter(
    (name) => name.startsWith(prefix) && name.endsWith('.jsonl'),
  );
  for (const name of names.sort()) {
    const reader = new JournalReader(join(folder, name), schema);
    const gain = await reader.look((piece) => piece.forEach(take));
    gain.records.forEach(take);
    gain.quarantined.forEach(onBad);
  }
}
