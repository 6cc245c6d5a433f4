import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { LORA_TARGETS, runConfigSchema } from '../../src/core/training/run.ts';
import { resolveRun, writtenRun } from '../../src/node/trainer/runPlaces.ts';

const text = (name: string): string =>
  readFileSync(new URL(`../fixtures/run/${name}`, import.meta.url), 'utf8');
const caseSchema = z.object({ name: z.string(), field: z.string(), config: z.unknown() });
const cases = (name: string): z.infer<typeof caseSchema>[] =>
  text(name)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => caseSchema.parse(JSON.parse(line)));

const valid = z.record(z.string(), z.unknown()).parse(JSON.parse(text('run.valid.json')));
const pairCase = z.object({
  name: z.string(),
  pair: z.unknown(),
  expect: z.looseObject({ kind: z.string() }),
});
const pairs = text('run.pairs.jsonl')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => {
    const one = pairCase.parse(JSON.parse(line));
    return [one.name, one.pair, one.expect] as const;
  });

/** The paths of a refusal; an unknown key is named at its own path. */
function refusedAt(config: unknown): string[] {
  const parsed = runConfigSchema.safeParse(config);
  return (parsed.error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => [...issue.path, key].join('.'))
      : [issue.path.join('.')],
  );
}

describe('the golden run.json files', () => {
  test('a whole one is accepted unchanged', () => {
    const config: unknown = JSON.parse(text('run.valid.json'));
    expect(runConfigSchema.parse(config)).toEqual(config);
  });

  test('one with probes is accepted unchanged', () => {
    const config: unknown = JSON.parse(text('run.probes.json'));
    expect(runConfigSchema.parse(config)).toEqual(config);
  });

  test('one in a chat template is accepted unchanged', () => {
    const config: unknown = JSON.parse(text('run.chat.json'));
    expect(runConfigSchema.parse(config)).toEqual(config);
  });

  test('one with paths that count from the run folder is accepted unchanged', () => {
    const config: unknown = JSON.parse(text('run.relative.json'));
    expect(runConfigSchema.parse(config)).toEqual(config);
  });

  test('defaults fill what may be left out', () => {
    const config = runConfigSchema.parse(JSON.parse(text('run.defaults.json')));
    expect(config.objective).toEqual({
      lm: { promptWeight: 0, normalise: 'completion', tokenWeights: 'uniform' },
      pair: { kind: 'triplet', ratio: 0.1, margin: 1, repr: 'last' },
    });
    expect(config.optim).toEqual({
      lr: 1e-5,
      schedule: 'cosine',
      warmup: 0.03,
      weightDecay: 0.01,
      clip: 1,
      epochs: 3,
      globalBatch: 16,
      tokenBudget: 4096,
    });
  });

  test.each(pairs)('the pair’s settings and defaults by kind: %s', (_, pair, expected) => {
    const config = runConfigSchema.parse({ ...valid, objective: { pair } });
    expect(config.objective.pair).toEqual(expected);
    // What older projects wrote decides the names of their runs: to the byte, order of keys included.
    if (expected.kind === 'triplet' || expected.kind === 'none') {
      expect(Object.keys(config.objective.pair)).toEqual(['kind', 'ratio', 'margin', 'repr']);
    }
  });

  test('an unknown kind of pairs is answered with the kinds that there are', () => {
    const { error } = runConfigSchema.safeParse({
      ...valid,
      objective: { pair: { kind: 'ppo' } },
    });
    expect(error?.issues.map(({ message }) => message)).toEqual([
      '"ppo" is no kind: there are "none", "triplet", "dpo", "tpo", "orpo"',
    ]);
  });

  test.each(cases('run.invalid.jsonl').map(({ name, field, config }) => [name, field, config]))(
    'refused: %s at %s',
    (_, field, config) => {
      expect(refusedAt(config)).toContain(field);
    },
  );

  test.each(cases('run.unknownKeys.jsonl').map(({ name, field, config }) => [name, field, config]))(
    'an unknown key is an error on this side: %s at %s',
    (_, field, config) => {
      expect(refusedAt(config)).toEqual([field]);
    },
  );

  test('one with adapters, fp16 and two processes is accepted unchanged', () => {
    const config: unknown = JSON.parse(text('run.lora.json'));
    expect(runConfigSchema.parse(config)).toEqual(config);
  });

  test('adapters have defaults of their own, and another learning rate', () => {
    const { mode, lora, optim } = runConfigSchema.parse(JSON.parse(text('run.loraDefaults.json')));
    expect({ mode, lora, lr: optim.lr }).toEqual({
      mode: 'qlora',
      lr: 2e-4,
      lora: { r: 16, alpha: 32, dropout: 0.05, targets: LORA_TARGETS },
    });
  });
});

const placeSchema = z.object({
  name: z.string(),
  folder: z.string(),
  written: z.string(),
  absolute: z.string(),
});
const places = text('places.jsonl')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => placeSchema.parse(JSON.parse(line)));

describe.skipIf(process.platform === 'win32')('the paths of run.json', () => {
  const valid = runConfigSchema.parse(JSON.parse(text('run.valid.json')));
  const at = (path: string) => ({ ...valid, model: { ...valid.model, path } });

  test.each(places.map((place) => [place.name, place] as const))(
    '%s is written so, and read back',
    (_, { folder, written, absolute }) => {
      expect(writtenRun(folder, at(absolute)).model.path).toBe(written);
      expect(resolveRun(folder, at(written)).model.path).toBe(absolute);
    },
  );
});
