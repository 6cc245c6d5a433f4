import { mkdir, readFile, rename, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { canonicalJson } from '../../core/hash.ts';
import { runConfigSchema, type RunConfig } from '../../core/training/run.ts';
import { createComplete } from '../storage/createComplete.ts';
import { nodeFs } from '../storage/fs.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { storeError, systemCode } from '../storage/storeError.ts';
import { resolveRun, writtenRun } from './runPlaces.ts';

/** The files of a run folder (protocol `tailor-run`, version 1) that the host reads or writes. */
export interface RunPaths {
  readonly folder: string;
  readonly config: string;
  readonly launch: string;
  readonly events: string;
  readonly log: string;
  readonly cancel: string;
  readonly exit: string;
}

export function runPaths(folder: string): RunPaths {
  if (!isAbsolute(folder)) {
    throw new AppError('usage', sentence`The run folder "${folder}" is not an absolute path.`);
  }
  return {
    folder,
    config: join(folder, 'run.json'),
    launch: join(folder, 'launch.json'),
    events: join(folder, 'events.jsonl'),
    log: join(folder, 'train.log'),
    cancel: join(folder, 'cancel'),
    exit: join(folder, 'exit.json'),
  };
}

/** launch.json: how the host started an attempt. Written before the start, completed with the process after it. */
export const launchSchema = z.object({
  v: z.literal(1),
  attempt: z.number().int().min(1),
  /** Returned in `hello`: tells this start from any other. */
  nonce: z.string(),
  argv: z.array(z.string()),
  /** Names, never values, of the variables that the trainer received. */
  environment: z.array(z.string()),
  lockGeneration: z.number().int(),
  host: z.string(),
  at: z.string(),
  /** Bytes that train.log held before this attempt. */
  logOffset: z.number().int().min(0),
  /** Null until the process runs, and for ever when it could not be started (`failed`). */
  process: z.object({ pid: z.number().int(), startTime: z.string().nullable() }).nullable(),
  failed: z.boolean(),
});
export type Launch = z.infer<typeof launchSchema>;

/** exit.json: how the supervisor saw the worker end. */
const exitSchema = z.object({
  attempt: z.number().int(),
  code: z.number().int().nullable(),
  signal: z.union([z.string(), z.number().int()]).nullable(),
});
export type WorkerExit = z.infer<typeof exitSchema>;

/** A request file: `cancel`, created exclusively so that a second request is noticed. */
export const cancelSchema = z.object({
  attempt: z.number().int().min(1),
  mode: z.enum(['checkpoint', 'discard']),
  at: z.string(),
  by: z.string(),
});
export type CancelRequest = z.infer<typeof cancelSchema>;

/** Parsed content, or null where the file is absent, torn or of another form: such a file decides nothing. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw storeError(error, path);
  }
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export const readLaunch = (paths: RunPaths): Promise<Launch | null> =>
  readJson(paths.launch, launchSchema);
export const readExit = (paths: RunPaths): Promise<WorkerExit | null> =>
  readJson(paths.exit, exitSchema);
export const readCancel = (paths: RunPaths): Promise<CancelRequest | null> =>
  readJson(paths.cancel, cancelSchema);

/**
 * Writes run.json on the first call; on later ones the configuration, whose paths are absolute, must be the same: a run
 * never changes, wherever its project lies.
 */
export async function ensureRunConfig(paths: RunPaths, config: RunConfig): Promise<void> {
  const parsed = runConfigSchema.safeParse(config);
  if (!parsed.success) {
    throw new AppError('trainer.badConfig', sentence`The training configuration is not valid.`, {
      hint: z.prettifyError(parsed.error),
      cause: parsed.error,
    });
  }
  const { accelerate } = config.launch ?? {};
  for (const path of [config.model.path, config.data.path, config.export.path, accelerate]) {
    if (path === undefined || isAbsolute(path)) continue;
    throw new AppError('trainer.badConfig', sentence`"${path}" must be an absolute path.`);
  }
  let existing: string | null = null;
  try {
    await mkdir(paths.folder, { recursive: true });
    existing = await readFile(paths.config, 'utf8');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw storeError(error, paths.config);
  }
  if (existing === null) {
    const written = writtenRun(paths.folder, parsed.data);
    await writeSnapshot(paths.config, `${JSON.stringify(written, null, 2)}\n`, { mode: 0o644 });
    return;
  }
  const begun = runOf(existing);
  if (begun !== null && decisive(resolveRun(paths.folder, begun)) === decisive(parsed.data)) return;
  throw new AppError(
    'trainer.checkpointMismatch',
    sentence`The run in ${paths.folder} was started with another configuration.`,
    {
      hint: sentence`Restore its run.json, or delete ${paths.folder} and train again.`,
      detail: { file: paths.config },
    },
  );
}

function runOf(text: string): RunConfig | null {
  try {
    return runConfigSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** All that decides what comes out: probes only watch, and those that the run began with stay. */
function decisive({ probes: _probes, ...config }: RunConfig): string {
  return canonicalJson(config);
}

export async function writeLaunch(paths: RunPaths, launch: Launch): Promise<void> {
  await writeSnapshot(paths.launch, `${JSON.stringify(launch, null, 2)}\n`, { mode: 0o644 });
}

/**
 * Asks attempt `request.attempt` to stop. False when it was already asked. A request that another attempt left
 * behind is moved aside: it must neither stop this attempt nor swallow the new request.
 */
export async function writeCancel(paths: RunPaths, request: CancelRequest): Promise<boolean> {
  for (;;) {
    try {
      // Whole or not at all: a trainer that starts would take an unfinished request for a stale one.
      await createComplete(nodeFs, paths.cancel, `${JSON.stringify(request)}\n`);
      return true;
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw storeError(error, paths.cancel);
    }
    const standing = await readCancel(paths);
    if (standing?.attempt === request.attempt) return false;
    await moveAside(paths.cancel, standing?.attempt ?? 0);
  }
}

/** Clears the requests that earlier attempts left behind, before attempt `next` starts. */
export async function clearStaleRequests(paths: RunPaths, next: number): Promise<void> {
  for (const path of [paths.cancel, join(paths.folder, 'save')]) {
    await moveAside(path, next - 1);
  }
}

async function moveAside(path: string, attempt: number): Promise<void> {
  try {
    await rename(path, `${path}.${attempt}`);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw storeError(error, path);
  }
}

/** Bytes of a file; 0 where there is none. */
export async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw storeError(error, path);
  }
}
