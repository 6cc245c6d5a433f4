import { z } from 'zod';

/*
 * What each format's own description asks of a file, written down from those descriptions and not from our writer: TRL's
 * "Dataset formats and types", LLaMA-Factory's data/README.md, OpenAI's guides to supervised and preference fine-tuning
 * with the checks of its cookbook. Strict objects: a key that a description does not know is a fault.
 */

const text = z.string().min(1);
const role = z.enum(['system', 'user', 'assistant']);
const message = z.strictObject({ role, content: text });

const conversation = z.array(message).superRefine((messages, context) => {
  const [first, ...rest] = messages[0]?.role === 'system' ? messages.slice(1) : messages;
  if (first?.role !== 'user') context.addIssue('does not begin with a user');
  if (rest.at(-1)?.role !== 'assistant') context.addIssue('does not end with an assistant');
});

/** One answer a turn, and it is the assistant's. */
const output = z.tuple([z.strictObject({ role: z.literal('assistant'), content: text })]);

/** human speaks at odd places and gpt at even ones, counted from one. */
const turns = z
  .array(z.strictObject({ from: z.enum(['human', 'gpt']), value: text }))
  .min(1)
  .superRefine((all, context) => {
    all.forEach(({ from }, at) => {
      if (from !== (at % 2 === 0 ? 'human' : 'gpt')) context.addIssue(`turn ${at} is ${from}`);
    });
  });
const turn = z.strictObject({ from: z.literal('gpt'), value: text });

const differ = (of: { chosen: unknown; rejected: unknown }): boolean =>
  JSON.stringify(of.chosen) !== JSON.stringify(of.rejected);

/** A record of each format that is JSON. */
export const RECORDS = {
  'trl-sft': z.strictObject({ prompt: text, completion: text }),
  'trl-messages': z.strictObject({ messages: conversation }),
  'trl-preference': z.strictObject({ prompt: text, chosen: text, rejected: text }).refine(differ),
  'trl-preference-implicit': z.strictObject({ chosen: text, rejected: text }).refine(differ),
  'trl-stepwise': z
    .strictObject({ prompt: text, completions: z.array(text).min(1), labels: z.array(z.boolean()) })
    .refine(({ completions, labels }) => completions.length === labels.length),
  sharegpt: z
    .strictObject({ conversations: turns })
    .refine(({ conversations }) => conversations.length % 2 === 0),
  'sharegpt-preference': z
    .strictObject({ conversations: turns, chosen: turn, rejected: turn })
    .refine(({ conversations }) => conversations.length % 2 === 1)
    .refine(differ),
  alpaca: z.strictObject({ instruction: text, input: z.string(), output: text }),
  'alpaca-preference': z
    .strictObject({ instruction: text, input: z.string(), chosen: text, rejected: text })
    .refine(differ),
  openai: z.strictObject({ messages: conversation }),
  'openai-preference': z.strictObject({
    input: z.strictObject({
      messages: z.array(message).min(1),
      tools: z.array(z.unknown()).optional(),
      parallel_tool_calls: z.boolean().optional(),
    }),
    preferred_output: output,
    non_preferred_output: output,
  }),
} as const;

const columns = z.strictObject({
  prompt: z.string().optional(),
  query: z.string().optional(),
  response: z.string().optional(),
  messages: z.string().optional(),
  chosen: z.string().optional(),
  rejected: z.string().optional(),
});

/** An entry of LLaMA-Factory's dataset_info.json, as far as a local file needs one. */
export const infoEntry = z.strictObject({
  file_name: text,
  formatting: z.enum(['alpaca', 'sharegpt']).optional(),
  ranking: z.boolean().optional(),
  columns,
});

/** A table as RFC 4180 has it; throws where a quote stands wrongly. */
export function readCsv(all: string): string[][] {
  const rows: string[][] = [];
  let at = 0;
  while (at < all.length) {
    const row: string[] = [];
    for (;;) {
      if (all[at] === '"') {
        const match = /"((?:[^"]|"")*)"/uy;
        match.lastIndex = at;
        const found = match.exec(all);
        if (!found) throw new Error(`an open quote at ${at}`);
        row.push((found[1] ?? '').replaceAll('""', '"'));
        at += found[0].length;
      } else {
        const found = /[^",\r\n]*/uy;
        found.lastIndex = at;
        const cell = found.exec(all)?.[0] ?? '';
        row.push(cell);
        at += cell.length;
      }
      if (all[at] !== ',') break;
      at += 1;
    }
    if (!all.startsWith('\r\n', at)) throw new Error(`no line end at ${at}`);
    at += 2;
    rows.push(row);
  }
  return rows;
}
