import { describe, expect, it } from 'vitest';
import { describeParity } from '../../../../src/core/exam/describeParity.ts';
import {
  parityVerdictSchema,
  passed,
  type ParityFigures,
} from '../../../../src/core/exam/parityVerdict.ts';
import { compareServed, SERVED_TOLERANCE } from '../../../../src/core/exam/servedParity.ts';
import { paritySchema } from '../../../../src/core/exam/parity.ts';

const figures: ParityFigures = {
  by: 'box',
  weightsSha256: 'ab'.repeat(32),
  ...{ compared: 'ids', prompts: 8, steps: 240, nearTies: 0, told: 240 },
  delta: { mean: 1e-6, max: 2e-6 },
  tolerance: { delta: 0.02, margin: 0.25, source: 'bfloat16' },
};

describe('the word for a check that passed', () => {
  it('is “equal” by what was measured, whatever precision the profile states', () => {
    for (const source of ['float32', 'bfloat16', 'quantised'] as const) {
      const tolerance = { ...figures.tolerance, source };
      expect(passed({ ...figures, tolerance }).verdict).toBe('equal');
    }
  });

  it.each<[string, Partial<ParityFigures>]>([
    ['a continuation that parts at a near tie', { nearTies: 1 }],
    ['a log-probability further away than sums in fp32', { delta: { mean: 1e-4, max: 2e-3 } }],
    ['no log-probabilities', { delta: null, told: 0 }],
    ['log-probabilities of some tokens only', { told: 239 }],
  ])('is “plausible” with %s', (_, more) => {
    const verdict = passed({ ...figures, ...more });
    expect(verdict.verdict).toBe('plausible');
    const words = String(describeParity(verdict));
    expect(words).toContain('plausible by the trainer’s record');
    expect(words).toContain('not equal to it');
  });

  it('is said with prompts, tokens, both differences, and where the tolerance is from', () => {
    const one = { ...figures, delta: { mean: 0.004, max: 0.031 }, nearTies: 2 };
    expect(String(describeParity(passed(one)))).toBe(
      'plausible by the trainer’s record of abababababab, not equal to it; 8 prompts, 240 tokens the same by id; ' +
        '2 prompts part where the two best tokens were nearer than 0.25; ' +
        'log-probabilities 0.0040 apart on average, at most 0.031 (allowed for bfloat16: 0.02 on average)',
    );
    expect(String(describeParity(passed(figures)))).toMatch(/^equal to the trainer’s record/u);
  });

  it('says of a folder without a record what is not known, of a server and of the engine', () => {
    const [server, engine] = ['box', null].map((by) =>
      String(describeParity({ verdict: 'unchecked', by })),
    );
    expect(server).toContain('whether box serves these weights is not known');
    expect(engine).toContain('not checked');
    expect(engine).not.toContain('box');
  });

  it('is read back from a file as it was', () => {
    for (const one of [passed(figures), { verdict: 'unchecked' as const, by: null }]) {
      expect(parityVerdictSchema.parse(JSON.parse(JSON.stringify(one)))).toEqual(one);
    }
  });
});

describe('where a server’s text parts from the record', () => {
  const record = (margin: number) =>
    paritySchema.parse({
      v: 1,
      weightsSha256: 'a'.repeat(64),
      dtype: 'float32',
      bos: false,
      eosIds: [2],
      versions: {},
      prompts: [
        {
          text: 'Question:',
          ids: [5],
          logits: [],
          greedyIds: [10, 11, 12],
          greedyMargins: [4, margin, 3],
          greedyPieces: [' a', ' b', ' c'],
          greedyLogprobs: [-0.1, -0.6, -0.2],
        },
      ],
      strings: [],
    });
  const parted = {
    text: ' a x y',
    tokens: [' a', ' x', ' y'].map((text, at) => ({ text, id: 10 + at * 50, logprob: -0.1 })),
  };

  it.each(['float32', 'bfloat16', 'quantised'] as const)(
    '%s: accepted below the stated margin at that very step, refused at it',
    (precision) => {
      const tolerance = SERVED_TOLERANCE[precision];
      const below = compareServed(record(tolerance.margin * 0.99), [parted], tolerance);
      expect(below).toMatchObject({ nearTies: 1, steps: 1, told: 1 });
      expect(() => compareServed(record(tolerance.margin), [parted], tolerance)).toThrow(
        /token 1 of prompt 0/u,
      );
    },
  );
});
