import type { AnswerKind } from '../../core/dataset/question.ts';
import { AppError } from '../../core/errors.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { wordingOf } from '../../core/dataset/choiceLines.ts';
import { EASY_QUESTIONS } from '../../core/exam/easyQuestions.ts';
import { gradeAnswer } from '../../core/grading/gradeAnswer.ts';
import { aboutPrices } from '../../core/teaching/prices.ts';
import { capabilitiesPath, keepKnown, serverName } from '../teacher/capabilities.ts';
import { credentialsOf } from '../teacher/credentials.ts';
import { createRedactor } from '../teacher/redact.ts';
import { remoteEndpoint } from '../teacher/endpoint.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { probeTeacher } from '../teacher/probe.ts';
import {
  findProfile,
  loadProfiles,
  profilesPath,
  PROGRAMMATIC,
  readKey,
} from '../teacher/profiles.ts';
import { kindsOfProject } from '../project/kindsOfProject.ts';
import { loadProject } from '../project/loadProject.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { aboutDialect, aboutModel, costOfTest } from './teacherFindings.ts';

const messageOf = (kind: AnswerKind): string => {
  const easy = EASY_QUESTIONS[kind];
  return `${wordingOf(easy)}${easy.kind === 'choice' ? '\n' : ' '}${easy.ask}`;
};

/** Whether a reply says the answer of the kind's easy question, somewhere. */
const isRight = (kind: AnswerKind, said: string): boolean =>
  kind === 'number'
    ? /\b42\b/u.test(said)
    : gradeAnswer(`Answer: ${said}`, EASY_QUESTIONS[kind]).lenient === 'right';

/**
 * `tailor teacher --test [PROFILE]`: one real, small call for each kind of answer that the project has, and a handful
 * that try what the server takes. What they tell is kept for the calls to come.
 */
export async function testTeacher(
  context: CommandContext,
  options: { readonly profile?: string },
): Promise<CommandResult> {
  const name = options.profile ?? (await loadProject(context.options.folder)).file.teacher;
  if (name === PROGRAMMATIC) {
    return {
      text: sentence`The programmatic teacher is built in: it needs no key and no network, and is no language model.`,
      json: { profile: name, ok: true, programmatic: true },
    };
  }
  const profile = findProfile(await loadProfiles(profilesPath(context.environment)), name);
  const { origin } = new URL(profile.baseURL);
  const key = (await context.keyFor?.(origin)) ?? readKey(profile, context.environment);
  const redact = createRedactor(credentialsOf(key ?? null, profile.headers));
  const kinds = await kindsOfProject(context.options.folder, context.clock);
  // What was found before is tried anew: servers change.
  const probed = await probeTeacher(
    remoteEndpoint(profile, key),
    kinds.map(messageOf),
    context.signal,
  ).catch((error: unknown) => {
    if (error instanceof TeacherFailure) {
      throw error.cleaned(redact).toAppError('run', { profile: name });
    }
    throw error;
  });
  const { replies, dialect, findings: found } = probed;
  const [reply] = replies;
  const now = context.clock.now();
  const clean = (words: string): string => redact(words.trim()).replace(/\s+/gu, ' ').slice(0, 200);
  const texts = replies.map(({ text }) => clean(text));
  const findings = [
    { what: sentence`reached`, ok: true, says: `${origin}, ${Math.round(reply?.totalMs ?? 0)} ms` },
    aboutModel(profile.model, reply?.responseModel ?? null, probed.models, clean),
    ...kinds.map((kind, at) => {
      const said = texts[at] ?? '';
      return {
        what: kinds.length === 1 ? sentence`answer` : sentence`answer of kind ${kind}`,
        ok: isRight(kind, said),
        says: said === '' ? sentence`an empty text` : said,
      };
    }),
    {
      what: sentence`end of answer`,
      ok: reply?.finishReason === 'stop',
      says:
        reply?.finishReason ?? sentence`not reported: cut replies cannot be told from whole ones`,
    },
    {
      what: sentence`usage`,
      ok: reply?.usage != null,
      says: reply?.usage
        ? sentence`${reply.usage.promptTokens} + ${reply.usage.completionTokens} tokens`
        : sentence`not reported: costs are estimated from the text`,
    },
    ...aboutDialect(dialect, found),
    { what: sentence`cost of this test`, ok: true, says: costOfTest(probed, profile.prices) },
    { what: sentence`prices`, ok: true, says: aboutPrices(profile.prices ?? null, now) },
  ];
  if (texts.includes('')) {
    throw new AppError('teacher.malformed', sentence`${name} answered with an empty text.`, {
      hint: sentence`Try another model, or raise its length limit.`,
      detail: { findings },
    });
  }
  const path = capabilitiesPath(profilesPath(context.environment));
  const server = serverName(new URL(profile.baseURL), profile.model);
  await keepKnown(path, server, { now, dialect, findings: found });
  const lines = findings.map(({ what, ok, says }) =>
    ok ? sentence`ok  ${what}: ${says}` : sentence`!   ${what}: ${says}`,
  );
  return {
    text: joined([sentence`${name} answers.`, ...lines], '\n'),
    json: { profile: name, ok: true, programmatic: false, findings, dialect, found },
  };
}
