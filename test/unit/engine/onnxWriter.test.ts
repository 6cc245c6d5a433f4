import { describe, expect, it } from 'vitest';
import { GraphWriter } from '../../../src/engine/onnxWriter.ts';

type Field = { field: number; value: bigint | Uint8Array };

/** A protobuf reader for the test: one level of fields. */
function fields(bytes: Uint8Array): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++]!);
      value |= (byte & 127n) << shift;
      if (byte < 128n) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const field = tag >> 3;
    if ((tag & 7) === 0) found.push({ field, value: varint() });
    else {
      const length = (tag & 7) === 5 ? 4 : Number(varint());
      found.push({ field, value: bytes.subarray(at, at + length) });
      at += length;
    }
  }
  return found;
}

function sub(bytes: Uint8Array, field: number): Uint8Array[] {
  return fields(bytes).flatMap((f) => (f.field === field ? [f.value as Uint8Array] : []));
}

const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

describe('GraphWriter', () => {
  const g = new GraphWriter();
  g.input('x', 'f32', ['N', 3]);
  const w = g.external('w', 'bf16', [3, 300], {
    file: 'model.safetensors',
    offset: 71,
    length: 1800,
  });
  const y = g.msNode('FusedMatMul', ['x', w], { transB: 1 });
  g.node('Softmax', [y], { axis: -1, perm: [2, 0, 1], eps: { float: 0.5 } }, 'out');
  g.output('out', 'f32', ['N', 300]);
  const model = g.finish();
  const graph = sub(model, 7)[0]!;

  it('declares both operator sets', () => {
    const sets = sub(model, 8).map((set) => [text(sub(set, 1)[0]), fields(set)[1]?.value]);
    expect(sets).toEqual([
      ['', 17n],
      ['com.microsoft', 1n],
    ]);
  });

  it('writes nodes with their inputs, outputs and domain', () => {
    const [fused, softmax] = sub(graph, 1);
    expect(sub(fused!, 1).map(text)).toEqual(['x', 'w']);
    expect(text(sub(fused!, 4)[0])).toBe('FusedMatMul');
    expect(text(sub(fused!, 7)[0])).toBe('com.microsoft');
    expect(sub(softmax!, 7)).toEqual([]);
    expect(sub(softmax!, 2).map(text)).toEqual(['out']);
  });

  it('writes attributes of every kind; −1 takes ten bytes', () => {
    const [axis, perm, eps] = sub(sub(graph, 1)[1]!, 5);
    expect(fields(axis!).find(({ field }) => field === 3)?.value).toBe((1n << 64n) - 1n);
    expect(
      fields(perm!)
        .filter(({ field }) => field === 8)
        .map(({ value }) => value),
    ).toEqual([2n, 0n, 1n]);
    const bytes = sub(eps!, 2)[0]!;
    expect(new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true)).toBe(0.5);
    expect([axis, perm, eps].map((a) => fields(a!).at(-1)?.value)).toEqual([2n, 7n, 1n]);
  });

  it('points at external data by location, offset and length', () => {
    const tensor = sub(graph, 5)[0]!;
    expect(
      fields(tensor)
        .filter(({ field }) => field === 1)
        .map(({ value }) => value),
    ).toEqual([3n, 300n]);
    const entries = sub(tensor, 13).map((entry) => [
      text(sub(entry, 1)[0]),
      text(sub(entry, 2)[0]),
    ]);
    expect(Object.fromEntries(entries)).toEqual({
      location: 'model.safetensors',
      offset: '71',
      length: '1800',
    });
    expect(fields(tensor).find(({ field }) => field === 14)?.value).toBe(1n);
    expect(fields(tensor).find(({ field }) => field === 2)?.value).toBe(16n);
  });

  it('gives the same bytes for the same graph', () => {
    const twice = [0, 1].map(() => {
      const again = new GraphWriter();
      again.output(again.node('Shape', [again.input('x', 'f32', ['N'])]), 'i64', [1]);
      return again.finish();
    });
    expect(twice[0]).toEqual(twice[1]);
  });
});
