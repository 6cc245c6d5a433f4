import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ROOT } from './repositoryFiles.ts';

const resultOf = (name: string): unknown =>
  JSON.parse(readFileSync(join(ROOT, 'test', 'bench', 'results', `${name}.json`), 'utf8'));

const examSchema = z.object({
  rows: z.array(
    z.object({
      batch: z.number(),
      tokensPerCpuSecond: z.number(),
      peerTokensPerCpuSecond: z.number(),
      cpuRatio: z.object({ median: z.number() }),
      sameTokens: z.string(),
    }),
  ),
});
const teacherSchema = z.object({
  results: z.array(
    z.object({ announced: z.boolean(), shareOfIdeal: z.number(), lost: z.number() }),
  ),
});
const hostSchema = z.object({
  of100k: z.record(z.string(), z.number()),
  of10k: z.record(z.string(), z.number()),
});
const viewFigures = z.object({ moveP50Ms: z.number(), coldMs: z.number(), warmMs: z.number() });
const viewSchema = z.object({ of100k: viewFigures, of10k: viewFigures });

/** Cells of the README's tables, as they must stand there. */
function cells(): string[][] {
  const exam = examSchema
    .parse(resultOf('exam'))
    .rows.map((row) => [
      `${row.batch} at a time`,
      String(row.tokensPerCpuSecond),
      String(row.peerTokensPerCpuSecond),
      `${row.cpuRatio.median.toFixed(1)} ×`,
      row.sameTokens,
    ]);
  const { of10k, of100k } = hostSchema.parse(resultOf('ui-host'));
  const views = viewSchema.parse(resultOf('ui-browser'));
  const ms = (value: number | undefined): string => `${Math.round(value ?? NaN)} ms`;
  const review = [
    ['a key until its picture (median)', ms(views.of10k.moveP50Ms), ms(views.of100k.moveP50Ms)],
    ['a filter', ms(of10k['filterMs']), ms(of100k['filterMs'])],
    ['a search', ms(of10k['searchMs']), ms(of100k['searchMs'])],
    ['a decision until it is on the disk', ms(of10k['durableMs']), ms(of100k['durableMs'])],
    ['the view until its first mistake', ms(views.of10k.coldMs), ms(views.of100k.coldMs)],
    ['the view opened again', ms(views.of10k.warmMs), ms(views.of100k.warmMs)],
  ];
  return [...exam, ...review];
}

describe('figures of the README', () => {
  const lines = readFileSync(join(ROOT, 'README.md'), 'utf8')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));

  it('are those that the benchmarks wrote', () => {
    for (const row of cells()) {
      const found = lines.find((line) => line[1] === row[0]);
      expect(found?.slice(1, 1 + row.length), row[0]).toEqual(row);
    }
  });

  it('name what the teacher client loses under a rate limit: nothing', () => {
    const { results } = teacherSchema.parse(resultOf('teacher'));
    expect(results.map(({ lost }) => lost)).toEqual(results.map(() => 0));
  });
});
