import * as z from 'zod';

const targetSchema = z.object({
  root: z.string().optional(),
  round: z.number().int().min(0).optional(),
});

/** What a command was called on: a row of the tree names its project and round. */
export type Target = z.infer<typeof targetSchema>;

/** Anyone may call a command with anything: what is no target names nothing. */
export function parseTarget(called: unknown): Target {
  return targetSchema.safeParse(called).data ?? {};
}
