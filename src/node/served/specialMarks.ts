import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

const tokenizerSchema = z.object({
  added_tokens: z
    .array(z.object({ content: z.string(), special: z.boolean().nullish() }))
    .nullish(),
});

/**
 * The texts that a server reads as special tokens wherever they stand, an end of a turn for one. The exam engine and the
 * trainer read them inside a question as text. Empty where the folder has no tokenizer.json: nobody can tell then.
 */
export async function specialMarks(folder: string): Promise<readonly string[]> {
  try {
    const json: unknown = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8'));
    const added = tokenizerSchema.safeParse(json).data?.added_tokens ?? [];
    return added.flatMap(({ content, special }) =>
      special === true && content !== '' ? [content] : [],
    );
  } catch {
    return [];
  }
}

/** Those of the marks that stand in a text. */
export function marksIn(text: string, marks: readonly string[]): readonly string[] {
  return marks.filter((mark) => text.includes(mark));
}
