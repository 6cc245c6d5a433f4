import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Optim } from '../../src/core/training/run.ts';
import { createPracticeProject } from '../../src/node/practiceFiles.ts';
import { loadProject } from '../../src/node/project/loadProject.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const CLI = join(ROOT, 'dist', 'cli.cjs');

/** A practice project small enough for a test: the same kinds of questions, fewer of them, and one epoch unless `optim` says otherwise. */
export async function smallPractice(
  root: string,
  sizes: { train: number; dev: number; unseen: number },
  optim: Partial<Optim> = {},
): Promise<void> {
  await createPracticeProject(root, { seed: 3, assets: join(ROOT, 'media', 'practice'), sizes });
  const { file } = await loadProject(root);
  const training = { ...file.training, optim: { ...file.training.optim, epochs: 1, ...optim } };
  await writeFile(join(root, 'tailor.json'), JSON.stringify({ ...file, training }));
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line, with `variables` beside the test's own; the promise never rejects. */
export function startTailor(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): {
  child: ChildProcess;
  finished: Promise<Finished>;
} {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const finished = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...output }));
  });
  return { child, finished };
}

/** All records of the JSONL files of a folder whose names begin with `prefix`. */
export function recordsIn(folder: string, prefix = ''): Record<string, unknown>[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith('.jsonl'))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .flatMap((line) => {
      try {
        // SAFETY: journals hold one object a line; a torn line is left out below.
        return [JSON.parse(line) as Record<string, unknown>];
      } catch {
        return [];
      }
    });
}

/** What a finished project comes down to, for comparison: attempts, frozen sets and students, without times. */
export async function essence(root: string, rounds: number): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for (let round = 0; round <= rounds; round += 1) {
    const folder = join(root, 'rounds', String(round));
    for (const set of round === rounds ? ['dev', 'unseen'] : ['train', 'dev', 'unseen']) {
      const attempts = recordsIn(join(folder, 'exam'), `${set}.`).map(
        ({ questionId, sample, text, ids }) => JSON.stringify([questionId, sample, text, ids]),
      );
      found[`${round} ${set}`] = attempts.sort();
    }
    if (round === rounds) continue;
    found[`${round} frozen`] = await readFile(join(folder, 'train.jsonl'), 'utf8');
    // SAFETY: written by this version of Tailor a moment ago.
    const state = JSON.parse(await readFile(join(folder, 'round.json'), 'utf8')) as {
      training: { student: { path: string } };
    };
    const weights = await readFile(join(root, state.training.student.path, 'model.safetensors'));
    found[`${round} weights`] = createHash('sha256').update(weights).digest('hex');
  }
  return found;
}
