import { AppError, cancelled } from '../../core/errors.ts';
import type { ChatFrame } from '../../core/exam/chatFrame.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { childError, EngineChild } from './engineChild.ts';

/** Prompts of one student, the head in each of them. */
export interface PromptsToEncode {
  /** Absolute path of the student's folder; only its tokenizer is read. */
  readonly folder: string;
  readonly texts: readonly string[];
  readonly chat: ChatFrame | undefined;
}

/**
 * The token ids of whole prompts, as the exam engine and the trainer make them: marks inside a text are text. The engine
 * has the only tokenizer, so its bundle is started for them; no weights are loaded.
 */
export function encodePrompts(
  bundle: string,
  { folder, texts, chat }: PromptsToEncode,
  signal: Signal,
): Promise<readonly (readonly number[])[]> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled());
      return;
    }
    const child = new EngineChild(bundle, {
      onMessage: (message) => {
        if (message.type === 'encoded') end(() => resolve(message.ids));
        else if (message.type === 'error') end(() => reject(childError(message)));
      },
      onExit: ({ code, signal: killedBy, stderr }) => {
        const crash = new AppError(
          'engine.crashed',
          sentence`The engine process crashed while it read prompts.`,
          {
            hint: sentence`Check that the student folder is complete, and that there is enough free memory.`,
            detail: { folder, code, signal: killedBy, stderr },
          },
        );
        end(() => reject(crash));
      },
    });
    const onAbort = (): void => end(() => reject(cancelled()));
    let ended = false;
    const end = (settle: () => void): void => {
      if (ended) return;
      ended = true;
      signal.removeEventListener('abort', onAbort);
      child.kill();
      void child.exited.then(settle);
    };
    signal.addEventListener('abort', onAbort);
    child.send({ type: 'encode', folder, texts: [...texts], ...(chat ? { chat } : {}) });
  });
}
