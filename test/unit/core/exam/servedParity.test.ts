import { describe, expect, it } from 'vitest';
import { paritySchema, type Parity } from '../../../../src/core/exam/parity.ts';
import {
  compareServed,
  hasTexts,
  SERVED_TOLERANCE,
  type ServedGreedy,
} from '../../../../src/core/exam/servedParity.ts';

const EOS = 2;
const record = (more: object = {}): Parity =>
  paritySchema.parse({
    v: 1,
    weightsSha256: 'a'.repeat(64),
    dtype: 'float32',
    bos: false,
    eosIds: [EOS],
    versions: {},
    prompts: [
      {
        text: 'Question: 2 + 3?\nReasoning:',
        ids: [5, 6],
        logits: [],
        greedyIds: [10, 11, 12, EOS],
        greedyMargins: [4, 0.1, 3, 2],
        greedyPieces: [' two', ' and', ' three', '<end>'],
        greedyLogprobs: [-0.1, -0.6, -0.2, -0.01],
        ...more,
      },
    ],
    strings: [],
  });

const server = (words: string[], ids: (number | null)[] | null, shift = 0): ServedGreedy => ({
  text: words.join(''),
  tokens:
    ids &&
    words.map((text, at) => ({
      text,
      id: ids[at] ?? null,
      logprob: [-0.1, -0.6, -0.2][at]! + shift,
    })),
});
const SAME = [' two', ' and', ' three'];
const { bfloat16, float32 } = SERVED_TOLERANCE;

describe('a server held against the record of a trained student', () => {
  it('is the student by ids, by texts, and by texts without log-probabilities', () => {
    const byIds = compareServed(record(), [server(SAME, [10, 11, 12])], float32);
    expect(byIds).toMatchObject({
      ...{ compared: 'ids', nearTies: 0, prompts: 1, steps: 3, told: 3 },
      delta: { mean: 0, max: 0 },
    });
    const byText = compareServed(record(), [server(SAME, [null, null, null])], float32);
    expect(byText).toMatchObject({ compared: 'text', delta: { mean: 0 }, nearTies: 0 });
    const bare = compareServed(record(), [server(SAME, null)], float32);
    expect(bare).toMatchObject({ compared: 'text', delta: null, told: 0, steps: 3, nearTies: 0 });
  });

  it.each([
    ['ids', [10, 11, 99]],
    ['texts', null],
  ])('is refused where it clearly goes on otherwise (%s)', (_, ids) => {
    const other = server([' two', ' and', ' four'], ids);
    expect(() => compareServed(record(), [other], bfloat16)).toThrow(/token 2 of prompt 0/u);
  });

  it('is refused where it parts so early that nothing of its weights was seen, however near a tie', () => {
    const tie = record({ greedyMargins: [0.1, 0.1, 0.1, 0.1] });
    const parted = server([' no', ' and', ' x'], [99, 98, 97]);
    expect(() => compareServed(tie, [parted], bfloat16)).toThrow(/too few to tell/u);
  });

  it('may part where the two best tokens were nearer than its precision tells', () => {
    const parted = server([' two', ' plus', ' x'], [10, 98, 97]);
    expect(compareServed(record(), [parted], bfloat16).nearTies).toBe(1);
    expect(() => compareServed(record(), [parted], float32)).toThrow(/token 1 of prompt 0/u);
  });

  it('is refused where it ends too early or does not end', () => {
    const early = server([' two', ' and'], [10, 11]);
    expect(() => compareServed(record(), [early], bfloat16)).toThrow(/token 2/u);
    const on = server([...SAME, ' more'], null);
    expect(() => compareServed(record(), [on], bfloat16)).toThrow(/token 3/u);
    const ended = server([...SAME, ''], [10, 11, 12, EOS]);
    expect(compareServed(record(), [ended], bfloat16).nearTies).toBe(0);
  });

  it('is refused where texts agree and log-probabilities do not', () => {
    const colder = server(SAME, [10, 11, 12], -0.07);
    expect(() => compareServed(record(), [colder], bfloat16)).toThrow(/log-probabilities differ/u);
    const { delta } = compareServed(record(), [colder], SERVED_TOLERANCE.quantised);
    expect(delta?.mean).toBeCloseTo(0.07);
  });

  it('forgives what spells the first space or half of a character otherwise', () => {
    const pieces = record({ greedyPieces: ['two', ' and', ' three', ''] });
    expect(compareServed(pieces, [server(SAME, null)], float32).nearTies).toBe(0);
    const half = record({ greedyIds: [10, 11, 12], greedyPieces: [' two', ' and', ''] });
    const shown = server([' two', ' and', '\uFFFD'], null);
    expect(compareServed(half, [shown], float32).nearTies).toBe(0);
  });

  it('needs the texts of the record where a server knows no ids', () => {
    expect(hasTexts(record())).toBe(true);
    expect(hasTexts(record({ greedyPieces: undefined }))).toBe(false);
  });
});
