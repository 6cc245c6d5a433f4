import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { firstBatchRows, firstBatchSchema } from '../../src/core/training/firstBatch.ts';

const golden: unknown = JSON.parse(
  readFileSync(new URL('../fixtures/run/first-batch.valid.json', import.meta.url), 'utf8'),
);

/** Every object in a value, with the way to take one of its keys away. */
function* objects(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  // SAFETY: objects and arrays of JSON are records of their keys.
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const inner of Object.values(value)) yield* objects(inner);
}

describe('first-batch.json', () => {
  it('is read as the trainer writes it, and no field of it is idle', () => {
    expect(firstBatchSchema.parse(golden)).toEqual(golden);
    const copy = structuredClone(golden);
    const seen = new Set<string>();
    for (const object of objects(copy)) {
      const shape = Object.keys(object).sort().join();
      if (seen.has(shape)) continue;
      seen.add(shape);
      for (const key of Object.keys(object)) {
        const { [key]: kept } = object;
        Reflect.deleteProperty(object, key);
        expect(firstBatchSchema.safeParse(copy).success, `without ${key}`).toBe(false);
        object[key] = kept;
      }
      object['more'] = 1;
      expect(firstBatchSchema.safeParse(copy).success, `more in ${shape}`).toBe(false);
      Reflect.deleteProperty(object, 'more');
    }
    expect(seen.size).toBe(5);
  });

  it('shows what is learnt as runs of text, in the order in which the trainer put them', () => {
    const batch = firstBatchSchema.parse(golden);
    const { rows, of } = firstBatchRows(batch);
    expect(of).toBe(batch.rows.length);
    for (const [at, row] of rows.entries()) {
      const source = batch.rows[at]!;
      expect(row.id).toBe(source.question);
      const [prompt, ...texts] = row.segments;
      expect(prompt).toMatchObject({ kind: 'prompt', trainedTokens: 0 });
      expect(texts.map(({ kind }) => kind)).toEqual(source.texts.map(({ role }) => role));
      for (const [index, text] of texts.entries()) {
        const { tokens } = source.texts[index]!;
        expect(text.spans.map((span) => span.text).join('')).toBe(
          tokens.map((token) => token.text).join(''),
        );
        expect(text.spans.map((span) => span.trained)).toEqual([text.kind === 'anchor']);
        expect(text.trainedTokens).toBe(text.kind === 'anchor' ? tokens.length : 0);
      }
    }
    expect(rows.flatMap((row) => row.segments.map(({ kind }) => kind))).toContain('negative');
  });

  it('calls the texts of a preference chosen and rejected, as the trainer does', () => {
    const told = JSON.stringify(golden)
      .replaceAll('"role":"positive"', '"role":"chosen"')
      .replaceAll('"role":"negative"', '"role":"rejected"');
    const { rows } = firstBatchRows(firstBatchSchema.parse(JSON.parse(told)));
    const rejected = rows.flatMap((row) => row.segments).filter(({ kind }) => kind === 'rejected');
    expect(rejected.length).toBeGreaterThan(0);
    expect(new Set(rejected.map(({ source }) => source))).toEqual(new Set([null]));
  });

  it('shows four rows, and of these two with a pair where a batch has them further on', () => {
    const batch = firstBatchSchema.parse(golden);
    const [row] = batch.rows;
    const many = Array.from({ length: 9 }, (_, at) => ({
      ...row!,
      question: `q-${at.toString()}`,
      pairs: at === 5 || at > 6 ? row!.pairs : [],
    }));
    const { rows, of } = firstBatchRows({ ...batch, rows: many });
    expect(of).toBe(9);
    expect(rows.map(({ id }) => id)).toEqual(['q-0', 'q-1', 'q-5', 'q-7']);
  });
});
