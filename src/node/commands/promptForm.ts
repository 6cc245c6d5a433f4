import { AppError } from '../../core/errors.ts';
import type { ChatFrame } from '../../core/exam/chatFrame.ts';
import { promptFormOf, promptOf } from '../../core/exam/promptForm.ts';
import { joined, sentence, type Sentence, type Text } from '../../core/sentence.ts';
import { changeProject } from '../project/changeProject.ts';
import { loadProject } from '../project/loadProject.ts';
import { renderChatFrame } from '../python/chatFrame.ts';
import { resolveInside } from '../storage/safePath.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { trainerPython } from './trainerPython.ts';

export const PROMPT_FORMS = ['template', 'plain'] as const;
export type PromptFormChoice = (typeof PROMPT_FORMS)[number];

/**
 * `tailor choose --chat template|plain`: how questions are put to the student. The template is rendered once, by the
 * trainer's Python; what it makes is written into tailor.json and shown.
 */
export async function choosePromptForm(
  context: CommandContext,
  choice: PromptFormChoice,
): Promise<CommandResult & { readonly json: object }> {
  const before = await loadProject(context.options.folder);
  const chat = choice === 'plain' ? undefined : await rendered(context, before);
  const { file } = await changeProject(before.root, { chat });
  const [was, is] = [promptFormOf(before.file.chat), promptFormOf(file.chat)];
  return {
    text: joined([...describe(file.chat), ...changes(before.file.chat, file.chat)], '\n'),
    json: { promptForm: is, changed: was !== is, chat: file.chat ?? null },
  };
}

async function rendered(
  context: CommandContext,
  { root, file }: Awaited<ReturnType<typeof loadProject>>,
): Promise<ChatFrame> {
  const config = await resolveInside(root, `${file.student}/config.json`);
  const python = await trainerPython(context, root);
  return renderChatFrame(python, {
    bundle: context.assets.bridge,
    student: config.slice(0, -'/config.json'.length),
    environment: context.environment,
    signal: context.signal,
  });
}

const EXAMPLE = promptOf({ question: '…' });

function describe(chat: ChatFrame | undefined): Text[] {
  if (chat === undefined) return [sentence`Questions are put to the student as plain text.`];
  return [
    sentence`Questions are put to the student in its own chat template (SHA-256 ${chat.template.slice(0, 16)}…), rendered once:`,
    `${chat.prefix}${EXAMPLE}${chat.suffix}`,
    sentence`Its turn ends with ${chat.end}.`,
  ];
}

/** Exams before and after are not compared: people are told before they wonder. */
function changes(before: ChatFrame | undefined, after: ChatFrame | undefined): Sentence[] {
  if (promptFormOf(before) === promptFormOf(after)) return [sentence`Nothing else is changed.`];
  const differs =
    before !== undefined && after !== undefined && before.template !== after.template
      ? [sentence`The template is another than before (SHA-256 ${before.template.slice(0, 16)}…).`]
      : [];
  return [
    ...differs,
    sentence`Exams that were sat otherwise are sat again, and are not compared with these.`,
  ];
}

/** What was asked for, or a refusal. */
export function promptFormChoice(value: string): PromptFormChoice {
  const found = PROMPT_FORMS.find((one) => one === value);
  if (found !== undefined) return found;
  throw new AppError('usage', sentence`${value} is no form of prompts.`, {
    hint: sentence`Say template or plain.`,
  });
}
