import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { requireRecordedWeights, StudentDigests } from '../../../../src/node/exam/studentDigest.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

it('weights in several files are held against the record as the trainer names them', async () => {
  const folder = join(await temporaryFolder(), 'base');
  await mkdir(folder);
  const files = { 'model-1.safetensors': 'one', 'model-2.safetensors': 'two' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const weight_map = { a: 'model-2.safetensors', b: 'model-1.safetensors' };
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify({ weight_map }));
  // parity.py: json.dumps([[name, sha256], …]) without spaces.
  const recorded = sha256(
    `[["model-1.safetensors","${sha256('one')}"],["model-2.safetensors","${sha256('two')}"]]`,
  );
  await requireRecordedWeights(new StudentDigests(), folder, recorded);
  await writeFile(join(folder, 'model-2.safetensors'), 'three');
  await expect(
    requireRecordedWeights(new StudentDigests(), folder, recorded),
  ).rejects.toMatchObject({ code: 'student.parity' });
});

it.each([
  ['pytorch_model.bin', 'pickled .bin weights are not read'],
  ['adapter_config.json', 'merge a LoRA adapter into its base first'],
  ['model.onnx', 'config.json, tokenizer.json, model.safetensors'],
])('a folder that holds %s instead of weights is told what to do about it', async (name, way) => {
  const folder = join(await temporaryFolder(), 'base');
  await mkdir(folder);
  for (const one of ['config.json', 'tokenizer.json', name])
    await writeFile(join(folder, one), '{}');
  await expect(new StudentDigests().identify(folder)).rejects.toMatchObject({
    code: 'student.modelMissing',
    hint: expect.stringContaining(way),
  });
});
