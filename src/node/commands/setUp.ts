import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ZodError } from 'zod';
import { AppError } from '../../core/errors.ts';
import { issueText } from '../../core/schemaProblem.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { PRACTICE_PATHS, practiceProject } from '../../core/practice/practiceProject.ts';
import type { PracticeKind } from '../../core/practice/questionKinds.ts';
import { projectFileSchema, type ProjectFile } from '../../core/project/projectFile.ts';
import { purposeSchema } from '../../core/teaching/records.ts';
import { DEFAULT_TEMPLATES } from '../../core/teaching/templates.ts';
import { createPracticeProject, ignoreGenerated, placePracticeStudent } from '../practiceFiles.ts';
import { loadProject } from '../project/loadProject.ts';
import { PROJECT_FILE } from '../project/projectFileName.ts';
import { installSmollm2 } from '../python/installSmollm2.ts';
import { PROGRAMMATIC } from '../teacher/profiles.ts';
import { makeFolder } from '../storage/makeFolder.ts';
import { assertWritable } from '../storage/safePath.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { trainerPython } from './trainerPython.ts';

export interface InitOptions {
  readonly folder: string;
  readonly practice: boolean;
  /** "practice", "smollm2" or the path of a student folder inside the project. */
  readonly student: string;
  readonly name?: string;
  readonly teacher?: string;
  readonly seed: number;
  /** The practice project's own limit, or 256, when absent. */
  readonly maxNewTokens?: number;
  /** Kinds of answers of the practice questions; numbers when absent. */
  readonly kinds?: readonly PracticeKind[];
}

/** `tailor init`: the practice project, or an empty project for own data. */
export async function init(context: CommandContext, options: InitOptions): Promise<CommandResult> {
  const root = resolve(options.folder);
  if (options.practice) {
    if (!STUDENTS.has(options.student)) {
      throw new AppError(
        'usage',
        sentence`--practice brings its own student: ${joined([...STUDENTS.keys()], ', ')}.`,
        { hint: sentence`Leave --practice out to examine a student of your own.` },
      );
    }
    const project = understood(() => practiceProject(options.seed, options));
    await createPracticeProject(root, {
      seed: options.seed,
      assets: join(context.assets.media, 'practice'),
      project,
      ...(options.kinds === undefined ? {} : { kinds: options.kinds }),
    });
    if (options.student === 'smollm2') await useSmollm2(context, root);
    await writePrompts(root);
    return {
      text: lines([
        sentence`Made the practice project in ${root}. ${aboutTeacher(project.teacher)} Its numbers are a demonstration.`,
        sentence`Run its loop: tailor round --project ${root}`,
      ]),
      json: { root },
    };
  }
  if (options.kinds !== undefined) {
    throw new AppError('usage', sentence`--kinds is about the questions of the practice project.`, {
      hint: sentence`Your own questions have their kinds from the data: tailor import.`,
    });
  }
  await refuseExisting(root);
  const project = newProject(options);
  if (options.student === 'smollm2') await makeSmollm2(context, root);
  if (options.student === 'practice') {
    await placePracticeStudent(root, join(context.assets.media, 'practice'));
  }
  await writePrompts(root);
  await ignoreGenerated(root);
  await writeSnapshot(join(root, PROJECT_FILE), `${JSON.stringify(project, null, 2)}\n`);
  return {
    text: sentence`Made ${join(root, PROJECT_FILE)}. Next: tailor import FORMAT FILE --project ${root}`,
    json: { root, project },
  };
}

const lines = (texts: readonly Sentence[]): Sentence => joined(texts, '\n');

const SMOLLM2_FOLDER = 'models/smollm2-135m-instruct';
const STUDENTS = new Map<string, string>([
  ['practice', PRACTICE_PATHS.student],
  ['smollm2', SMOLLM2_FOLDER],
]);

function newProject(options: InitOptions): ProjectFile {
  return understood(() =>
    projectFileSchema.parse({
      v: 1,
      name: options.name ?? 'My project',
      task: 'numeric',
      data: { train: 'data/train.jsonl', dev: 'data/dev.jsonl' },
      student: STUDENTS.get(options.student) ?? options.student,
      teacher: options.teacher ?? PROGRAMMATIC,
      seed: options.seed,
      exam: { maxNewTokens: options.maxNewTokens ?? 256 },
      training: {},
    }),
  );
}

const AN_OPTION = sentence`An option`;

/** The project file that the options make, or what is wrong with them. */
function understood(make: () => ProjectFile): ProjectFile {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    const [first] = error.issues;
    throw new AppError('usage', sentence`${first ? issueText(first, AN_OPTION) : AN_OPTION}.`, {
      hint: sentence`See tailor init --help.`,
      cause: error,
    });
  }
}

function aboutTeacher(teacher: string): Sentence {
  return teacher === PROGRAMMATIC
    ? sentence`Its teacher is programmatic, no language model.`
    : sentence`Its teacher is "${teacher}" of your own profiles.`;
}

/** The prompts that the teacher gets, to be read and edited; a person's own stay. */
async function writePrompts(root: string): Promise<void> {
  for (const purpose of purposeSchema.options) {
    const path = await assertWritable(root, `prompts/${purpose}.md`);
    if (await isThere(path)) continue;
    await makeFolder(dirname(path));
    await writeSnapshot(path, DEFAULT_TEMPLATES[purpose], { mode: 0o644 });
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

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
  const python = await trainerPython(context, root);
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
  if (!(await isThere(path))) return;
  throw new AppError('project.exists', sentence`${path} is already there.`, {
    hint: sentence`Name another folder, or edit that file.`,
  });
}
