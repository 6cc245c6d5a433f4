import { AppError } from '../../core/errors.ts';
import { joined, sentence } from '../../core/sentence.ts';
import { credentialsOf } from '../teacher/credentials.ts';
import { createRedactor } from '../teacher/redact.ts';
import { remoteEndpoint } from '../teacher/endpoint.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { sendChat } from '../teacher/openaiTransport.ts';
import {
  findProfile,
  loadProfiles,
  profilesPath,
  PROGRAMMATIC,
  readKey,
} from '../teacher/profiles.ts';
import { loadProject } from '../project/loadProject.ts';
import type { CommandContext, CommandResult } from './context.ts';

const QUESTION = 'What is 17 + 25? Answer with the number only.';

/** `tailor teacher --test [PROFILE]`: one real, small call, and what its answer tells about the server. */
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
  const reply = await sendChat(
    remoteEndpoint(profile, key),
    {
      messages: [{ role: 'user', content: QUESTION }],
      temperature: 0,
      // Room for a model that thinks aloud before it answers.
      maxTokens: 256,
      seed: 0,
    },
    { signal: context.signal, onAccepted: () => undefined, onLimited: () => undefined },
  ).catch((error: unknown) => {
    if (error instanceof TeacherFailure) {
      throw error.cleaned(redact).toAppError('run', { profile: name });
    }
    throw error;
  });
  const said = redact(reply.text.trim()).replace(/\s+/gu, ' ').slice(0, 200);
  const findings = [
    { what: sentence`reached`, ok: true, says: `${origin}, ${Math.round(reply.totalMs)} ms` },
    {
      what: sentence`model`,
      ok: true,
      says: reply.responseModel ?? sentence`${profile.model} (the server does not say)`,
    },
    {
      what: sentence`answer`,
      ok: /\b42\b/u.test(said),
      says: said === '' ? sentence`an empty text` : said,
    },
    {
      what: sentence`end of answer`,
      ok: reply.finishReason === 'stop',
      says:
        reply.finishReason ?? sentence`not reported: cut replies cannot be told from whole ones`,
    },
    {
      what: sentence`usage`,
      ok: reply.usage !== null,
      says: reply.usage
        ? sentence`${reply.usage.promptTokens} + ${reply.usage.completionTokens} tokens`
        : sentence`not reported: costs are estimated from the text`,
    },
  ];
  if (said === '') {
    throw new AppError('teacher.malformed', sentence`${name} answered with an empty text.`, {
      hint: sentence`Try another model, or raise its length limit.`,
      detail: { findings },
    });
  }
  const lines = findings.map(({ what, ok, says }) =>
    ok ? sentence`ok  ${what}: ${says}` : sentence`!   ${what}: ${says}`,
  );
  return {
    text: joined([sentence`${name} answers.`, ...lines], '\n'),
    json: { profile: name, ok: true, programmatic: false, findings },
  };
}
