import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sha256Text } from '../../../../src/core/hash.ts';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import type { LoopPorts } from '../../../../src/core/round/ports.ts';
import type { RunConfig } from '../../../../src/core/training/run.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';
import { GO, opened } from '../../../fakes/openTestDataset.ts';
import { aFrozenRow, aManifest, openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

it('edge case: trainer reading: what is edited and saved meanwhile changes no byte of what it reads', async () => {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  const { store } = openStore(root);
  const rows = [aFrozenRow('t0'), aFrozenRow('t1')];
  const { trainSha256 } = await store.freeze(0, rows, aManifest(2));
  const data = join(root, 'data', 'train.jsonl');
  const of = await opened({ path: data, journalFolder: join(root, 'journals') });
  const before = await readFile(data, 'utf8');
  await of.setText('o0', 'question', 'Another question?');
  await of.dataset.save(GO);
  await of.dataset.remove(['o1', 'o2', 'o3']);
  await of.dataset.save(GO);
  expect(await readFile(data, 'utf8')).not.toBe(before);
  expect(await store.frozenRows(0)).toEqual(rows);
  expect(sha256Text(await readFile(join(root, 'rounds/0/train.jsonl'), 'utf8'))).toBe(trainSha256);
  await store.close();
});

it('edge case: trainer reading: it is told of the frozen copy and its hash, and of no data file', async () => {
  const { store, ports, trainer } = setUp();
  const runs: RunConfig[] = [];
  const listening: LoopPorts['trainer'] = {
    run: (folder, config) => {
      runs.push(config);
      return trainer.run(folder, config);
    },
  };
  await runRounds({ ...ports, trainer: listening }, 1);
  expect(runs).toHaveLength(1);
  expect(runs[0]?.data).toMatchObject({
    path: store.absolute('rounds/0/train.jsonl'),
    sha256: store.manifests.get(0)?.trainSha256,
  });
  expect(JSON.stringify(runs[0])).not.toContain('data/train.jsonl');
});
