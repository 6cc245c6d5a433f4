import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { promptOf } from '../../core/exam/promptForm.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { exists } from '../exam/studentDigest.ts';
import { recordParity, type RecordedParity } from '../python/recordParity.ts';
import { assertWritable } from '../storage/safePath.ts';
import { withSession, type CommandContext, type CommandResult } from './context.ts';
import { trainerPython } from './trainerPython.ts';

/** Texts beside the prompts that show how the data are written; the trainer's own list takes 200. */
const MOST_TEXTS = 200;

/**
 * `tailor student --record`: the trainer's Python computes on the CPU what the base student answers, and keeps it in the
 * student's folder: a base that nobody trained here has no such record, and could not be checked. Its prompts are plain
 * also where the project has chosen a chat template, as in the records of trained students: a record tells weights and
 * tokenizer, stays true when the form of prompts is changed, and a served text has no marks in it that a server must read.
 */
export function recordStudent(
  context: CommandContext,
  options: { readonly force?: boolean },
): Promise<CommandResult & { readonly json: RecordedParity }> {
  return withSession(context, async (session) => {
    const { store, root } = session;
    const { student } = store.project;
    const path = `${student}/parity.json`;
    await assertWritable(root, path);
    const folder = store.absolute(student);
    if (options.force !== true && (await exists(join(folder, 'parity.json')))) {
      throw new AppError('project.exists', sentence`${path} is there already.`, {
        hint: sentence`Make it again with tailor student --record --force.`,
      });
    }
    const questions = await store.questions('train');
    const head = await store.head();
    const python = await trainerPython(context, root);
    context.report({ stage: sentence`recording the student`, done: 0, total: 1, etaMs: null });
    const made = await recordParity(
      python,
      context.assets.bridge,
      {
        folder,
        prompts: questions.map((question) => head + promptOf(question)),
        texts: questions.slice(0, MOST_TEXTS).map(({ question }) => question),
        replace: options.force === true,
      },
      context.signal,
    );
    const lines = [
      sentence`Recorded in ${path}: ${made.prompts} prompts with ${made.steps} tokens, weights ${made.weightsSha256.slice(0, 12)}.`,
      sentence`Whoever sits the exams of this student is now held against it.`,
    ];
    return { text: joined(lines), json: made };
  });
}
