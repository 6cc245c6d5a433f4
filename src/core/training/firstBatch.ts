import * as z from 'zod';
import type { FirstBatchRow } from '../../shared/trainingContract.ts';

const tokenSchema = z.strictObject({
  id: z.number().int().min(0),
  text: z.string(),
  role: z.enum(['prompt', 'anchor', 'positive', 'negative', 'chosen', 'rejected', 'eos']),
  /** With which weight it is predicted; 0 = it is read, not learnt. */
  weight: z.number().min(0),
});

/** first-batch.json, written by the trainer before its first step. Its twin is tailor_bridge/first_batch.py. */
export const firstBatchSchema = z.strictObject({
  v: z.literal(1),
  step: z.number().int(),
  eosId: z.number().int().min(0),
  rows: z.array(
    z.strictObject({
      question: z.string(),
      tokens: z.array(tokenSchema),
      texts: z.array(
        z.strictObject({
          id: z.string(),
          role: z.enum(['anchor', 'positive', 'negative', 'chosen', 'rejected']),
          source: z.string(),
          tokens: z.array(tokenSchema),
        }),
      ),
      pairs: z.array(
        z.strictObject({ anchor: z.string(), positive: z.string(), negative: z.string() }),
      ),
    }),
  ),
});
export type FirstBatch = z.infer<typeof firstBatchSchema>;

type Token = z.infer<typeof tokenSchema>;
type Segment = FirstBatchRow['segments'][number];

/** A person reads a few rows, not a whole batch. */
const ROWS = 4;
/** Of these so many with a pair, where there are any: what is compared is half of what there is to see. */
const WITH_PAIR = 2;
const MAX_CHARACTERS = 20_000;

/** The first rows as a person reads them: runs of tokens that are learnt, or not, as one text each. */
export function firstBatchRows(batch: FirstBatch): { rows: FirstBatchRow[]; of: number } {
  const paired = batch.rows.filter(({ pairs }) => pairs.length > 0).slice(0, WITH_PAIR);
  const others = batch.rows.filter((row) => !paired.includes(row));
  const chosen = new Set([...paired, ...others.slice(0, ROWS - paired.length)]);
  const inOrder = batch.rows.filter((row) => chosen.has(row));
  const rows = inOrder.map((row) => ({
    id: row.question,
    segments: [
      segment('prompt', null, row.tokens),
      ...row.texts.map((text) =>
        segment(text.role, isWrong(text.role) ? null : text.source, text.tokens),
      ),
    ],
  }));
  return { rows, of: batch.rows.length };
}

const isWrong = (role: Segment['kind']): boolean => role === 'negative' || role === 'rejected';

function segment(kind: Segment['kind'], source: string | null, tokens: readonly Token[]): Segment {
  const spans: { text: string; trained: boolean }[] = [];
  let characters = 0;
  for (const { text, weight } of tokens) {
    characters += text.length;
    if (characters > MAX_CHARACTERS) break;
    const trained = weight > 0;
    const last = spans.at(-1);
    if (last?.trained === trained) last.text += text;
    else spans.push({ text, trained });
  }
  const trainedTokens = tokens.filter(({ weight }) => weight > 0).length;
  return { kind, source, spans, tokens: tokens.length, trainedTokens };
}
