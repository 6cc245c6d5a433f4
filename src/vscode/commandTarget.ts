import * as z from 'zod';

const targetSchema = z.object({
  root: z.string().optional(),
  round: z.number().int().min(0).optional(),
  /** One of the project's sets of data. */
  set: z.string().optional(),
  /** A question. */
  id: z.string().optional(),
  /** A file, as the explorer and the editor's tabs name one. */
  scheme: z.string().optional(),
  fsPath: z.string().optional(),
  /** A 1-based line of it. */
  line: z.number().int().min(1).optional(),
});

/** What a command was called on: a row of the tree names its project and round, the explorer a file. */
export type Target = z.infer<typeof targetSchema>;

/** Anyone may call a command with anything: what is no target names nothing. */
export function parseTarget(called: unknown): Target {
  return targetSchema.safeParse(called).data ?? {};
}
