import { z } from 'zod';
import { openJournal, type Journal } from '../../src/node/storage/journal.ts';
import type { Fs } from '../../src/node/storage/fs.ts';
import { fakeClock } from './fakeClock.ts';

/** The smallest record that a journal can hold; tests of storage write these. */
export const noteSchema = z.object({ type: z.literal('note'), text: z.string() });
export type Note = z.infer<typeof noteSchema>;

export const note = (text: string): Note => ({ type: 'note', text });

export function openNotes(
  path: string,
  options: { fs?: Fs; writer?: string; generation?: number; now?: number } = {},
): Promise<Journal<Note>> {
  const { fs, writer = 'w-1', generation, now } = options;
  return openJournal(path, {
    schema: noteSchema,
    writer,
    clock: fakeClock(now),
    ...(fs === undefined ? {} : { fs }),
    ...(generation === undefined ? {} : { generation }),
  });
}
