import {
  mkdtempSync,
  cpSync,
  readFileSync,
  rmSync,
  writeFileSync,
  symlinkSync,
  mkdirSync,
  readdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { CascadeModel } from '../../src/engine/cascadeModel.ts';
import {
  largestGap,
  loadModel,
  logitsOf,
  readGolden,
  STUDENTS,
  type Golden,
} from './engineFixtures.ts';

const LIMIT = 1e-4;
const scratch = mkdtempSync(path.join(tmpdir(), 'tailor-golden-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Feeds prompts raggedly, then the forced tails token by token; returns the largest |Δlogit| of both. */
async function follow(
  model: CascadeModel,
  golden: Golden,
  withHead: boolean,
  rows: readonly number[],
): Promise<{ prefill: number; decode: number }> {
  const prompts = rows.map((b) => golden.prompts[b]!);
  model.resize(rows.length, []);
  const first = await model.prefill(prompts);
  let prefill = 0;
  rows.forEach((b, row) => {
    const want = golden.at(withHead, b, prompts[row]!.length - 1);
    prefill = Math.max(prefill, largestGap(logitsOf(first, row), want));
    model.place(row, row);
  });
  let decode = 0;
  for (let t = 0; t < golden.forced[0]!.length; t++) {
    const step = await model.decode(Int32Array.from(rows, (b) => golden.forced[b]![t]!));
    rows.forEach((b, row) => {
      const want = golden.at(withHead, b, prompts[row]!.length + t);
      decode = Math.max(decode, largestGap(logitsOf(step, row), want));
    });
  }
  rows.forEach((_, row) => model.clear(row));
  return { prefill, decode };
}

describe.each(readdirSync(STUDENTS))('%s against PyTorch', (name) => {
  const folder = path.join(STUDENTS, name);
  const golden = readGolden(folder);
  const all = golden.prompts.map((_, b) => b);

  it.each([
    ['without a head', false, 256],
    ['with a head', true, 256],
    ['in chunks, without a head', false, 3],
    ['in chunks, with a head', true, 4],
  ])('%s: ragged prefill and decode agree to 1e-4', async (_, withHead, chunk) => {
    const model = await loadModel(folder, { head: withHead ? golden.head : [], chunk });
    try {
      const together = await follow(model, golden, withHead, all);
      expect(together.prefill).toBeLessThan(LIMIT);
      expect(together.decode).toBeLessThan(LIMIT);
      const alone = await follow(model, golden, withHead, [2]);
      expect(Math.max(alone.prefill, alone.decode)).toBeLessThan(LIMIT);
    } finally {
      await model.release();
    }
  });
});

describe('the golden check notices', () => {
  const tied = path.join(STUDENTS, 'llama-rope3');
  const untied = path.join(STUDENTS, 'llama-text');

  async function gapOf(
    folder: string,
    ...options: Parameters<typeof loadModel> extends [string, ...infer R] ? R : never
  ): Promise<number> {
    const golden = readGolden(folder);
    const model = await loadModel(folder, ...options);
    try {
      const { prefill, decode } = await follow(model, golden, false, [0, 1, 2, 3]);
      return Math.max(prefill, decode);
    } finally {
      await model.release();
    }
  }

  it('a plain rope in place of llama3', async () => {
    expect(await gapOf(tied, {}, { rope: { kind: 'default', theta: 10_000 } })).toBeGreaterThan(
      0.01,
    );
  });

  it('another rope base', async () => {
    expect(await gapOf(untied, {}, { rope: { kind: 'default', theta: 20_000 } })).toBeGreaterThan(
      0.01,
    );
  });

  it('a head tied against its config', async () => {
    expect(await gapOf(untied, {}, { tied: true })).toBeGreaterThan(0.1);
  });

  it('heads that are not normalised where the student does', async () => {
    const qwen3 = path.join(STUDENTS, 'qwen3-shards');
    expect(await gapOf(qwen3, {}, { qkNorm: false })).toBeGreaterThan(0.01);
  });

  it('a mask that lets spare room through', async () => {
    const golden = readGolden(untied);
    const model = await loadModel(untied);
    // The mask lives in private state; a control may reach for it.
    const slots = (): { mask: Float32Array } =>
      (model as unknown as { slots: { mask: Float32Array } }).slots;
    model.resize(4, []);
    await model.prefill(golden.prompts);
    golden.prompts.forEach((_, row) => model.place(row, row));
    slots().mask.fill(0);
    const step = await model.decode(Int32Array.from(golden.forced, (tail) => tail[0]!));
    const gap = largestGap(logitsOf(step, 2), golden.at(false, 2, golden.prompts[2]!.length));
    await model.release();
    expect(gap).toBeGreaterThan(0.01);
  });
});

describe('weight files', () => {
  it('are found through links, as in a Hugging Face cache', async () => {
    const source = path.join(STUDENTS, 'llama-bf16');
    const blobs = path.join(scratch, 'blobs');
    const folder = path.join(scratch, 'snapshot');
    mkdirSync(blobs);
    mkdirSync(folder);
    cpSync(path.join(source, 'model.safetensors'), path.join(blobs, 'ab12'));
    cpSync(path.join(source, 'config.json'), path.join(folder, 'config.json'));
    symlinkSync(path.join('..', 'blobs', 'ab12'), path.join(folder, 'model.safetensors'));
    const model = await loadModel(folder);
    const { decode } = await follow(model, readGolden(source), false, [0, 1]);
    await model.release();
    expect(decode).toBeLessThan(LIMIT);
  });

  it('may be shards named by an index', async () => {
    const source = path.join(STUDENTS, 'llama-text');
    const folder = path.join(scratch, 'sharded');
    mkdirSync(folder);
    cpSync(path.join(source, 'config.json'), path.join(folder, 'config.json'));
    splitInTwo(path.join(source, 'model.safetensors'), folder);
    const model = await loadModel(folder);
    const { prefill, decode } = await follow(model, readGolden(source), false, [0, 3]);
    await model.release();
    expect(Math.max(prefill, decode)).toBeLessThan(LIMIT);
  });
});

/** Writes the tensors of one file as two shards with their index. */
function splitInTwo(file: string, folder: string): void {
  const bytes = readFileSync(file);
  const headerLength = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + headerLength)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  const map: Record<string, string> = {};
  [names.filter((_, i) => i % 2 === 0), names.filter((_, i) => i % 2 === 1)].forEach((part, i) => {
    const shard = `model-0000${i + 1}-of-00002.safetensors`;
    let at = 0;
    const data: Buffer[] = [];
    const entries = part.map((name) => {
      const {
        dtype,
        shape,
        data_offsets: [begin, end],
      } = header[name]!;
      data.push(bytes.subarray(8 + headerLength + begin, 8 + headerLength + end));
      map[name] = shard;
      const entry = { dtype, shape, data_offsets: [at, at + end - begin] };
      at += end - begin;
      return [name, entry] as const;
    });
    const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(path.join(folder, shard), Buffer.concat([prefix, json, ...data]));
  });
  writeFileSync(
    path.join(folder, 'model.safetensors.index.json'),
    JSON.stringify({ weight_map: map }),
  );
}
