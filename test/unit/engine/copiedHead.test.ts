import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { readStudentFolder } from '../../../src/engine/studentFolder.ts';
import { EMBEDDING, HEAD } from '../../../src/engine/tensorNames.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';

const TIED = join(import.meta.dirname, '../../fixtures/students/qwen2');
const headerSchema = z.record(
  z.string(),
  z.looseObject({ data_offsets: z.tuple([z.number(), z.number()]).optional() }),
);

/** The tied student with its head written out, the last byte of it changed by so much. */
async function withHead(change: number): Promise<string> {
  const folder = join(await temporaryFolder(), 'student');
  await cp(TIED, folder, { recursive: true });
  const path = join(folder, 'model.safetensors');
  const bytes = await readFile(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = headerSchema.parse(JSON.parse(bytes.toString('utf8', 8, start)));
  const [from, to] = header[EMBEDDING]?.data_offsets ?? [0, 0];
  const head = Buffer.from(bytes.subarray(start + from, start + to));
  head.writeUInt8((head.at(-1) ?? 0) ^ change, head.length - 1);
  const end = bytes.length - start;
  const longer = {
    ...header,
    [HEAD]: { ...header[EMBEDDING], data_offsets: [end, end + head.length] },
  };
  const text = Buffer.from(JSON.stringify(longer));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  await writeFile(path, Buffer.concat([size, text, bytes.subarray(start), head]));
  return folder;
}

it('a tied student whose head is written out once more is taken, and that copy left aside', async () => {
  const { weights, config } = await readStudentFolder(await withHead(0));
  expect(config.tied).toBe(true);
  expect(weights.tensors.has(HEAD)).toBe(false);
  expect(weights.tensors.has(EMBEDDING)).toBe(true);
});

it('a head that is another than the embedding is refused: one of the two files is wrong', async () => {
  await expect(readStudentFolder(await withHead(1))).rejects.toMatchObject({
    code: 'student.invalid',
    message: expect.stringContaining('separate lm_head'),
  });
});
