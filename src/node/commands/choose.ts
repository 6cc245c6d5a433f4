import { readFile, stat } from 'node:fs/promises';
import { AppError, isAppError } from '../../core/errors.ts';
import { parseStudentConfig } from '../../core/exam/studentConfig.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { changeProject } from '../project/changeProject.ts';
import { loadProject } from '../project/loadProject.ts';
import { resolveInside } from '../storage/safePath.ts';
import { ENGINE, findStudent, loadStudents, studentsPath } from '../served/profiles.ts';
import { findProfile, loadProfiles, profilesPath, PROGRAMMATIC } from '../teacher/profiles.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { choosePromptForm, promptFormChoice } from './promptForm.ts';

interface Names {
  readonly student?: string;
  readonly server?: string;
  readonly teacher?: string;
}

/** `tailor choose`: another student, student server or teacher for the project, checked before it is written down. */
export async function choose(
  context: CommandContext,
  options: Names & { readonly chat?: string },
): Promise<CommandResult> {
  const { student, server, teacher, chat } = options;
  const form = chat === undefined ? null : promptFormChoice(chat);
  const named = student !== undefined || server !== undefined || teacher !== undefined;
  if (form === null) return chooseNames(context, options);
  if (!named) return choosePromptForm(context, form);
  // The template is the chosen student's.
  const names = await chooseNames(context, options);
  const put = await choosePromptForm(context, form);
  return { text: joined([names.text, put.text], '\n'), json: { ...names.json, ...put.json } };
}

async function chooseNames(
  context: CommandContext,
  { student, server, teacher }: Names,
): Promise<CommandResult & { readonly json: object }> {
  if (student === undefined && server === undefined && teacher === undefined) {
    throw new AppError('usage', sentence`Say what to choose.`, {
      hint: sentence`Add --student FOLDER, --server PROFILE, --teacher PROFILE, --chat template|plain, or several of them.`,
    });
  }
  const { root, file: before } = await loadProject(context.options.folder);
  if (student !== undefined) {
    await requireStudent(root, student);
    if ((server ?? before.servedBy ?? ENGINE) === ENGINE) await requireBuilt(root, student);
  }
  // The template is the other student's.
  const leavesChat =
    before.chat !== undefined && student !== undefined && student !== before.student;
  if (server !== undefined && server !== ENGINE) {
    const path = studentsPath(context.environment);
    findStudent(await loadStudents(path), server, path);
  }
  if (teacher !== undefined && teacher !== PROGRAMMATIC) {
    findProfile(await loadProfiles(profilesPath(context.environment)), teacher);
  }
  const { file } = await changeProject(root, {
    ...(student === undefined ? {} : { student }),
    ...(leavesChat ? { chat: undefined } : {}),
    ...(server === undefined ? {} : { servedBy: server === ENGINE ? undefined : server }),
    ...(teacher === undefined ? {} : { teacher }),
  });
  const lines = [
    ...(student === undefined ? [] : [sentence`Student: ${file.student}`]),
    ...(leavesChat
      ? [
          sentence`The chat template was that of ${before.student} and is taken away: tailor choose --chat template renders this student's.`,
        ]
      : []),
    ...(server === undefined
      ? []
      : [
          file.servedBy === undefined
            ? sentence`Exams: the built-in engine`
            : sentence`Exams: the server ${file.servedBy}`,
        ]),
    ...(teacher === undefined ? [] : [sentence`Teacher: ${file.teacher}`]),
  ];
  return {
    text: joined(lines, '\n'),
    json: { student: file.student, servedBy: file.servedBy ?? null, teacher: file.teacher },
  };
}

async function requireStudent(root: string, student: string): Promise<void> {
  const config = await resolveInside(root, `${student}/config.json`);
  const isThere = await stat(config).then(
    (found) => found.isFile(),
    () => false,
  );
  if (isThere) return;
  throw new AppError(
    'student.modelMissing',
    sentence`${student} holds no student: config.json is missing.`,
    {
      hint: sentence`Name a Hugging Face folder inside the project, with config.json, model.safetensors and tokenizer.json.`,
    },
  );
}

/** A student that the engine can never run is refused here, with the way on: not after its first exam was asked for. */
async function requireBuilt(root: string, student: string): Promise<void> {
  const config = await readFile(await resolveInside(root, `${student}/config.json`), 'utf8');
  try {
    parseStudentConfig(JSON.parse(config));
  } catch (error) {
    // What is damaged may be mended where it lies: the exam says so.
    if (isAppError(error, 'student.unsupported')) throw error;
  }
}
