import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';
import type { RunConfig } from '../../core/training/run.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { codeOfTrainer } from '../trainer/classify.ts';
import { bridgeCommand } from './bridge.ts';
import { fitSchema } from './fit.ts';
import type { PythonEnvironment } from './findPython.ts';
import { runShortCommand } from './shortCommand.ts';

const TIMEOUT_MS = 300_000;

const acceptedSchema = z.object({
  type: z.literal('accepted'),
  steps: z.number(),
  rows: z.number(),
  droppedCount: z.number(),
  warnings: z.array(z.string()),
  parameters: z.number(),
  estimate: z.object({
    ...fitSchema.shape,
    tokens: z.number(),
    longestRow: z.number(),
    trainable: z.number(),
    processes: z.number(),
    seconds: z.object({ low: z.number(), high: z.number() }),
  }),
});
export type DryRun = z.infer<typeof acceptedSchema>;

const answerSchema = z.discriminatedUnion('type', [
  acceptedSchema,
  z.object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string(),
    hint: z.string(),
  }),
]);

/** Has the trainer check a run that does not exist yet: in a folder of its own that is gone afterwards. */
export async function dryRun(
  python: PythonEnvironment,
  bundle: string,
  config: RunConfig,
  signal: Signal,
): Promise<DryRun> {
  const folder = await mkdtemp(join(tmpdir(), 'tailor-dry-run-'));
  try {
    await writeFile(join(folder, 'run.json'), JSON.stringify(config));
    const result = await runShortCommand({
      ...bridgeCommand(python, bundle, ['train', '--run', folder, '--dry-run']),
      env: childEnvironment(process.env),
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    const answer = parse(result.stdout);
    if (answer?.type === 'accepted') return answer;
    if (answer !== null) {
      throw new AppError(codeOfTrainer(answer.code), answer.message, {
        hint: answer.hint,
        detail: { trainerCode: answer.code },
      });
    }
    throw new AppError('trainer.depsMissing', sentence`The trainer gave no estimate.`, {
      hint: sentence`It said: ${result.stderr.trim().split('\n').at(-1) ?? ''}`,
      detail: { exitCode: result.exitCode, stderr: result.stderr.slice(-4000) },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parse(text: string): z.infer<typeof answerSchema> | null {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
