import { createInterface } from 'node:readline/promises';

/** Asks a question that "y" or "yes" agrees to, on a terminal; anything else, and an end of input, is a no. */
export async function askYes(question: string, signal: AbortSignal): Promise<boolean> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')));
    const answer = await Promise.race([reader.question(question, { signal }), ended]);
    return /^\s*y(?:es)?\s*$/iu.test(answer);
  } finally {
    reader.close();
  }
}
