import * as z from 'zod/mini';
import { filterSchema, NO_FILTER, sortSchema } from '../../src/shared/reviewQueue.ts';
import { withDraft } from './drafts.ts';
import { draftKey, formSchema } from './forms.ts';
import type { ReviewState } from './state.ts';

/** What the editor keeps of a view while it is hidden: where the person was, never data. */
export const keptSchema = z.object({
  sel: z.nullable(z.string()),
  filter: filterSchema,
  sort: sortSchema,
  scroll: z.number(),
  draft: z.record(z.string(), formSchema),
  /** The form that was open, so that it is open again. */
  open: z.nullable(z.string()),
  /** Notes that were put away. */
  hidden: z.array(z.string()),
});
export type Kept = z.infer<typeof keptSchema>;

/** What was kept, or a fresh start where it cannot be read. */
export function readKept(kept: unknown): Kept {
  const parsed = z.safeParse(keptSchema, kept);
  if (parsed.success) return parsed.data;
  return {
    sel: null,
    filter: NO_FILTER,
    sort: 'flagged-first',
    scroll: 0,
    draft: {},
    open: null,
    hidden: [],
  };
}

export function keptOf(state: ReviewState, scroll: number): Kept {
  const { selected, filter, sort, form, shown, hidden } = state;
  const open = form && shown !== null ? draftKey(shown, form.kind) : null;
  return {
    sel: selected,
    filter,
    sort,
    scroll,
    draft: { ...withDraft(state) },
    open,
    hidden: [...hidden],
  };
}
