import * as z from 'zod/mini';
import {
  datasetFilterSchema,
  NO_DATASET_FILTER,
  rowKeySchema,
} from '../../src/shared/datasetContract.ts';
import { draftSchema } from './drafts.ts';
import type { EditorState } from './state.ts';

const KEPT_DRAFTS = 40;

const keptSchema = z.object({
  sel: z.nullable(rowKeySchema),
  filter: datasetFilterSchema,
  scroll: z.number(),
  drafts: z.record(z.string(), draftSchema),
  add: z.nullable(
    z.object({
      key: rowKeySchema,
      name: z.string(),
      as: z.enum(['text', 'json']),
      value: z.string(),
    }),
  ),
  /** The text that had the caret, so that it has it again. */
  editing: z.nullable(z.string()),
});

/** What the editor keeps of a view while it is hidden: where the person was and what was half typed, never data. */
export type Kept = z.infer<typeof keptSchema>;

/** What was kept, or a fresh start where it cannot be read. */
export function readKept(kept: unknown): Kept {
  const parsed = z.safeParse(keptSchema, kept);
  if (parsed.success) return parsed.data;
  return { sel: null, filter: NO_DATASET_FILTER, scroll: 0, drafts: {}, add: null, editing: null };
}

export function keptOf(state: EditorState, scroll: number, editing: string | null): Kept {
  const { cursor, doc, drafts, add } = state;
  return {
    sel: cursor,
    filter: doc?.filter ?? NO_DATASET_FILTER,
    scroll,
    drafts: Object.fromEntries(Object.entries(drafts).slice(-KEPT_DRAFTS)),
    add,
    editing: editing !== null && editing in drafts ? editing : null,
  };
}
