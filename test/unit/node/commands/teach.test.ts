import { expect, it } from 'vitest';
import { openRound, reduceRound } from '../../../../src/core/round/state.ts';
import type { CommandContext } from '../../../../src/node/commands/context.ts';
import { teach } from '../../../../src/node/commands/steps.ts';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { silentLog, sums } from '../../../fakes/loopFakes.ts';
import { openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

it('books its time in the round, also where the steps are run one by one', async () => {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('q', 3, 1), dev: sums('d', 2, 50) });
  const { store } = openStore(root);
  await store.saveState(
    reduceRound(openRound(0, { path: 'models/base', digest: 'd' }), {
      type: 'exam-finished',
      set: 'train',
      fingerprint: 'f',
      questions: 3,
      samples: 4,
    }),
  );
  const context: CommandContext = {
    assets: { installation: root, engine: '', bridge: '', media: '' },
    clock: systemClock,
    log: silentLog,
    report: () => undefined,
    signal: new AbortController().signal,
    environment: {},
    options: { folder: root },
  };
  await teach(context, 'annotate', { round: 0 });
  const state = await store.state(0);
  expect(state?.teaching).toMatchObject({ purpose: 'annotate', questions: 3 });
  expect(state?.seconds['teach']).toBeGreaterThan(0);
  // A purpose that differs from the round's own is still the one that is taught.
  await teach(context, 'feedback', { round: 0 });
  expect((await store.state(0))?.teaching).toMatchObject({ purpose: 'feedback', questions: 0 });
  await store.close();
});
