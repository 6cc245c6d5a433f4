import { describe, expect, it } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import {
  MAX_HEADER_BYTES,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
} from '../../../../src/core/exam/safetensorsHeader.ts';

type Entry = { dtype: string; shape: unknown; data_offsets: unknown };

/** Parses a header in front of `dataBytes` bytes of data. */
function parse(
  header: string | Record<string, Entry | object>,
  dataBytes: number,
): Map<string, unknown> {
  const json = typeof header === 'string' ? header : JSON.stringify(header);
  const length = Buffer.byteLength(json);
  return parseSafetensorsHeader(json, length, 8 + length + dataBytes, 'model.safetensors');
}

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (isAppError(error, 'student.invalid')) return error.message;
    throw error;
  }
  return 'accepted';
}

const prefix = (length: bigint): Uint8Array => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(length);
  return bytes;
};

const f32 = (shape: number[], begin: number, end: number): Entry => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('safetensors header', () => {
  it('reads tensors with absolute offsets and skips the metadata', () => {
    const header = { __metadata__: { format: 'pt' }, b: f32([2, 3], 4, 28), a: f32([1], 0, 4) };
    const start = 8 + JSON.stringify(header).length;
    expect(parse(header, 28)).toEqual(
      new Map([
        ['b', { dtype: 'F32', shape: [2, 3], offset: start + 4, length: 24 }],
        ['a', { dtype: 'F32', shape: [1], offset: start, length: 4 }],
      ]),
    );
  });

  it.each([
    [
      'a header longer than the file',
      () => safetensorsHeaderLength(prefix(100n), 50, 'f'),
      'longer than the file',
    ],
    ['a header of 100 MB', () => safetensorsHeaderLength(prefix(100_000_000n), 2e9, 'f'), 'claims'],
    [
      'a length of 2^64 − 1',
      () => safetensorsHeaderLength(prefix((1n << 64n) - 1n), 2e9, 'f'),
      'claims',
    ],
    ['an empty file', () => safetensorsHeaderLength(new Uint8Array(0), 0, 'f'), 'shorter'],
    ['text that is not JSON', () => parse('{"a":', 0), 'not JSON'],
    ['a list', () => parse('[]', 0), 'not an object'],
    ['overlapping tensors', () => parse({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), 'overlaps'],
    [
      'two names for the same bytes',
      () => parse({ a: f32([2], 0, 8), b: f32([2], 0, 8) }, 8),
      'overlaps',
    ],
    ['offsets beyond the data', () => parse({ a: f32([4], 0, 16) }, 12), 'outside the file'],
    ['offsets backwards', () => parse({ a: f32([2], 8, 0) }, 8), 'outside the file'],
    ['negative offsets', () => parse({ a: f32([2], -8, 0) }, 8), 'malformed at a'],
    ['fractional sizes', () => parse({ a: f32([1.5], 0, 6) }, 6), 'malformed at a'],
    [
      'an unknown dtype',
      () => parse({ a: { dtype: 'F3', shape: [1], data_offsets: [0, 4] } }, 4),
      'unknown dtype',
    ],
    [
      'a dtype named like an object’s member',
      () => parse({ a: { dtype: 'constructor', shape: [1], data_offsets: [0, 4] } }, 4),
      'unknown dtype',
    ],
    [
      'a shape that does not fill its bytes',
      () => parse({ a: f32([3], 0, 8) }, 8),
      'does not fill',
    ],
    [
      'a shape whose product overflows',
      () => parse({ a: f32([2 ** 40, 2 ** 40], 0, 8) }, 8),
      'does not fill',
    ],
    ['a gap', () => parse({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'gap before b'],
    ['bytes of no tensor', () => parse({ a: f32([1], 0, 4) }, 8), 'no tensor'],
    ['a missing field', () => parse({ a: { dtype: 'F32', shape: [1] } }, 4), 'malformed at a'],
  ])('threat 14: refuses %s', (_, run, words) => {
    expect(refusal(run)).toContain(words);
  });

  it('threat 14: a tensor called __proto__ reaches no prototype', () => {
    const json = '{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    expect(refusal(() => parse(json, 4))).toContain('no tensor');
    expect(({} as Record<string, unknown>)['dtype']).toBeUndefined();
  });

  it('accepts the largest header allowed', () => {
    expect(
      safetensorsHeaderLength(prefix(BigInt(MAX_HEADER_BYTES)), MAX_HEADER_BYTES + 8, 'f'),
    ).toBe(MAX_HEADER_BYTES);
  });
});
