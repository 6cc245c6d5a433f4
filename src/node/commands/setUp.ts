import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ZodError } from 'zod';
import { AppError } from '../../core/errors.ts';
import { issueText } from '../../core/schemaProblem.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { namesIn } from '../project/projectFiles.ts';
import { changedTexts, overlapsOf } from './importedData.ts';
import { carve, type Carved } from '../../core/dataset/splits.ts';
import { importFile } from '../importFile.ts';
import {
  describeBadRow,
  type DataFormat,
  type DuplicateRow,
} from '../../core/dataset/importers.ts';
import type { Question } from '../../core/dataset/question.ts';
import { PRACTICE_PATHS, practiceProject } from '../../core/practice/practiceProject.ts';
import { projectFileSchema, type ProjectFile } from '../../core/project/projectFile.ts';
import { purposeSchema } from '../../core/teaching/records.ts';
import { DEFAULT_TEMPLATES } from '../../core/teaching/templates.ts';
import { createPracticeProject, ignoreGenerated, placePracticeStudent } from '../practiceFiles.ts';
import { findPython } from '../python/findPython.ts';
import { changeProject } from '../project/changeProject.ts';
import { loadProject } from '../project/loadProject.ts';
import { PROJECT_FILE } from '../project/projectFileName.ts';
import { installSmollm2 } from '../python/installSmollm2.ts';
import { PROGRAMMATIC } from '../teacher/profiles.ts';
import { makeFolder } from '../storage/makeFolder.ts';
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
  /** The practice project's own limit, or 256, when absent. */
  readonly maxNewTokens?: number;
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

/** Where a test set goes that the project file does not name yet. */
export const TEST_PATH = 'data/test.jsonl';
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
  const python = await findPython({
    named: context.python,
    environment: context.environment,
    installation: context.assets.installation,
    projectFolder: root,
    confirm: context.confirmPython,
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
  if (!(await isThere(path))) return;
  throw new AppError('project.exists', sentence`${path} is already there.`, {
    hint: sentence`Name another folder, or edit that file.`,
  });
}

/** A set of the project, or train with dev carved out of it. */
export type ImportTarget = 'train' | 'dev' | 'test' | 'split';

export interface ImportOptions {
  /** Guessed from the first row when absent. */
  readonly format?: DataFormat;
  readonly file: string;
  /** Where the questions go; "split" carves dev out of them. */
  readonly to: ImportTarget;
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
    throw new AppError('data.invalid', sentence`${options.file} has no usable row.`, {
      hint: first ? sentence`Line ${first.line}: ${first.reason}.` : sentence`Check the format.`,
      detail: { bad: result.bad.slice(0, 20) },
    });
  }
  const targets: [string, readonly Question[]][] = [];
  if (options.to === 'split') {
    const { train, dev } = carved(result.questions, options.dev, project.seed);
    targets.push([project.data.train, train], [project.data.dev, dev]);
  } else {
    targets.push([project.data[options.to] ?? TEST_PATH, result.questions]);
  }
  // All refusals come before the first write.
  const files = [];
  for (const [path, questions] of targets) {
    const absolute = await dataTarget(root, path, options.replace);
    const changed = await changedTexts(root, path, questions);
    files.push({ path, absolute, questions, changed });
  }
  const examined = (await namesIn(join(root, 'rounds'))).length > 0;
  for (const { absolute, questions } of files) {
    await makeFolder(dirname(absolute));
    const text = questions.map((row) => `${JSON.stringify(row)}\n`).join('');
    await writeSnapshot(absolute, text, { mode: 0o644 });
  }
  if (options.to === 'test' && project.data.test === undefined) {
    // As the person wrote it, with the new field: what is left out keeps its default.
    await changeProject(root, { data: { test: TEST_PATH } });
  }
  const { counts, bad, duplicates, notes } = result;
  const overlaps = await overlapsOf(root, project);
  const equal = overlaps.filter(({ same }) => same === 'text').length;
  const said = [
    sentence`Read ${counts.read} rows of ${options.file}: ${counts.kept} kept, ${counts.bad} bad, ${counts.duplicates} duplicates.`,
    ...files.map(({ path, questions, changed }) =>
      changed === 0
        ? sentence`${path}: ${questions.length} questions`
        : sentence`${path}: ${questions.length} questions, ${changed} of them with another text than before`,
    ),
    withParts(files.flatMap(({ questions }) => questions)),
    ...(examined && files.some(({ changed }) => changed > 0)
      ? [
          sentence`What was answered to the older texts counts no more; a frozen round keeps what it was made from. To ask again: tailor exam`,
        ]
      : []),
    ...atMost20(bad.map((row) => describeBadRow(options.file, row))),
    ...atMost20(duplicates.map((row) => describeDuplicate(options.file, row))),
    ...atMost20(notes.map(({ line, field, note }) => sentence`Line ${line}: ${field} ${note}.`)),
    ...(overlaps.length === 0
      ? []
      : [
          sentence`Train and dev share ${equal} questions (never trained on) and ${overlaps.length - equal} that differ in numbers only.`,
        ]),
  ];
  return {
    text: lines(said),
    json: {
      counts,
      bad,
      duplicates,
      notes,
      overlaps,
      files: files.map(({ path, questions, changed }) => ({
        path,
        questions: questions.length,
        changed,
      })),
    },
  };
}

/** What of the rows is more than question and answer: the programmatic teacher works from equations. */
function withParts(questions: readonly Question[]): Sentence {
  const having = (part: 'equation' | 'rationale'): number =>
    questions.filter((one) => one[part] !== undefined).length;
  return sentence`With an equation: ${having('equation')}; with a rationale: ${having('rationale')}.`;
}

function atMost20(all: readonly Sentence[]): Sentence[] {
  const rest = all.length - 20;
  return [
    ...all.slice(0, 20),
    ...(rest > 0 ? [sentence`… and ${rest} more; --json lists all.`] : []),
  ];
}

function describeDuplicate(file: string, row: DuplicateRow): Sentence {
  const { line, same, firstLine, sameAnswer } = row;
  const what =
    same === 'id'
      ? sentence`Line ${line} of ${file} is left out: it has the id of line ${firstLine}.`
      : sentence`Line ${line} of ${file} is left out: it has the text of line ${firstLine}.`;
  return sameAnswer ? what : joined([what, sentence`The two disagree about the answer.`]);
}

/** At least one dev question wherever there are two: a loop without a dev exam shows nothing. */
function carved(
  questions: readonly Question[],
  dev: ImportOptions['dev'] = { share: 0.1 },
  seed: number,
): Carved {
  if ('count' in dev && dev.count >= questions.length) {
    throw new AppError(
      'usage',
      sentence`--dev ${dev.count} leaves nothing of ${questions.length} questions.`,
      {
        hint: sentence`Name a smaller number, or import everything with --to dev.`,
      },
    );
  }
  const split = carve(questions, { dev, seed });
  const isEmpty = split.dev.length === 0 && questions.length > 1 && 'share' in dev;
  return isEmpty ? carve(questions, { dev: { count: 1 }, seed }) : split;
}

/** Where a set's file lies, once nothing speaks against writing it. */
async function dataTarget(root: string, path: string, replace: boolean): Promise<string> {
  const absolute = await assertWritable(root, await resolveInside(root, path));
  const there = await stat(absolute).then(
    ({ size }) => size > 0,
    () => false,
  );
  if (there && !replace) {
    throw new AppError('data.invalid', sentence`${path} is already there.`, {
      hint: sentence`Add --replace to write it anew. The next exam asks questions whose text changes again; frozen rounds stay as they are.`,
    });
  }
  return absolute;
}
