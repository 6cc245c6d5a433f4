import * as z from 'zod';
import { chatFrameSchema, type ChatFrame } from '../../core/exam/chatFrame.ts';
import { AppError } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { bridgeCommand } from './bridge.ts';
import type { PythonEnvironment } from './findPython.ts';
import { runShortCommand } from './shortCommand.ts';

/** Rendering takes a second; a template that does not end is ended. */
const TIMEOUT_MS = 60_000;

const answerSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('frame'), frame: chatFrameSchema }),
  z.object({ type: z.literal('error'), message: z.string(), hint: z.string() }),
]);

/** Has transformers render a student's chat template in its sandbox, in a process of its own. */
export async function renderChatFrame(
  python: PythonEnvironment,
  options: {
    readonly bundle: string;
    /** Absolute folder. */
    readonly student: string;
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly signal: Signal;
    readonly timeoutMs?: number;
  },
): Promise<ChatFrame> {
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  const result = await runShortCommand({
    ...bridgeCommand(python, options.bundle, ['chat', '--student', options.student]),
    env: childEnvironment(options.environment),
    timeoutMs,
    signal: options.signal,
  });
  const answer = parse(result.stdout);
  if (answer?.type === 'frame') return answer.frame;
  if (answer !== null) {
    throw new AppError('student.unsupported', answer.message, { hint: answer.hint });
  }
  if (result.timedOut) {
    throw new AppError(
      'student.unsupported',
      sentence`The chat template was not rendered within ${timeoutMs / 1000} s.`,
      { hint: sentence`Look at chat_template.jinja of the student; keep plain prompts.` },
    );
  }
  throw new AppError('trainer.depsMissing', sentence`The chat template could not be rendered.`, {
    hint: sentence`It said: ${result.stderr.trim().split('\n').at(-1) ?? ''}`,
    detail: { exitCode: result.exitCode, stderr: result.stderr.slice(-4000) },
  });
}

function parse(text: string): z.infer<typeof answerSchema> | null {
  try {
    return answerSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
