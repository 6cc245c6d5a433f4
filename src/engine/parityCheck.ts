import { AppError } from '../core/errors.ts';
import { sentence, type Sentence } from '../core/sentence.ts';
import { LOGIT_TOLERANCE, NEAR_TIE, paritySchema, type Parity } from '../core/exam/parity.ts';
import { CascadeModel } from './cascadeModel.ts';
import type { ExamModel } from './examModel.ts';
import { requireJson } from './studentFiles.ts';
import { readStudentFolder, readTokenizer } from './studentFolder.ts';
import type { StudentTokenizer } from './tokens.ts';

export interface ParityOutcome {
  readonly maxLogitDelta: number;
  readonly prompts: number;
  /** Prompts whose greedy ids part where the two largest logits are too close to tell. */
  readonly nearTies: number;
  /** Greedy tokens that are the same. */
  readonly steps: number;
}

type Prompt = Parity['prompts'][number];

/** Where trainer and engine disagree first. */
function differs(
  what: 'tokenizer' | 'bos' | 'eos' | 'logits' | 'greedy',
  message: Sentence,
  detail: Record<string, unknown>,
): AppError {
  return new AppError('student.parity', message, {
    hint: sentence`Export the student again, and let nothing rewrite its folder afterwards; exams with it would not measure what was trained.`,
    detail: { difference: what, ...detail },
  });
}

/** Repeats what the trainer recorded in parity.json and names the first difference. */
export async function checkParity(folder: string, stop: () => void): Promise<ParityOutcome> {
  const json = await requireJson(folder, 'parity.json');
  const parsed = paritySchema.safeParse(json);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') ?? '';
    throw new AppError(
      'student.invalid',
      sentence`The student’s parity.json has a bad “${field}”.`,
      {
        hint: sentence`Export the student again.`,
        detail: { folder, file: 'parity.json', field },
      },
    );
  }
  const parity = parsed.data;
  const student = await readStudentFolder(folder);
  checkTokens(parity, await readTokenizer(folder, student));
  checkEos(parity, student.eosIds);
  const model = await CascadeModel.load(student.config, student.weights, {
    candidates: 64,
    head: [],
    threads: 1,
  });
  try {
    let maxLogitDelta = 0;
    for (const [index, prompt] of parity.prompts.entries()) {
      stop();
      maxLogitDelta = Math.max(maxLogitDelta, await checkLogits(model, prompt, index));
    }
    const greedy = await checkGreedy(model, parity.prompts, stop);
    return { maxLogitDelta, prompts: parity.prompts.length, ...greedy };
  } finally {
    await model.release();
  }
}

function checkTokens(parity: Parity, tokenizer: StudentTokenizer): void {
  if (parity.bos !== tokenizer.bos.length > 0) {
    throw differs(
      'bos',
      parity.bos
        ? sentence`The trainer’s tokenizer sets a begin-of-sequence id, the engine’s no.`
        : sentence`The trainer’s tokenizer sets no begin-of-sequence id, the engine’s a.`,
      {},
    );
  }
  for (const { text, ids } of parity.prompts) compareIds(text, ids, tokenizer.encodeWhole(text));
  for (const { text, ids } of parity.strings) {
    compareIds(text, ids, tokenizer.encode(text));
  }
}

function compareIds(text: string, theirs: readonly number[], ours: readonly number[]): void {
  const length = Math.max(theirs.length, ours.length);
  for (let at = 0; at < length; at++) {
    if (theirs[at] === ours[at]) continue;
    throw differs(
      'tokenizer',
      sentence`The tokenizer reads “${text.slice(0, 40)}” differently from the trainer’s at token ${at}.`,
      { text, at, trainer: theirs[at] ?? null, engine: ours[at] ?? null },
    );
  }
}

function checkEos(parity: Parity, eosIds: readonly number[]): void {
  const sorted = (ids: readonly number[]): string => [...new Set(ids)].sort((a, b) => a - b).join();
  if (sorted(parity.eosIds) === sorted(eosIds)) return;
  throw differs(
    'eos',
    sentence`The end-of-sequence ids differ: the trainer’s are [${sorted(parity.eosIds)}], the folder’s [${sorted(eosIds)}].`,
    { trainer: parity.eosIds, engine: eosIds },
  );
}

/** Largest |Δlogit| over the recorded positions. */
async function checkLogits(model: ExamModel, prompt: Prompt, index: number): Promise<number> {
  if (prompt.logits.length === 0) return 0;
  // A position's logits are those of the prompt cut off behind it.
  const cut = prompt.logits.map(({ position }) => prompt.ids.slice(0, position + 1));
  const { values, ids, width } = await model.prefill(cut);
  let largest = 0;
  for (const [row, { position, topIds, topValues }] of prompt.logits.entries()) {
    const rowIds = ids.subarray(row * width, (row + 1) * width);
    for (const [k, id] of topIds.entries()) {
      const at = rowIds.indexOf(id);
      const ours = at < 0 ? null : (values[row * width + at] ?? null);
      const theirs = topValues[k] ?? Number.NaN;
      const delta = ours === null ? Infinity : Math.abs(ours - theirs);
      // Written so that NaN counts as a difference.
      if (!(delta < LOGIT_TOLERANCE)) {
        throw differs(
          'logits',
          sentence`The logits of prompt ${index} differ at position ${position}: token ${id} has ${theirs} in training, ${ours ?? sentence`too little to rank`} in the engine.`,
          { prompt: index, position, id, trainer: theirs, engine: ours },
        );
      }
      largest = Math.max(largest, delta);
    }
  }
  return largest;
}

/** Greedy continuation of all prompts at once: the number of near ties, and of tokens that are the same. */
async function checkGreedy(
  model: ExamModel,
  prompts: readonly Prompt[],
  stop: () => void,
): Promise<Pick<ParityOutcome, 'nearTies' | 'steps'>> {
  model.resize(prompts.length, []);
  let top = await model.prefill(prompts.map((prompt) => prompt.ids));
  for (const row of prompts.keys()) model.place(row, row);
  const steps = Math.max(...prompts.map((prompt) => prompt.greedyIds.length));
  const parted = new Set<number>();
  let same = 0;
  const tokens = new Int32Array(prompts.length);
  for (let step = 0; step < steps; step++) {
    stop();
    for (const [row, { greedyIds, greedyMargins }] of prompts.entries()) {
      const ours = top.ids[row * top.width] ?? 0;
      tokens[row] = ours;
      const theirs = greedyIds[step];
      if (theirs === undefined || parted.has(row)) continue;
      if (theirs === ours) {
        same += 1;
        continue;
      }
      const margin = greedyMargins[step] ?? Infinity;
      if (!(margin < NEAR_TIE)) {
        throw differs(
          'greedy',
          sentence`The greedy continuation of prompt ${row} differs at token ${step}: ${theirs} in training, ${ours} in the engine.`,
          { prompt: row, step, trainer: theirs, engine: ours, margin },
        );
      }
      parted.add(row);
    }
    if (step + 1 < steps) top = await model.decode(tokens);
  }
  return { nearTies: parted.size, steps: same };
}
