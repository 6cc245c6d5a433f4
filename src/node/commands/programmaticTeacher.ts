import { AppError, cancelled } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { TEACHER_NAME } from '../../core/teaching/programmatic/answer.ts';
import { readFaultPlan } from '../programmatic/faultPlan.ts';
import { startProgrammaticTeacher } from '../programmatic/server.ts';
import { withSession, type CommandContext, type CommandResult } from './context.ts';

/** `tailor teacher --programmatic`: serves the built-in teacher on loopback until it is stopped. */
export function serveTeacher(
  context: CommandContext,
  options: {
    readonly programmatic: boolean;
    readonly faults?: string;
    readonly port?: number;
    readonly say: (text: string) => void;
  },
): Promise<CommandResult> {
  if (!options.programmatic) {
    throw new AppError('usage', sentence`Say which teacher to serve.`, {
      hint: sentence`Add --programmatic.`,
    });
  }
  return withSession(context, async ({ store }) => {
    const server = await startProgrammaticTeacher({
      questions: await store.questions('train'),
      clock: context.clock,
      ...(options.port === undefined ? {} : { port: options.port }),
      ...(options.faults === undefined ? {} : { faults: await readFaultPlan(options.faults) }),
    });
    options.say(`Programmatic teacher (not a language model) at ${server.baseURL}`);
    options.say(`Model: ${TEACHER_NAME}`);
    options.say(`Bearer token for this start only: ${server.token}`);
    options.say('Ctrl-C stops it.');
    try {
      await new Promise<void>((resolve) => {
        if (context.signal.aborted) resolve();
        context.signal.addEventListener('abort', () => resolve(), { once: true });
      });
    } finally {
      await server.close();
    }
    throw cancelled();
  });
}
