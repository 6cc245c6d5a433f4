import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runConfigSchema } from '../../../../src/core/training/run.ts';
import { resolveRun, runInProject, writtenRun } from '../../../../src/node/trainer/runPlaces.ts';

const relative = runConfigSchema.parse(
  JSON.parse(
    readFileSync(new URL('../../../fixtures/run/run.relative.json', import.meta.url), 'utf8'),
  ),
);
const folderIn = (root: string): string => join(root, 'rounds', '0', 'runs', relative.runId);

it('a run is written alike wherever its project lies, and each place reads its own paths', () => {
  for (const root of ['/scratch/me/p', '/home/me/p']) {
    const config = resolveRun(folderIn(root), relative);
    expect([
      config.model.path,
      config.data.path,
      config.export.path,
      config.launch?.accelerate,
    ]).toEqual([
      join(root, 'models/base'),
      join(root, 'rounds/0/train.jsonl'),
      join(root, 'models/r0'),
      join(root, 'accelerate.yaml'),
    ]);
    expect(writtenRun(folderIn(root), config)).toEqual(relative);
  }
});

it('what lies outside the project, or belongs to no project, stays absolute', () => {
  const config = resolveRun(folderIn('/home/me/p'), relative);
  const elsewhere = { ...config, model: { ...config.model, path: '/models/base' } };
  expect(writtenRun(folderIn('/home/me/p'), elsewhere)).toEqual({
    ...relative,
    model: elsewhere.model,
  });
  for (const folder of ['/tmp/dry-run', '/home/me/p/rounds/0/runs/deep/er', '/rounds/x/runs/r']) {
    expect(writtenRun(folder, config)).toEqual(config);
  }
});

it('old and new files of an unmoved project say the same; an old one of another place does not', () => {
  const [root, folder] = ['/home/me/p', folderIn('/home/me/p')];
  const old = resolveRun(folder, relative);
  expect(runInProject(root, folder, relative)).toMatchObject({
    model: { path: 'models/base' },
    launch: { accelerate: 'accelerate.yaml' },
  });
  expect(runInProject(root, folder, old)).toEqual(runInProject(root, folder, relative));
  const foreign = resolveRun(folderIn('/scratch/me/p'), relative);
  expect(runInProject(root, folder, foreign)).toMatchObject({
    model: { path: '/scratch/me/p/models/base' },
  });
  expect(runInProject(root, folder, { v: 9 })).toEqual({ v: 9 });
});
