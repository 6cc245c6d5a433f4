import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAppError, type AppError } from '../../src/core/errors.ts';
import type { Parity } from '../../src/core/exam/parity.ts';
import { GraphWriter } from '../../src/engine/onnxWriter.ts';
import { f32Tensor, GraphSession, isZeroCopy, sessionOptions } from '../../src/engine/session.ts';
import { EngineStudent } from '../../src/node/engineStudent.ts';
import { ENGINE_BUNDLE, TEXT_STUDENT } from './engineFixtures.ts';

const scratch = mkdtempSync(path.join(tmpdir(), 'tailor-engine-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const student = new EngineStudent(ENGINE_BUNDLE);
const signal = new AbortController().signal;

/** A copy of the text student, damaged by `damage`. */
function damaged(name: string, damage: (folder: string) => void): string {
  const folder = path.join(scratch, name.replaceAll(/\W+/gu, '-'));
  cpSync(TEXT_STUDENT, folder, { recursive: true });
  damage(folder);
  return folder;
}

/** The members of a student's JSON files that the tests change. */
interface Editable {
  model_type: string;
  tie_word_embeddings: boolean;
  rope_parameters: { rope_theta: number };
  eos_token_id: number | number[];
  model: { merges: unknown[] };
  post_processor: unknown;
  strings: Parity['strings'];
  prompts: Parity['prompts'];
}

function editJson(folder: string, file: string, edit: (json: Editable) => void): void {
  const json = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Editable;
  edit(json);
  writeFileSync(path.join(folder, file), JSON.stringify(json));
}

/** Rewrites the safetensors header with the same length. */
function editHeader(folder: string, from: string, to: string): void {
  const file = path.join(folder, 'model.safetensors');
  const bytes = readFileSync(file);
  const at = bytes.indexOf(from);
  expect(at).toBeGreaterThan(0);
  expect(to).toHaveLength(from.length);
  bytes.write(to, at);
  writeFileSync(file, bytes);
}

async function failure(work: Promise<unknown>): Promise<AppError> {
  try {
    await work;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

const sitOne = (folder: string): Promise<void> =>
  student.sit(
    {
      student: folder,
      head: '',
      items: [{ questionId: 'q', sample: 0, prompt: 'Question: 1\nReasoning:' }],
      sampling: { temperature: 0, topK: 1, topP: 1 },
      seed: '',
      maxNewTokens: 4,
      stopAtAnswerLine: false,
    },
    { signal, report: () => undefined, onAttempt: () => undefined },
  );

describe('a student folder that cannot sit an exam', () => {
  const weights = 'model.safetensors';
  it.each<[string, (folder: string) => void, string, string]>([
    [
      'garbage weights',
      (f) => writeFileSync(path.join(f, weights), Buffer.alloc(5000, 0xa5)),
      'student.invalid',
      'safetensors',
    ],
    [
      'truncated weights',
      (f) => truncateSync(path.join(f, weights), 200_000),
      'student.invalid',
      'outside the file',
    ],
    [
      'missing weights',
      (f) => rmSync(path.join(f, weights)),
      'student.modelMissing',
      'model.safetensors',
    ],
    [
      'wrong tensor names',
      (f) => editHeader(f, 'model.norm.weight', 'model.nurm.weight'),
      'student.invalid',
      'model.norm.weight',
    ],
    [
      'a renamed head',
      (f) => editHeader(f, 'lm_head.weight', 'no_head.weight'),
      'student.invalid',
      'lm_head.weight is missing',
    ],
    [
      'a missing tokenizer',
      (f) => rmSync(path.join(f, 'tokenizer.json')),
      'student.modelMissing',
      'tokenizer.json',
    ],
    [
      'a garbage config',
      (f) => writeFileSync(path.join(f, 'config.json'), '{'),
      'student.invalid',
      'config.json',
    ],
    [
      'another family',
      (f) => editJson(f, 'config.json', (c) => (c.model_type = 'mamba')),
      'student.unsupported',
      'mamba',
    ],
    [
      'a tied config over an untied head',
      (f) => editJson(f, 'config.json', (c) => (c.tie_word_embeddings = true)),
      'student.invalid',
      'lm_head',
    ],
  ])(
    'fault: ONNX: garbage, truncated, missing external data, wrong names, native abort: %s',
    async (name, damage, code, words) => {
      const error = await failure(sitOne(damaged(name, damage)));
      expect(error.code).toBe(code);
      expect(error.message).toContain(words);
      expect(error.hint).not.toBe('');
    },
  );

  it('refuses an index that leaves the folder', async () => {
    const folder = damaged('shards', (f) => {
      cpSync(path.join(f, weights), path.join(scratch, 'outside.safetensors'));
      rmSync(path.join(f, weights));
      const weight_map = { 'model.norm.weight': '../outside.safetensors' };
      writeFileSync(path.join(f, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
    });
    expect((await failure(sitOne(folder))).code).toBe('student.invalid');
  });

  it('refuses an item that does not fit the context, by name', async () => {
    const error = await failure(
      student.sit(
        {
          student: TEXT_STUDENT,
          head: '',
          items: [{ questionId: 'long one', sample: 0, prompt: '7 '.repeat(300) }],
          sampling: { temperature: 0, topK: 1, topP: 1 },
          seed: '',
          maxNewTokens: 400,
          stopAtAnswerLine: false,
        },
        { signal, report: () => undefined, onAttempt: () => undefined },
      ),
    );
    expect(error).toMatchObject({ code: 'usage', detail: { questionId: 'long one' } });
  });

  it('says where the engine is when its bundle is missing', async () => {
    const lost = new EngineStudent(path.join(scratch, 'nowhere.cjs'));
    const error = await failure(lost.checkParity(TEXT_STUDENT, signal));
    expect(error.code).toBe('engine.crashed');
    expect(JSON.stringify(error.detail)).toContain('nowhere.cjs');
  });
});

describe('identify', () => {
  it('gives digest, engine and parameters, and notices every change', async () => {
    const one = await student.identify(TEXT_STUDENT);
    expect(one).toMatchObject({
      parameters: 79_960,
      engine: expect.stringContaining('onnxruntime-1.30.0'),
    });
    expect(await student.identify(TEXT_STUDENT)).toEqual(one);
    const copy = damaged('same', () => undefined);
    expect((await student.identify(copy)).digest).toBe(one.digest);
    editHeader(copy, 'model.norm.weight', 'model.nurm.weight');
    expect((await student.identify(copy)).digest).not.toBe(one.digest);
    const stops = damaged('stops', (f) =>
      editJson(f, 'generation_config.json', (g) => (g.eos_token_id = [0, 1])),
    );
    expect((await student.identify(stops)).digest).not.toBe(one.digest);
  });
});

describe('parity', () => {
  it('holds for an untouched student, and is not claimed where nothing was recorded', async () => {
    const result = await student.checkParity(TEXT_STUDENT, signal);
    expect(result).toMatchObject({
      ...{ verdict: 'equal', by: null, compared: 'logits', prompts: 8, nearTies: 0 },
      tolerance: { source: 'engine' },
    });
    if (result.verdict === 'unchecked') throw new Error('it was checked');
    expect(result.steps).toBeGreaterThan(100);
    expect(result.delta?.max).toBeLessThan(1e-4);
    const bare = damaged('bare', (f) => rmSync(path.join(f, 'parity.json')));
    expect(await student.checkParity(bare, signal)).toEqual({ verdict: 'unchecked', by: null });
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      'other weights',
      (f) => {
        const file = path.join(f, 'model.safetensors');
        const bytes = readFileSync(file);
        bytes[bytes.length - 2]! ^= 1;
        writeFileSync(file, bytes);
      },
      'weights',
    ],
    [
      'another tokenizer',
      (f) => editJson(f, 'tokenizer.json', (t) => t.model.merges.splice(3)),
      'tokenizer',
    ],
    [
      'digits that are not split',
      (f) =>
        editJson(f, 'parity.json', (p) => {
          p.strings = [{ text: '12', ids: [1, 99] }];
        }),
      'tokenizer',
    ],
    [
      'a lost begin-of-sequence rule',
      (f) => editJson(f, 'tokenizer.json', (t) => (t.post_processor = null)),
      'bos',
    ],
    [
      'another end of sequence',
      (f) => editJson(f, 'generation_config.json', (g) => (g.eos_token_id = 2)),
      'eos',
    ],
    [
      'other logits',
      (f) => editJson(f, 'parity.json', (p) => (p.prompts[3]!.logits[1]!.topValues[4]! += 0.0015)),
      'logits',
    ],
    [
      'another rope',
      (f) => editJson(f, 'config.json', (c) => (c.rope_parameters.rope_theta = 20_000)),
      'logits',
    ],
    [
      'another continuation',
      (f) =>
        editJson(f, 'parity.json', (p) => {
          p.prompts[5]!.greedyIds[7]! += 1;
          p.prompts[5]!.greedyMargins[7] = 0.5;
        }),
      'greedy',
    ],
  ])('names the first difference: %s', async (name, damage, difference) => {
    const error = await failure(student.checkParity(damaged(`parity ${name}`, damage), signal));
    expect(error).toMatchObject({ code: 'student.parity', detail: { difference } });
    expect(error.message.length).toBeGreaterThan(20);
  });

  it('allows a greedy difference at a near tie', async () => {
    const folder = damaged('near tie', (f) =>
      editJson(f, 'parity.json', (p) => {
        p.prompts[5]!.greedyIds[7]! += 1;
        p.prompts[5]!.greedyMargins[7] = 5e-5;
      }),
    );
    expect(await student.checkParity(folder, signal)).toMatchObject({
      verdict: 'plausible',
      nearTies: 1,
    });
  });

  it('stops on request', async () => {
    const abort = new AbortController();
    const running = failure(student.checkParity(TEXT_STUDENT, abort.signal));
    setTimeout(() => abort.abort(), 50);
    expect((await running).code).toBe('cancelled');
  });
});

describe('external data of an ONNX graph', () => {
  const home = path.join(scratch, 'external');
  const secret = path.join(scratch, 'secret.bin');
  beforeAll(() => {
    mkdirSync(home);
    const floats = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);
    writeFileSync(path.join(home, 'data.bin'), floats);
    writeFileSync(secret, floats);
    symlinkSync(secret, path.join(home, 'link.bin'));
  });

  async function load(file: string, offset: number, length: number): Promise<Float32Array> {
    const g = new GraphWriter();
    g.input('x', 'f32', [4]);
    g.external('w', 'f32', [4], { file, offset, length });
    g.node('Add', ['x', 'w'], {}, 'y');
    g.output('y', 'f32', [4]);
    const session = await GraphSession.load(g.finish(), { dataFolder: home, threads: 1 });
    try {
      return (await session.run({ x: f32Tensor(new Float32Array(4), [4]) })).f32('y');
    } finally {
      await session.release();
    }
  }

  it('threat 14: ONNX external data inside the folder loads', async () => {
    expect([...(await load('data.bin', 0, 16))]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['a path upwards', '../secret.bin', 0, 16],
    ['an absolute path', secret, 0, 16],
    ['a symbolic link', 'link.bin', 0, 16],
    ['a process file', '/proc/self/environ', 0, 16],
    ['a memory marker', '*/_ORT_MEM_ADDR_/*', 0, 16],
    ['a missing file', 'none.bin', 0, 16],
    ['an offset beyond the file', 'data.bin', 4096, 16],
    ['a length that is not the tensor’s', 'data.bin', 0, 8],
  ])('threat 14: ONNX external data: %s is refused', async (_, file, offset, length) => {
    await expect(load(file, offset, length)).rejects.toMatchObject({ code: 'engine.load' });
  });

  it('threat 14: a graph of garbage is refused', async () => {
    const garbage = GraphSession.load(Buffer.alloc(300, 0x5a), { dataFolder: home, threads: 1 });
    await expect(garbage).rejects.toMatchObject({ code: 'engine.load' });
  });
});

describe('the session', () => {
  it('never lets idle threads spin', () => {
    const { extra } = sessionOptions({ dataFolder: '/x', threads: 3 });
    expect(extra).toMatchObject({
      session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } },
    });
    expect(sessionOptions({ dataFolder: '/x', threads: 3 }).intraOpNumThreads).toBe(3);
  });

  it('notices a build that copies its inputs', async () => {
    const copies = await isZeroCopy((probe) => {
      const data = probe['x']!.data as Float32Array;
      expect(data.slice().length).toBe(data.length);
      return Promise.resolve();
    });
    expect(copies).toBe(false);
  });
});
