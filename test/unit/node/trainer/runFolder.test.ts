import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runConfigSchema } from '../../../../src/core/training/run.ts';
import { ensureRunConfig, runPaths } from '../../../../src/node/trainer/runFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const golden = async (name: string) =>
  runConfigSchema.parse(
    JSON.parse(await readFile(new URL(`../../../fixtures/run/${name}`, import.meta.url), 'utf8')),
  );

it('a run keeps the probes that it began with: other ones make no other run', async () => {
  const paths = runPaths(await temporaryFolder());
  const [plain, probed] = [await golden('run.valid.json'), await golden('run.probes.json')];
  await ensureRunConfig(paths, plain);
  await ensureRunConfig(paths, probed);
  expect(runConfigSchema.parse(JSON.parse(await readFile(paths.config, 'utf8')))).toEqual(plain);
  await expect(ensureRunConfig(paths, { ...probed, seed: 5 })).rejects.toMatchObject({
    code: 'trainer.checkpointMismatch',
  });
});

it('a new run is written down with its probes', async () => {
  const paths = runPaths(await temporaryFolder());
  const probed = await golden('run.probes.json');
  await ensureRunConfig(paths, probed);
  expect(JSON.parse(await readFile(paths.config, 'utf8'))).toEqual(probed);
});
