import * as z from 'zod';
import { sha256Json } from '../hash.ts';

const id = z.number().int().min(0);

/** Longer than any real template's system text; a prompt's head is no place for a book. */
const MOST_IDS = 4096;
const MOST_CHARACTERS = 32_768;
const text = z.string().max(MOST_CHARACTERS);

/**
 * A chat template as what it puts around one message: rendered once by transformers in its sandbox (the Python
 * bridge's `chat`), kept in tailor.json as plain data, never evaluated again. A prompt is prefixIds + the ids of the
 * question as plain text + suffixIds; `endId` ends the student's turn. Its twin is ChatConfig of config.py.
 */
export const chatFrameSchema = z.strictObject({
  /** SHA-256 of the template's text. */
  template: z.string().regex(/^[0-9a-f]{64}$/u),
  /** The begin-of-sequence token at the start of `prefix`, where the tokenizer, and so a server, adds it by itself. */
  bos: text,
  prefix: text,
  suffix: text,
  end: text.min(1),
  prefixIds: z.array(id).max(MOST_IDS),
  suffixIds: z.array(id).max(MOST_IDS),
  endId: id,
});
export type ChatFrame = z.infer<typeof chatFrameSchema>;

/** Names a frame: equal names, equal prompts. */
export function frameName(chat: ChatFrame): string {
  return `chat-1:${sha256Json(chat).slice(0, 16)}`;
}

/** A prompt as a server's completions take it, which put the begin-of-sequence token before it themselves. */
export function framedText({ bos, prefix, suffix }: ChatFrame, prompt: string): string {
  return `${prefix.slice(bos.length)}${prompt}${suffix}`;
}
