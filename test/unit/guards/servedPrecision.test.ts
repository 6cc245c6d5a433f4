import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { SERVED_TOLERANCE } from '../../../src/core/exam/servedParity.ts';
import { ROOT } from './repositoryFiles.ts';

const resultsSchema = z.object({
  rows: z.array(
    z.object({
      student: z.string(),
      arithmetic: z.string(),
      prompts: z.number(),
      tokens: z.number(),
      mean: z.number(),
      largestEight: z.number(),
      parted: z.number(),
      largestMargin: z.number().nullable(),
    }),
  ),
});
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const { rows } = resultsSchema.parse(JSON.parse(read('test/bench/results/served-precision.json')));
const cells = read('docs/gpu.md')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()));
const shown = (value: number | null): string =>
  value === null ? '–' : String(Number(value.toPrecision(2)));

it('the document says of each student and arithmetic what was measured, and with which n', () => {
  expect(rows.length).toBeGreaterThan(5);
  for (const row of rows) {
    const line = cells.find(
      ([, student, arithmetic]) => student === row.student && arithmetic === row.arithmetic,
    );
    expect(line?.slice(3, 9), `${row.student}, ${row.arithmetic}`).toEqual([
      String(row.prompts),
      String(row.tokens),
      shown(row.mean),
      shown(row.largestEight),
      String(row.parted),
      shown(row.largestMargin),
    ]);
  }
});

it('the document names the tolerances, and they hold twice of what was measured but of four bits’ margin', () => {
  const measured = {
    bfloat16: ['bfloat16', 'float16'],
    quantised: ['8 bits in blocks', '4 bits in blocks'],
  };
  for (const precision of ['float32', 'bfloat16', 'quantised'] as const) {
    const { logprob, margin } = SERVED_TOLERANCE[precision];
    const line = cells.find(([, name]) => name === `\`${precision}\``);
    expect(line?.slice(2, 4)).toEqual([String(logprob), String(margin)]);
    if (precision === 'float32') continue;
    for (const row of rows.filter(({ arithmetic }) => measured[precision].includes(arithmetic))) {
      // Another student by any measure, and refused: the document says so.
      if (row.largestEight > 0.5) continue;
      expect(row.largestEight * 2).toBeLessThan(logprob);
      const factor = row.arithmetic === '4 bits in blocks' ? 1 : 2;
      expect((row.largestMargin ?? 0) * factor).toBeLessThan(margin);
    }
  }
});
