import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const headerSchema = z.record(
  z.string(),
  z.object({ dtype: z.string(), data_offsets: z.tuple([z.number(), z.number()]) }),
);

/** The tensors of a student in fp32, flat, by name. */
async function tensorsOf(student: string): Promise<Map<string, Float32Array>> {
  const bytes = await readFile(join(student, 'model.safetensors'));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const { __metadata__: _, ...rest } = z
    .record(z.string(), z.unknown())
    .parse(JSON.parse(bytes.toString('utf8', 8, start)));
  const tensors = new Map<string, Float32Array>();
  for (const [name, { dtype, data_offsets: place }] of Object.entries(headerSchema.parse(rest))) {
    if (dtype !== 'F32') throw new Error(`${name} is ${dtype}`);
    const [from, to] = place;
    const copy = new Uint8Array(bytes.subarray(start + from, start + to));
    tensors.set(name, new Float32Array(copy.buffer));
  }
  return tensors;
}

/** By how much the weights of two students of one form differ at most. */
export async function largestDifference(first: string, second: string): Promise<number> {
  const [ours, theirs] = [await tensorsOf(first), await tensorsOf(second)];
  if ([...ours.keys()].join() !== [...theirs.keys()].join()) throw new Error('other tensors');
  let largest = 0;
  for (const [name, values] of ours) {
    const others = theirs.get(name) ?? new Float32Array();
    if (others.length !== values.length) throw new Error(`${name} has another size`);
    values.forEach((value, at) => {
      largest = Math.max(largest, Math.abs(value - (others[at] ?? Number.NaN)));
    });
  }
  return largest;
}
