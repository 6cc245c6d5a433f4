import { AppError, cancelled } from '../../core/errors.ts';
import type { ChildMessage, ParentMessage } from '../../core/exam/engineContract.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { childError, EngineChild } from './engineChild.ts';

/** One question to the exam engine that is no exam. */
export interface EngineQuestion<Type extends ChildMessage['type']> {
  readonly ask: Extract<ParentMessage, { readonly type: 'encode' | 'parity' }>;
  /** The type of the message that answers it. */
  readonly answer: Type;
  /** Says that the process crashed, and at what. */
  readonly crashed: Sentence;
}

/**
 * Starts an engine process, asks it one thing and ends it. Settles when the process is gone. Rejects with what the engine
 * reports, with `engine.crashed` where it ends without an answer, and with `cancelled` on an abort.
 * @param bundle Absolute path of dist/engine.cjs.
 */
export function askEngine<Type extends ChildMessage['type']>(
  bundle: string,
  { ask, answer, crashed }: EngineQuestion<Type>,
  signal: Signal,
): Promise<Extract<ChildMessage, { readonly type: Type }>> {
  const isAnswer = (
    message: ChildMessage,
  ): message is Extract<ChildMessage, { readonly type: Type }> => message.type === answer;
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(cancelled());
      return;
    }
    const child = new EngineChild(bundle, {
      onMessage: (message) => {
        if (isAnswer(message)) end(() => resolve(message));
        else if (message.type === 'error') end(() => reject(childError(message)));
      },
      onExit: ({ code, signal: killedBy, stderr }) => {
        const crash = new AppError('engine.crashed', crashed, {
          hint: sentence`Check that the student folder is complete, and that there is enough free memory.`,
          detail: { folder: ask.folder, code, signal: killedBy, stderr },
        });
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
    child.send(ask);
  });
}
