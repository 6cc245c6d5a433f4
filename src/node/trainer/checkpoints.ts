import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode, translating } from '../storage/storeError.ts';

const STEP = /^step-(\d+)$/u;

/** The steps of a run's whole checkpoints, as the trainer tells a whole one: by the file that it writes last. */
export async function checkpointSteps(folder: string): Promise<number[]> {
  const checkpoints = join(folder, 'checkpoints');
  const names = await translating(checkpoints, () =>
    readdir(checkpoints).catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return [];
      throw error;
    }),
  );
  const steps: number[] = [];
  for (const name of names) {
    const step = STEP.exec(name)?.[1];
    if (step === undefined) continue;
    const isWhole = await stat(join(checkpoints, name, 'COMMITTED')).then(
      () => true,
      () => false,
    );
    if (isWhole) steps.push(Number(step));
  }
  return steps.sort((a, b) => a - b);
}
