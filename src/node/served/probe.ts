import type { AnswerKind } from '../../core/dataset/question.ts';
import type * as z from 'zod';
import { cancelled } from '../../core/errors.ts';
import { EASY_QUESTIONS } from '../../core/exam/easyQuestions.ts';
import { promptOf } from '../../core/exam/promptForm.ts';
import { gradeAnswer } from '../../core/grading/gradeAnswer.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import { credentialsOf } from '../teacher/credentials.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { createRedactor } from '../teacher/redact.ts';
import { servedError } from './failure.ts';
import type { StudentProfile } from './profiles.ts';
import { takesIds } from './promptIds.ts';
import { askedBy, askGreedy, listModels, nothingMore } from './requests.ts';
import { askJson, type ServerAccess } from './transport.ts';
import { completionSchema, tokensOf, type Choice, type modelsSchema } from './wire.ts';

/** One thing that a server was tried for. */
export interface Finding {
  readonly what: Text;
  readonly ok: boolean;
  readonly says: Text;
}

const NUMBER_PROMPT = 'Question: What is 2 + 3?\nReasoning:';

const promptFor = (kind: AnswerKind): string =>
  kind === 'number' ? NUMBER_PROMPT : promptOf(EASY_QUESTIONS[kind]);
const TOKENS = 8;
/** Room for a step or two and an answer. */
const ANSWER_TOKENS = 64;

/** What a server can do of what exams and their checks use, by a few small requests. Nobody reached is a failure. */
export async function probeServer(
  access: ServerAccess,
  signal: AbortSignal,
  kinds: readonly AnswerKind[] = ['number'],
): Promise<readonly Finding[]> {
  const { profile } = access;
  const prompt = promptFor(kinds[0] ?? 'number');
  const list = await listModels(access, signal);
  const findings: Finding[] = [modelFinding(profile.model, list)];
  const context = list?.find(({ id }) => id === profile.model)?.max_model_len;
  findings.push({
    what: sentence`context`,
    ok: true,
    says:
      typeof context === 'number'
        ? sentence`${context} tokens`
        : sentence`not told: a question that is too long is refused when it is asked`,
  });
  const { path, asked } = askedBy(profile.api, prompt);
  const sent = async (more: Readonly<Record<string, unknown>>): Promise<Choice[]> => {
    const plain = { max_tokens: TOKENS, temperature: 0, ...nothingMore(profile.kind) };
    const body = { model: profile.model, ...plain, ...asked, ...more };
    return (await askJson(access, path, completionSchema, body, signal)).choices;
  };
  const ask = (more: Readonly<Record<string, unknown>>): Promise<Choice[] | null> =>
    refusable(() => sent(more), signal);
  // The first one must work: what it fails with is what the person has to know.
  await sent({});
  const what = profile.api === 'chat' ? sentence`chat` : sentence`completions`;
  findings.push({ what, ok: true, says: path });
  findings.push(await parityFinding(access, prompt, signal));
  for (const kind of kinds) {
    if (kind !== 'number') findings.push(await kindFinding(kind, sent, profile.api));
  }

  const sampled = { temperature: 1, max_tokens: 24, seed: 7 };
  const [first, again] = [await ask(sampled), await ask(sampled)];
  const kept = first !== null && again !== null && textOf(first) === textOf(again);
  findings.push({
    what: sentence`seed`,
    ok: kept || !profile.seed,
    says:
      first === null
        ? sentence`refused: set seed to false in the profile`
        : kept
          ? sentence`the same seed gave the same text twice`
          : sentence`taken, but the same seed gave two texts: an answer cannot be repeated`,
  });
  const several = await ask({ n: 2, temperature: 1 });
  findings.push({
    what: sentence`several samples a request`,
    ok: several?.length === 2 || profile.samples === 'each',
    says: several?.length === 2 ? sentence`yes` : sentence`no: samples stays "each"`,
  });
  findings.push(await idsFinding(access, signal));
  const topK = await ask({ top_k: 5, temperature: 1 });
  findings.push({
    what: sentence`top-k`,
    ok: topK !== null || !profile.topK,
    says: topK !== null ? sentence`yes` : sentence`refused: set topK to false in the profile`,
  });
  return findings;
}

