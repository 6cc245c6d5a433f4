import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { bridgeCommand } from './bridge.ts';
import type { PythonEnvironment } from './findPython.ts';
import { runShortCommand } from './shortCommand.ts';

/** A student of some billion parameters is read twice and answers on the CPU. */
const TIMEOUT_MS = 3_600_000;

const saidSchema = z.object({
  file: z.string(),
  weightsSha256: z.string(),
  prompts: z.number().int(),
  steps: z.number().int(),
});
export type RecordedParity = z.infer<typeof saidSchema>;

/** What the trainer is to record of a student that it did not make. */
export interface ParityToRecord {
  /** The student's folder; its parity.json is written and nothing else. */
  readonly folder: string;
  /** Prompts and plain texts of the project's data. */
  readonly prompts: readonly string[];
  readonly texts: readonly string[];
  readonly replace: boolean;
}

/** Has the trainer's Python write parity.json into a student's folder, on the CPU. */
export async function recordParity(
  python: PythonEnvironment,
  bundle: string,
  { folder, prompts, texts, replace }: ParityToRecord,
  signal: Signal,
): Promise<RecordedParity> {
  const scratch = await mkdtemp(join(tmpdir(), 'tailor-record-'));
  try {
    const file = join(scratch, 'texts.json');
    await writeFile(file, JSON.stringify({ prompts, texts }));
    const args = ['record', '--student', folder, '--texts', file];
    const result = await runShortCommand({
      ...bridgeCommand(python, bundle, replace ? [...args, '--replace'] : args),
      env: childEnvironment(process.env),
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    const said = result.exitCode === 0 ? parse(result.stdout) : null;
    if (said !== null) return said;
    const last = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new AppError('student.invalid', sentence`The student could not be recorded.`, {
      hint: result.timedOut
        ? sentence`It took longer than an hour: use a computer with more cores or memory.`
        : sentence`It said: ${last}`,
      detail: { exitCode: result.exitCode, stderr: result.stderr.slice(-4000) },
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function parse(text: string): RecordedParity | null {
  try {
    return saidSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
