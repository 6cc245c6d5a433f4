import { open, realpath } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { AppError } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';
import {
  parseSafetensorsHeader,
  PREFIX_BYTES,
  safetensorsHeaderLength,
  type TensorEntry,
} from '../core/exam/safetensorsHeader.ts';
import { isMissing, readJson } from './studentFiles.ts';

/** A tensor and the file (name inside `WeightFiles.folder`) that holds it. */
export interface WeightEntry extends TensorEntry {
  readonly file: string;
}

export interface WeightFiles {
  /** Real folder of the weight files: onnxruntime refuses links and other folders. */
  readonly folder: string;
  readonly tensors: ReadonlyMap<string, WeightEntry>;
}

const SINGLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });

/** Reads a safetensors file's header only. `file` must be a real path. */
export async function readTensors(file: string): Promise<Map<string, TensorEntry>> {
  const name = path.basename(file);
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const prefix = new Uint8Array(PREFIX_BYTES);
    const { bytesRead } = await handle.read(prefix, 0, PREFIX_BYTES, 0);
    const length = safetensorsHeaderLength(prefix.subarray(0, bytesRead), size, name);
    const header = new Uint8Array(length);
    await handle.read(header, 0, length, PREFIX_BYTES);
    return parseSafetensorsHeader(new TextDecoder().decode(header), length, size, name);
  } finally {
    await handle.close();
  }
}

/** The tensors of a student folder, from one file or from the shards of its index; links are resolved. */
export async function readWeights(folder: string): Promise<WeightFiles> {
  const names = await weightFileNames(folder);
  const tensors = new Map<string, WeightEntry>();
  let home: string | null = null;
  for (const name of names) {
    const real = await resolveWeightFile(folder, name);
    home ??= path.dirname(real);
    if (path.dirname(real) !== home) {
      throw new AppError(
        'student.invalid',
        sentence`The student’s weight files lie in different folders.`,
        {
          hint: sentence`Put all shards, or the targets of their links, into one folder.`,
          detail: { folder, file: name },
        },
      );
    }
    for (const [tensor, entry] of await readTensors(real)) {
      if (tensors.has(tensor)) {
        throw new AppError('student.invalid', sentence`Two shards hold the tensor ${tensor}.`, {
          hint: sentence`Copy or export the student again.`,
          detail: { folder, file: name },
        });
      }
      tensors.set(tensor, { ...entry, file: path.basename(real) });
    }
  }
  return { folder: home ?? folder, tensors };
}

/** Names of the weight files in a student folder: plain names, never paths. */
async function weightFileNames(folder: string): Promise<string[]> {
  try {
    await realpath(path.join(folder, SINGLE));
    return [SINGLE];
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const index = await readJson(folder, INDEX);
  if (index === null) {
    throw new AppError('student.modelMissing', sentence`The student folder has no ${SINGLE}.`, {
      hint: sentence`Point Tailor at a Hugging Face folder with safetensors weights; pickled .bin weights are not read.`,
      detail: { folder },
    });
  }
  const parsed = indexSchema.safeParse(index);
  const names = parsed.success ? [...new Set(Object.values(parsed.data.weight_map))] : [];
  const plain = names.every((name) => /^[\w.-]+\.safetensors$/u.test(name));
  if (names.length === 0 || !plain) {
    throw new AppError(
      'student.invalid',
      sentence`${INDEX} names files outside the student folder or none.`,
      {
        hint: sentence`Copy or export the student again.`,
        detail: { folder, files: names.slice(0, 5) },
      },
    );
  }
  return names.sort();
}

async function resolveWeightFile(folder: string, name: string): Promise<string> {
  try {
    return await realpath(path.join(folder, name));
  } catch (cause) {
    throw new AppError(
      'student.modelMissing',
      sentence`The student’s weight file ${name} is missing.`,
      {
        hint: sentence`Copy the student folder again, with every shard that its index names.`,
        cause,
        detail: { folder, file: name },
      },
    );
  }
}
