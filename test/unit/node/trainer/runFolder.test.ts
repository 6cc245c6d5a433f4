import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runConfigSchema } from '../../../../src/core/training/run.ts';
import { ensureRunConfig, runPaths } from '../../../../src/node/trainer/runFolder.ts';
import { resolveRun } from '../../../../src/node/trainer/runPlaces.ts';
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

const pathsIn = (root: string) => runPaths(join(root, 'rounds', '0', 'runs', 'r0-sft-1'));

it('a run is the same where its project was moved to, to the byte', async () => {
  const folder = await temporaryFolder();
  const [here, there] = [join(folder, 'cluster'), join(folder, 'laptop')];
  const relative = await golden('run.relative.json');
  await ensureRunConfig(pathsIn(here), resolveRun(pathsIn(here).folder, relative));
  const written = await readFile(pathsIn(here).config, 'utf8');
  expect(JSON.parse(written)).toEqual(relative);
  expect(written).not.toContain(folder);
  await rename(here, there);
  const config = resolveRun(pathsIn(there).folder, relative);
  await ensureRunConfig(pathsIn(there), config);
  expect(await readFile(pathsIn(there).config, 'utf8')).toBe(written);
  const other = { ...config, model: { ...config.model, path: join(there, 'models/other') } };
  await expect(ensureRunConfig(pathsIn(there), other)).rejects.toMatchObject({
    code: 'trainer.checkpointMismatch',
  });
});

it('an old run.json, all of whose paths are absolute, goes on where its project still lies, unchanged', async () => {
  const root = await temporaryFolder();
  const paths = pathsIn(root);
  const config = resolveRun(paths.folder, await golden('run.relative.json'));
  await mkdir(paths.folder, { recursive: true });
  const old = JSON.stringify(config);
  await writeFile(paths.config, old);
  await ensureRunConfig(paths, config);
  expect(await readFile(paths.config, 'utf8')).toBe(old);
  const moved = pathsIn(join(root, 'elsewhere'));
  await mkdir(moved.folder, { recursive: true });
  await writeFile(moved.config, old);
  const there = resolveRun(moved.folder, await golden('run.relative.json'));
  await expect(ensureRunConfig(moved, there)).rejects.toMatchObject({
    code: 'trainer.checkpointMismatch',
  });
});
