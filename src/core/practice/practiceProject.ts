import type { PracticeKind } from './questionKinds.ts';
import { projectFileSchema, type ProjectFile } from '../project/projectFile.ts';

/** Where the practice project keeps its base student and its question sets. */
export const PRACTICE_PATHS = {
  student: 'models/practice-base',
  train: 'data/train.jsonl',
  dev: 'data/dev.jsonl',
  unseen: 'data/unseen.jsonl',
} as const;

/** What a person may want otherwise in a practice project; everything else suits its questions and its student. */
export interface PracticeChoices {
  readonly name?: string | undefined;
  readonly teacher?: string | undefined;
  readonly maxNewTokens?: number | undefined;
  /** Numbers where it is left out. */
  readonly kinds?: readonly PracticeKind[] | undefined;
}

/** A number's answer fits into the first; how a choice or a yes follows takes a line more. */
const ROOM = { numbers: 72, others: 96 };

/**
 * tailor.json of the practice project: taught by the programmatic teacher, two rounds in a few minutes on two cores.
 * Throws a ZodError where a choice is not valid.
 */
export function practiceProject(seed: number, choices: PracticeChoices = {}): ProjectFile {
  const isMore = choices.kinds?.some((kind) => kind !== 'number') === true;
  return projectFileSchema.parse({
    v: 1,
    name: choices.name ?? 'Practice',
    task: 'numeric',
    data: {
      train: PRACTICE_PATHS.train,
      dev: PRACTICE_PATHS.dev,
      extra: { unseen: PRACTICE_PATHS.unseen },
    },
    student: PRACTICE_PATHS.student,
    teacher: choices.teacher ?? 'programmatic',
    seed,
    exam: {
      samples: 4,
      sampling: { temperature: 1, topK: 50, topP: 1 },
      maxNewTokens: choices.maxNewTokens ?? (isMore ? ROOM.others : ROOM.numbers),
    },
    training: {
      objective: { pair: { kind: 'triplet', ratio: 0.1 } },
      optim: { lr: 5e-4, schedule: 'linear', warmup: 0.03, epochs: 2, globalBatch: 16 },
      maxLen: 256,
    },
    rounds: 2,
  } satisfies unknown);
}
