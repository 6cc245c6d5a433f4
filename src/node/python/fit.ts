import * as z from 'zod';

/** MB that a mode takes, as a range, and whether that fits what one process can have. */
const needSchema = z.object({
  low: z.number(),
  high: z.number(),
  fits: z.enum(['yes', 'no', 'perhaps', 'unknown']),
});
export type Need = z.infer<typeof needSchema>;

/** Memory of every mode on a device; of `probe --fit` and of the dry run. */
export const fitSchema = z.object({
  mode: z.enum(['full', 'lora', 'qlora']),
  device: z.object({ kind: z.string(), name: z.string(), availableMB: z.number().nullable() }),
  modes: z.object({ full: needSchema, lora: needSchema, qlora: needSchema }),
});
export type Fit = z.infer<typeof fitSchema>;
