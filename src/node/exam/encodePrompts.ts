import type { ChatFrame } from '../../core/exam/chatFrame.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { askEngine } from './askEngine.ts';

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
export async function encodePrompts(
  bundle: string,
  { folder, texts, chat }: PromptsToEncode,
  signal: Signal,
): Promise<readonly (readonly number[])[]> {
  const { ids } = await askEngine(
    bundle,
    {
      ask: { type: 'encode', folder, texts: [...texts], ...(chat ? { chat } : {}) },
      answer: 'encoded',
      crashed: sentence`The engine process crashed while it read prompts.`,
    },
    signal,
  );
  return ids;
}
