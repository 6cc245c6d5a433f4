import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { DEFAULT_LR, modeSchema, objectiveSchema, optimSchema } from '../../core/training/run.ts';
import type { RunSettings } from '../../shared/trainingContract.ts';
import { runPaths } from './runFolder.ts';

/** What of run.json says how a run was trained. */
const settingsSchema = z.object({
  mode: modeSchema,
  objective: objectiveSchema,
  optim: optimSchema,
});

/** How a run was trained, by its own run.json; null where that is not there or of another form. */
export async function readRunSettings(folder: string): Promise<RunSettings | null> {
  try {
    const text = await readFile(runPaths(folder).config, 'utf8');
    const { mode, objective, optim } = settingsSchema.parse(JSON.parse(text));
    const { epochs, lr = DEFAULT_LR[mode] } = optim;
    return { mode, pair: { ...objective.pair }, epochs, lr };
  } catch {
    return null;
  }
}