function modelFinding(model: string, list: z.infer<typeof modelsSchema>['data'] | null): Finding {
  const what = sentence`model`;
  if (list === null) return { what, ok: true, says: sentence`${model} (the server has no list)` };
  const names = list.map(({ id }) => id);
  if (names.includes(model)) return { what, ok: true, says: model };
  const some = names.slice(0, 5).join(', ');
  return { what, ok: false, says: sentence`no ${model} there; the server has: ${some}` };
}

/** Whether the grader reads an answer of a kind in what the student writes; that it is the right one is not asked. */
async function kindFinding(
  kind: AnswerKind,
  sent: (more: Readonly<Record<string, unknown>>) => Promise<Choice[]>,
  api: StudentProfile['api'],
): Promise<Finding> {
  const { asked } = askedBy(api, promptFor(kind));
  const text = textOf(await sent({ ...asked, max_tokens: ANSWER_TOKENS }));
  const { value } = gradeAnswer(text, EASY_QUESTIONS[kind]);
  return {
    what: sentence`answer of kind ${kind}`,
    ok: true,
    says:
      value === null
        ? sentence`asked; nothing in what came can be read as one`
        : sentence`asked; read as ${JSON.stringify(value.slice(0, 60))}`,
  };
}

/** What the check of the weights can go by: it needs completions, whatever the exams use. */
async function parityFinding(
  access: ServerAccess,
  prompt: string,
  signal: AbortSignal,
): Promise<Finding> {
  const { model } = access.profile;
  const what = sentence`check of the weights`;
  const choices = await refusable(
    () => askGreedy(access, { model, prompt, tokens: TOKENS }, signal),
    signal,
  );
  const [choice] = choices ?? [];
  if (choice === undefined) {
    return {
      what,
      ok: false,
      says: sentence`impossible: the server takes no plain completions with log-probabilities`,
    };
  }
  const tokens = tokensOf(choice);
  const ids = tokens !== null && tokens.length > 0 && tokens.every(({ id }) => id !== null);
  const logprobs = tokens?.some(({ logprob }) => logprob !== null) === true;
  const by = ids ? sentence`token ids` : sentence`texts`;
  return {
    what,
    ok: true,
    says: logprobs
      ? sentence`by ${by} and log-probabilities`
      : sentence`by ${by} alone: the server tells no log-probabilities`,
  };
}

/** Ids that every vocabulary has. */
const SOME_IDS = [10, 11, 12, 13, 14];

/**
 * What becomes of a question whose text holds a special mark, an end of a turn for one. Asked once, as everything here:
 * an exam tries more often and takes the marks as read where nothing comes of it, so that not to know is no fault.
 */
async function idsFinding(access: ServerAccess, signal: AbortSignal): Promise<Finding> {
  const { api, model, name, headers } = access.profile;
  const what = sentence`special marks inside a question`;
  const takes = api === 'completions' && (await takesIds(access, { model, ids: SOME_IDS }, signal));
  if (takes instanceof TeacherFailure) {
    const redact = createRedactor(credentialsOf(access.key, headers));
    const { message } = servedError(takes, redact, { profile: name }).said;
    return { what, ok: true, says: sentence`not known: ${message}` };
  }
  return {
    what,
    ok: true,
    says: takes
      ? sentence`stay text: such a question is sent as token ids`
      : sentence`are read as marks: the server takes no token ids, and such answers are marked`,
  };
}

/** The choices, or null where the server refuses this very request. */
async function refusable(
  work: () => Promise<Choice[]>,
  signal: AbortSignal,
): Promise<Choice[] | null> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw cancelled();
    if (error instanceof TeacherFailure && (error.class === 'item' || error.class === 'run')) {
      return null;
    }
    throw error;
  }
}

function textOf(choices: readonly Choice[]): string {
  return choices.map(({ text, message }) => text ?? message?.content ?? '').join('\n');
}
