import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { firstBatchRows, firstBatchSchema } from '../../core/training/firstBatch.ts';
import type { TrainingSnapshot } from '../../shared/trainingContract.ts';

/** A batch of long texts is some MB; more than this is none of ours. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The first batch of a run as a person reads it; null while there is none, or where it cannot be read. */
export async function readFirstBatch(folder: string): Promise<TrainingSnapshot['firstBatch']> {
  const path = join(folder, 'first-batch.json');
  try {
    if ((await stat(path)).size > MAX_BYTES) return null;
    const parsed = firstBatchSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? firstBatchRows(parsed.data) : null;
  } catch {
    return null;
  }
}
