import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { trainerEventSchema } from '../../src/core/training/events.ts';
import { parseEventLine } from '../../src/node/trainer/eventLine.ts';

const read = (name: string): string[] =>
  readFileSync(new URL(`../fixtures/run/${name}`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '');

const valid = read('events.valid.jsonl');
const invalidSchema = z.object({ name: z.string(), record: z.record(z.string(), z.unknown()) });
const invalid = read('events.invalid.jsonl').map((line) => invalidSchema.parse(JSON.parse(line)));

describe('the golden records of events.jsonl', () => {
  test.each(valid)('accepted: %s', (line) => {
    const { runId } = z.object({ runId: z.string() }).parse(JSON.parse(line));
    expect(parseEventLine(line, runId)).toMatchObject({ kind: 'event' });
  });

  test('cover every type that the schema knows', () => {
    const known = trainerEventSchema.options.flatMap((option) => [...option.shape.type.values]);
    const types = valid.map((line) => z.object({ type: z.string() }).parse(JSON.parse(line)).type);
    expect([...new Set(types)].sort()).toEqual([...known].sort());
  });

  test.each(invalid.map(({ name, record }) => [name, record] as const))(
    'refused: %s',
    (_, record) => {
      const runId = typeof record['runId'] === 'string' ? record['runId'] : 'r0-sft-1';
      expect(parseEventLine(JSON.stringify(record), runId).kind).not.toBe('event');
    },
  );

  test('every field of every golden record is needed, but what older trainers did not say', () => {
    const later = new Set(['preference']);
    for (const line of valid) {
      const record = z.record(z.string(), z.unknown()).parse(JSON.parse(line));
      for (const field of Object.keys(record).filter((name) => !later.has(name))) {
        const { [field]: _, ...rest } = record;
        expect(trainerEventSchema.safeParse(rest).success, `${line} without ${field}`).toBe(false);
      }
    }
  });
});
