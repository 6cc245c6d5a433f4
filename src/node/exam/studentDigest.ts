import { open, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import type { StudentIdentity } from '../../core/exam/attempt.ts';
import { ENGINE_IDENTITY } from '../../core/exam/engineContract.ts';
import {
  parseSafetensorsHeader,
  PREFIX_BYTES,
  safetensorsHeaderLength,
} from '../../core/exam/safetensorsHeader.ts';
import { sha256Json } from '../../core/hash.ts';
import { sha256File } from '../storage/fileHash.ts';

/** Files that decide what a student writes, weights aside; the last two may be absent. */
const REQUIRED = ['config.json', 'tokenizer.json'];
const OPTIONAL = ['tokenizer_config.json', 'generation_config.json'];
const WEIGHTS = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

interface Known {
  readonly size: number;
  readonly mtimeMs: number;
  readonly sha256: string;
}

/** Digests of student folders, remembered per file while its size and time of change stay. */
export class StudentDigests {
  private readonly known = new Map<string, Known>();

  async identify(folder: string): Promise<StudentIdentity> {
    const weights = await weightNames(folder);
    const names = [...REQUIRED];
    for (const name of [...OPTIONAL, INDEX]) {
      if (await exists(path.join(folder, name))) names.push(name);
    }
    const digests: [string, string][] = [];
    for (const name of [...names, ...weights].sort())
      digests.push([name, await this.sha256(folder, name)]);
    let parameters = 0;
    for (const name of weights) parameters += await countParameters(path.join(folder, name));
    return { digest: sha256Json(digests), engine: ENGINE_IDENTITY, parameters };
  }

  /** SHA-256 of the single weight file; of several files, of their names and hashes (as parity.py makes it). */
  async weightsSha256(folder: string): Promise<string> {
    const names = await weightNames(folder);
    if (names.length === 1 && names[0] === WEIGHTS) return this.sha256(folder, WEIGHTS);
    const listed: [string, string][] = [];
    for (const name of names) listed.push([name, await this.sha256(folder, name)]);
    return sha256Json(listed);
  }

  private async sha256(folder: string, name: string): Promise<string> {
    const file = path.join(folder, name);
    let facts: { size: number; mtimeMs: number };
    try {
      facts = await stat(file);
    } catch (cause) {
      throw missing(folder, name, cause);
    }
    const { size, mtimeMs } = facts;
    const known = this.known.get(file);
    if (known?.size === size && known.mtimeMs === mtimeMs) return known.sha256;
    const sha256 = await sha256File(file);
    this.known.set(file, { size, mtimeMs, sha256 });
    return sha256;
  }
}

/** Of the names in a student folder those of its weights. */
export function weightsAmong(names: readonly string[]): string[] {
  if (names.includes(WEIGHTS)) return [WEIGHTS];
  return names.filter((name) => name.endsWith('.safetensors')).sort();
}

/** What `identify` finds in a folder with these files (name → SHA-256); null where they are no student. */
export function digestOfFiles(sha256: ReadonlyMap<string, string>): string | null {
  const weights = weightsAmong([...sha256.keys()]);
  if (weights.length === 0 || !REQUIRED.every((name) => sha256.has(name))) return null;
  const counted = new Set([...REQUIRED, ...OPTIONAL, INDEX, ...weights]);
  return sha256Json([...sha256].filter(([name]) => counted.has(name)).sort());
}

/** The weights that the trainer recorded belong to this folder, or nothing else needs to be compared. */
export async function requireRecordedWeights(
  digests: StudentDigests,
  folder: string,
  recorded: string | null,
): Promise<void> {
  if (recorded === null) return;
  const actual = await digests.weightsSha256(folder);
  if (recorded === actual) return;
  throw new AppError(
    'student.parity',
    sentence`The student’s weights are not the ones that the trainer saved.`,
    {
      hint: sentence`Export the student again, and let nothing rewrite its folder afterwards.`,
      detail: { difference: 'weights', folder, trainer: recorded, engine: actual },
    },
  );
}

const WHOLE = sentence`Point Tailor at a Hugging Face folder: config.json, tokenizer.json, model.safetensors.`;

/** What to do about a folder without weights that are read, by what it holds instead. */
async function wayOn(folder: string): Promise<Sentence> {
  const names = await readdir(folder).catch((): string[] => []);
  if (names.includes('adapter_config.json')) {
    return sentence`Point Tailor at a Hugging Face folder of a whole model; merge a LoRA adapter into its base first.`;
  }
  return names.some((name) => /\.(?:bin|pth?)$/u.test(name))
    ? sentence`Point Tailor at a Hugging Face folder with safetensors weights; pickled .bin weights are not read.`
    : WHOLE;
}

function missing(folder: string, name: string, cause?: unknown, hint = WHOLE): AppError {
  return new AppError('student.modelMissing', sentence`The student folder has no ${name}.`, {
    hint,
    cause,
    detail: { folder, file: name },
  });
}

export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch {
    return false;
  }
}

async function weightNames(folder: string): Promise<string[]> {
  if (await exists(path.join(folder, WEIGHTS))) return [WEIGHTS];
  let text: string;
  try {
    const handle = await open(path.join(folder, INDEX));
    text = await handle.readFile('utf8').finally(() => handle.close());
  } catch (cause) {
    throw missing(folder, WEIGHTS, cause, await wayOn(folder));
  }
  try {
    const names = [...new Set(Object.values(indexSchema.parse(JSON.parse(text)).weight_map))];
    if (names.length > 0 && names.every((name) => path.basename(name) === name))
      return names.sort();
  } catch (cause) {
    throw badIndex(folder, cause);
  }
  throw badIndex(folder);
}

function badIndex(folder: string, cause?: unknown): AppError {
  return new AppError(
    'student.invalid',
    sentence`The student’s ${INDEX} does not name its weight files.`,
    {
      hint: sentence`Copy or export the student again.`,
      cause,
      detail: { folder, file: INDEX },
    },
  );
}

/** Elements of all tensors, from the header alone. */
async function countParameters(file: string): Promise<number> {
  const name = path.basename(file);
  const handle = await open(await realpath(file));
  try {
    const { size } = await handle.stat();
    const prefix = new Uint8Array(PREFIX_BYTES);
    const { bytesRead } = await handle.read(prefix, 0, PREFIX_BYTES, 0);
    const length = safetensorsHeaderLength(prefix.subarray(0, bytesRead), size, name);
    const header = new Uint8Array(length);
    await handle.read(header, 0, length, PREFIX_BYTES);
    const tensors = parseSafetensorsHeader(new TextDecoder().decode(header), length, size, name);
    let total = 0;
    for (const { shape } of tensors.values()) total += shape.reduce((a, b) => a * b, 1);
    return total;
  } finally {
    await handle.close();
  }
}
