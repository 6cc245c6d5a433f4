import * as z from 'zod';
import { AppError } from '../core/errors.ts';
import { withoutCopiedHead } from './copiedHead.ts';
import { sentence } from '../core/sentence.ts';
import { readWeights, type WeightFiles } from './safetensors.ts';
import { parseStudentConfig, type StudentConfig } from '../core/exam/studentConfig.ts';
import { readJson, requireJson } from './studentFiles.ts';
import { checkTensors, EMBEDDING } from './tensorNames.ts';
import { StudentTokenizer } from './tokens.ts';

/** A student folder, read and checked, before anything is loaded into onnxruntime. */
export interface StudentFolder {
  readonly config: StudentConfig;
  readonly weights: WeightFiles;
  readonly eosIds: readonly number[];
  /** Of the embedding, e.g. "BF16". */
  readonly dtype: string;
}

const eosSchema = z.object({
  eos_token_id: z.union([z.number().int(), z.array(z.number().int())]).nullish(),
});

export async function readStudentFolder(folder: string): Promise<StudentFolder> {
  const configJson = await requireJson(folder, 'config.json');
  const config = parseStudentConfig(configJson);
  const weights = await withoutCopiedHead(config, await readWeights(folder));
  checkTensors(config, weights.tensors);
  return {
    config,
    weights,
    eosIds: eosIds(await readJson(folder, 'generation_config.json'), configJson),
    dtype: weights.tensors.get(EMBEDDING)?.dtype ?? '',
  };
}

/** The student with its tokenizer; their vocabularies must fit. */
export async function readTokenizer(
  folder: string,
  { config }: StudentFolder,
): Promise<StudentTokenizer> {
  const tokenizer = await StudentTokenizer.load(folder);
  const largest = Math.max(...tokenizer.encodeWhole('Question: 12 + 3'));
  if (largest >= config.vocab) {
    throw new AppError(
      'student.invalid',
      sentence`The tokenizer gives ids beyond the student’s vocabulary.`,
      {
        hint: sentence`Put the tokenizer that this student was trained with into its folder.`,
        detail: { folder, id: largest, vocab: config.vocab },
      },
    );
  }
  return tokenizer;
}

/** The end-of-sequence ids of generation_config.json, else of config.json. */
function eosIds(generation: unknown, config: unknown): number[] {
  for (const json of [generation, config]) {
    const parsed = eosSchema.safeParse(json);
    const ids = parsed.success ? (parsed.data.eos_token_id ?? null) : null;
    if (ids !== null) return Array.isArray(ids) ? ids : [ids];
  }
  return [];
}
