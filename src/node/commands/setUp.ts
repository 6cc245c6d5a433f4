import { mkdir, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { carve } from '../../core/dataset/splits.ts';
import { importFile } from '../importFile.ts';
import type { DataFormat } from '../../core/dataset/importers.ts';
import type { Question } from '../../core/dataset/question.ts';
import { projectFileSchema } from '../../core/project/projectFile.ts';
import { createPracticeProject } from '../practiceFiles.ts';
import { findPython } from '../python/findPython.ts';
import { loadProject, PROJECT_FILE } from '../project/loadProject.ts';
import { installSmollm2 } from '../python/installSmollm2.ts';
import { assertWritable, resolveInside } from '../storage/safePath.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import type { CommandContext, CommandResult } from './context.ts';

export interface InitOptions {
  readonly folder: string;
  readonly practice: boolean;
  /** "practice", "smollm2" or the path of a student folder inside the project. */
  readonly student: string;
  readonly name?: string;
  readonly teacher?: string;
  readonly seed: number;
  readonly maxNewTokens: number;
}

/** `tailor init`: the practice project, or an empty project for own data. */
export async function init(context: CommandContext, options: InitOptions): Promise<CommandResult> {
  const root = resolve(options.folder);
  if (options.practice) {
    await createPracticeProject(root, {
      seed: options.seed,
      assets: join(context.assets.media, 'practice'),
    });
    if (options.student === 'smollm2') await useSmollm2(context, root);
    return {
      text: `Made the practice project in ${root}. Its teacher is programmatic and its numbers are a demonstration.\nRun its loop: tailor round --project ${root}`,
      json: { root },
    };
  }
  await refuseExisting(root);
  await mkdir(join(root, 'data'), { recursive: true });
  const student = options.student === 'smollm2' ? SMOLLM2_FOLDER : options.student;
  const project = projectFileSchema.parse({
    v: 1,
    name: options.name ?? 'My project',
    task: 'numeric',
    data: { train: 'data/train.jsonl', dev: 'data/dev.jsonl' },
    student,
    teacher: options.teacher ?? 'programmatic',
    seed: options.seed,
    exam: { maxNewTokens: options.maxNewTokens },
    training: {},
  });
  if (options.student === 'smollm2') await makeSmollm2(context, root);
  await writeSnapshot(join(root, '.gitignore'), 'models/\n.tailor/\nrounds/*/runs/*/checkpoints\n');
  await writeSnapshot(join(root, PROJECT_FILE), `${JSON.stringify(project, null, 2)}\n`);
  return {
    text: `Made ${join(root, PROJECT_FILE)}. Next: tailor import FORMAT FILE --project ${root}`,
    json: { root, project },
  };
}

const SMOLLM2_FOLDER = 'models/smollm2-135m-instruct';

async function useSmollm2(context: CommandContext, root: string): Promise<void> {
  await makeSmollm2(context, root);
  const { file } = await loadProject(root);
  const changed = {
    ...file,
    student: SMOLLM2_FOLDER,
    training: {
      ...file.training,
      optim: { ...file.training.optim, lr: 2e-5, epochs: 1 },
    },
  };
  await writeSnapshot(join(root, PROJECT_FILE), `${JSON.stringify(changed, null, 2)}\n`);
}

async function makeSmollm2(context: CommandContext, root: string): Promise<void> {
  const python = await findPython({
    named: context.python,
    environment: context.environment,
    installation: context.assets.installation,
    projectFolder: root,
    signal: context.signal,
  });
  await installSmollm2(python, {
    bundle: context.assets.bridge,
    environment: context.environment,
    folder: join(root, SMOLLM2_FOLDER),
    log: context.log,
    signal: context.signal,
  });
}

async function refuseExisting(root: string): Promise<void> {
  const path = join(root, PROJECT_FILE);
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  if (!there) return;
  throw new AppError('project.exists', `${path} is already there.`, {
    hint: 'Name another folder, or edit that file.',
  });
}

export interface ImportOptions {
  /** Guessed from the first row when absent. */
  readonly format?: DataFormat;
  readonly file: string;
  /** Where the questions go; "split" carves dev out of them. */
  readonly to: 'train' | 'dev' | 'split';
  readonly dev?: { readonly count: number } | { readonly share: number };
  readonly replace: boolean;
}

/** `tailor import`: questions from a published file or own rows into the project's data files. */
export async function importData(
  context: CommandContext,
  options: ImportOptions,
): Promise<CommandResult> {
  const { root, file: project } = await loadProject(context.options.folder);
  const result = await importFile(options.file, {
    ...(options.format ? { format: options.format } : {}),
    signal: context.signal,
  });
  if (result.questions.length === 0) {
    const first = result.bad[0];
    throw new AppError('data.invalid', `${options.file} has no usable row.`, {
      hint: first ? `Line ${first.line}: ${first.reason}.` : 'Check the format.',
      detail: { bad: result.bad.slice(0, 20) },
    });
  }
  const targets: [string, readonly Question[]][] = [];
  if (options.to === 'split') {
    const { train, dev } = carve(result.questions, {
      dev: options.dev ?? { share: 0.1 },
      seed: project.seed,
    });
    targets.push([project.data.train, train], [project.data.dev, dev]);
  } else {
    targets.push([project.data[options.to], result.questions]);
  }
  for (const [path, questions] of targets) await writeData(root, path, questions, options.replace);
  const { counts, bad, duplicates, notes } = result;
  const lines = [
    `Read ${counts.read} rows of ${options.file}: ${counts.kept} kept, ${counts.bad} bad, ${counts.duplicates} duplicates.`,
    ...targets.map(([path, questions]) => `${path}: ${questions.length} questions`),
    ...bad.slice(0, 20).map(({ line, field, reason }) => `line ${line}, ${field}: ${reason}`),
    ...(bad.length > 20 ? [`… and ${bad.length - 20} more; --json lists all.`] : []),
  ];
  return {
    text: lines.join('\n'),
    json: {
      counts,
      bad,
      duplicates,
      notes,
      files: targets.map(([path, list]) => ({ path, questions: list.length })),
    },
  };
}

async function writeData(
  root: string,
  path: string,
  questions: readonly Question[],
  replace: boolean,
): Promise<void> {
  const absolute = await resolveInside(root, path);
  await assertWritable(root, absolute);
  const there = await stat(absolute).then(
    ({ size }) => size > 0,
    () => false,
  );
  if (there && !replace) {
    throw new AppError('data.invalid', `${relative(root, absolute)} is already there.`, {
      hint: 'Add --replace to write it anew; rounds that were run on the old questions stay as they are.',
    });
  }
  await mkdir(join(absolute, '..'), { recursive: true });
  await writeSnapshot(absolute, questions.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
