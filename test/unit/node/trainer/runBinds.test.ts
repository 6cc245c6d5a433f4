import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runBinds } from '../../../../src/node/trainer/runBinds.ts';
import { thisHost } from '../../../../src/node/storage/processIdentity.ts';
import { fakeClock } from '../../../fakes/loopFakes.ts';

const RUN_ID = 'r0-aaaaaaaaaa';

async function runFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tailor-binds-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const launch = (about: object): string =>
  JSON.stringify({
    v: 1,
    attempt: 1,
    nonce: 'n',
    argv: [],
    environment: [],
    lockGeneration: 1,
    host: thisHost(),
    at: '2026-01-01T00:00:00.000Z',
    logOffset: 0,
    process: null,
    failed: true,
    ...about,
  });

it('only a whole checkpoint, a living process or one of another computer binds', async () => {
  const clock = fakeClock();
  const folder = await runFolder();
  const binds = () => runBinds(folder, RUN_ID, clock);
  expect(await binds()).toBe(false);
  await writeFile(join(folder, 'launch.json'), launch({}));
  expect(await binds()).toBe(false);
  // Half of a checkpoint is none: the trainer itself throws it away.
  await mkdir(join(folder, 'checkpoints', 'step-000100'), { recursive: true });
  expect(await binds()).toBe(false);
  await writeFile(join(folder, 'checkpoints', 'step-000100', 'COMMITTED'), '');
  expect(await binds()).toBe(true);

  const other = await runFolder();
  await writeFile(join(other, 'launch.json'), launch({ host: 'elsewhere-1' }));
  expect(await runBinds(other, RUN_ID, clock)).toBe(true);
  const alive = await runFolder();
  const at = new Date(clock.now()).toISOString();
  await writeFile(join(alive, 'launch.json'), launch({ failed: false, at }));
  // Started a moment ago and not noted yet: it may still show itself.
  expect(await runBinds(alive, RUN_ID, clock)).toBe(true);
});
