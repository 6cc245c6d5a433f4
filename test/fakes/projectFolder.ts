import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Question } from '../../src/core/dataset/question.ts';
import { projectFileSchema, type ProjectFile } from '../../src/core/project/projectFile.ts';
import { sha256Text } from '../../src/core/hash.ts';
import type { FrozenRow, Manifest } from '../../src/core/round/frozen.ts';
import { ProjectStore } from '../../src/node/project/projectStore.ts';
import type { Fs } from '../../src/node/storage/fs.ts';
import type { BadLine } from '../../src/node/storage/readJournal.ts';
import { fakeClock } from './fakeClock.ts';

/** A valid tailor.json with all its defaults filled in. */
export function aProjectFile(): ProjectFile {
  return projectFileSchema.parse({
    v: 1,
    name: 'Test project',
    task: 'numeric',
    data: { train: 'data/train.jsonl', dev: 'data/dev.jsonl' },
    student: 'models/base',
    teacher: 'programmatic',
    exam: { maxNewTokens: 64 },
    training: {},
  });
}

export const lines = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Writes a small project into a folder. */
export async function writeProject(
  root: string,
  sets: Readonly<Record<'train' | 'dev', readonly Question[]>>,
): Promise<ProjectFile> {
  const file = aProjectFile();
  await mkdir(join(root, 'data'), { recursive: true });
  await writeFile(join(root, 'tailor.json'), `${JSON.stringify(file, null, 2)}\n`);
  await writeFile(join(root, 'data', 'train.jsonl'), lines(sets.train));
  await writeFile(join(root, 'data', 'dev.jsonl'), lines(sets.dev));
  return file;
}

/** A store over a folder; bad lines are collected in `bad`. */
export function openStore(
  root: string,
  options: { writer?: string; fs?: Fs; clock?: ReturnType<typeof fakeClock> } = {},
): { store: ProjectStore; bad: BadLine[] } {
  const bad: BadLine[] = [];
  const { writer = 'ada-1', fs, clock = fakeClock() } = options;
  const store = new ProjectStore({
    root,
    project: aProjectFile(),
    writer,
    clock,
    onBad: (line) => bad.push(line),
    ...(fs ? { fs } : {}),
  });
  return { store, bad };
}

export function aFrozenRow(id: string): FrozenRow {
  return {
    v: 1,
    id,
    prompt: `Question: ${id}?\nReasoning:`,
    gold: '4',
    positives: [
      {
        id: `t-${id}`,
        completion: ' 2 + 2 = 4\nAnswer: 4',
        source: 'teacher',
        round: 0,
        hinted: false,
        programmatic: true,
      },
    ],
    negatives: [],
  };
}

/** Everything of a manifest that the store does not fill in itself. */
export function aManifest(rows: number): Omit<Manifest, 'trainSha256' | 'inputs'> {
  return {
    v: 1,
    round: 0,
    frozenAt: '2026-01-01T00:00:00.000Z',
    rows,
    coverage: {
      questions: rows,
      withRationale: rows,
      withTwoRationales: 0,
      withNegative: 0,
      withPair: 0,
      positives: rows,
      negatives: 0,
      bySource: { teacher: rows, feedback: 0, self: 0, dataset: 0, human: 0 },
      uncovered: {},
    },
    studentDigest: sha256Text('student'),
    examFingerprints: {},
    teacher: { profile: 'programmatic', programmatic: true },
    promptForm: 'plain-1',
    grader: 'test',
    decisions: { person: 0, rule: 0 },
    warnings: [],
  };
}
