import { AppError, cancelled, isAppError, textOf } from '../../core/errors.ts';
import type { ExamRequest } from '../../core/exam/attempt.ts';
import type { PromptsToEncode } from '../exam/encodePrompts.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { servedError } from './failure.ts';
import type { Meter } from './meter.ts';
import { pursue, type Patience } from './pursue.ts';
import { nothingMore } from './requests.ts';
import { marksIn, specialMarks } from './specialMarks.ts';
import { askJson, type ServerAccess } from './transport.ts';
import { completionSchema, usageOf, type Completion } from './wire.ts';

/** The questions of an exam whose text holds special marks, by their prompts. */
export interface MarkedPrompts {
  /** Whole prompts as the engine and the trainer read them. */
  readonly ids: ReadonlyMap<string, readonly number[]>;
  /** Prompts that can only be sent as text: the server reads their marks as marks. */
  readonly read: ReadonlySet<string>;
}

/** What finding out takes; `encode` is absent where no engine is at hand. */
export interface MarkedParts extends Patience {
  readonly access: ServerAccess;
  readonly model: string;
  readonly signal: AbortSignal;
  readonly meter: Meter | null;
  readonly encode?:
    | ((prompts: PromptsToEncode, signal: AbortSignal) => Promise<readonly (readonly number[])[]>)
    | undefined;
}

/** More ids of a prompt tell no more about whether a server takes ids. */
const TRIED = 16;

/** How the prompts with special marks inside are to be sent; most exams have none, and ask nothing for it. */
export async function markedPrompts(
  { student, head, items, chat }: Pick<ExamRequest, 'student' | 'head' | 'items' | 'chat'>,
  parts: MarkedParts,
): Promise<MarkedPrompts> {
  const { access, log } = parts;
  const marks = await specialMarks(student);
  const prompts = [...new Set(items.map(({ prompt }) => prompt))].filter(
    (prompt) => marksIn(head + prompt, marks).length > 0,
  );
  if (prompts.length === 0) return { ids: new Map(), read: new Set() };
  const found = [...new Set(prompts.flatMap((prompt) => marksIn(head + prompt, marks)))];
  const about = `${prompts.length} of the exam’s questions hold special marks of the student’s tokenizer (${found.slice(0, 5).join(' ')})`;
  const { name } = access.profile;
  try {
    const texts = prompts.map((prompt) => head + prompt);
    const ids = await idsOf({ folder: student, texts, chat }, parts);
    if (ids !== null) {
      log.info(`${about}: they are sent to ${name} as token ids, in which marks are text.`);
      return {
        ids: new Map(prompts.map((prompt, at) => [prompt, ids[at] ?? []])),
        read: new Set(),
      };
    }
    log.warn(
      `${about}, and ${name} takes no token ids: it reads them as marks. These answers are marked.`,
    );
  } catch (error) {
    if (!(error instanceof AppError) || isAppError(error, 'cancelled')) throw error;
    if (isAppError(error, 'student.budget')) throw error;
    log.warn(
      `${about}, and ${name} reads them as marks. These answers are marked. They cannot be sent as token ids: ${String(textOf(error))}`,
    );
  }
  return { ids: new Map(), read: new Set(prompts) };
}

/** Null where the server cannot be asked by ids, or nobody can make them. */
async function idsOf(
  prompts: PromptsToEncode,
  parts: MarkedParts,
): Promise<readonly (readonly number[])[] | null> {
  const { access, model, signal, meter, encode } = parts;
  // A chat puts the server's own template around a text.
  if (access.profile.api === 'chat' || encode === undefined) return null;
  const ids = await encode(prompts, signal);
  const [first] = ids;
  if (first === undefined) return null;
  const tried = { model, ids: first.slice(0, TRIED) };
  const { name } = access.profile;
  const takes = await pursue(() => takesIds(access, tried, signal, meter), name, parts, signal);
  if (!(takes instanceof TeacherFailure)) return takes ? ids : null;
  // A server that nobody reaches, or that is to be asked no more, answers no text either.
  if (takes.class === 'wait' || takes.code === 'teacher.network') throw takes;
  throw servedError(takes, parts.redact, { profile: name });
}

/**
 * Whether a server's completions take token ids for a prompt, by one request for one token. One that reads the list as a
 * text counts other tokens than there are ids. A failure that may pass by waiting is given back: it tells nothing yet.
 */
export async function takesIds(
  access: ServerAccess,
  { model, ids }: { readonly model: string; readonly ids: readonly number[] },
  signal: AbortSignal,
  meter: Meter | null = null,
): Promise<boolean | TeacherFailure> {
  const body = {
    ...{ model, prompt: ids, max_tokens: 1, temperature: 0 },
    ...nothingMore(access.profile.kind),
  };
  const send = (): Promise<Completion> =>
    askJson(access, 'completions', completionSchema, body, signal);
  try {
    // A byte for each id, so that it is set aside at no less than it can cost.
    const ask = { prompt: ' '.repeat(ids.length), maxTokens: 1, samples: 1 };
    const { usage } =
      meter === null
        ? await send()
        : await meter.ask(ask, signal, send, ({ choices, usage: told }) => ({
            usage: usageOf(told),
            text: choices.map(({ text }) => text ?? '').join(''),
          }));
    return usageOf(usage)?.promptTokens === ids.length;
  } catch (error) {
    if (signal.aborted) throw cancelled();
    if (!(error instanceof TeacherFailure)) throw error;
    return error.class === 'item' || error.class === 'run' ? false : error;
  }
}
