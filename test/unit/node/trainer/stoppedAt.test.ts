import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { status } from '../../../../src/node/commands/status.ts';
import { openRound, reduceRound, type RoundState } from '../../../../src/core/round/state.ts';
import { thisHost } from '../../../../src/node/storage/processIdentity.ts';
import { stoppedAt } from '../../../../src/node/trainer/stoppedAt.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { lines } from '../../../fakes/projectFolder.ts';
import { writeReviewProject } from '../../../fakes/reviewData.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { record, RUN_ID } from '../../../fakes/trainerRecords.ts';

const hello = record('hello', { host: thisHost(), pid: 0, startTime: 'long ago' });

it('a stopped run goes on from its last whole checkpoint', async () => {
  const root = await temporaryFolder();
  const folder = join(root, 'rounds', '0', 'runs', RUN_ID);
  const checkpoint = async (name: string): Promise<void> => {
    await mkdir(join(folder, 'checkpoints', name), { recursive: true });
    await writeFile(join(folder, 'checkpoints', name, 'COMMITTED'), '');
  };
  const wrote = (...events: object[]): Promise<void> =>
    writeFile(join(folder, 'events.jsonl'), lines(events));
  expect(await stoppedAt(root, 0)).toBeNull();
  await mkdir(folder, { recursive: true });
  const begun = [hello, record('accepted', { steps: 260 })];
  await wrote(...begun, record('cancelled', { checkpoint: null }));
  expect(await stoppedAt(root, 0)).toBeNull();
  await checkpoint('step-000009');
  await checkpoint('step-000049');
  // Half of one, which the trainer throws away.
  await mkdir(join(folder, 'checkpoints', 'step-000060'));
  expect(await stoppedAt(root, 0)).toEqual({ step: 49, steps: 260 });
  expect(await stoppedAt(root, 1)).toBeNull();
  // Killed: no last word.
  await wrote(...begun);
  expect(await stoppedAt(root, 0)).toEqual({ step: 49, steps: 260 });
  await wrote(...begun, record('done', {}));
  expect(await stoppedAt(root, 0)).toBeNull();
});

it('status says where the training that comes next was stopped, and nothing of it before another step', async () => {
  const root = await temporaryFolder();
  await writeReviewProject(root, 4);
  const folder = join(root, 'rounds', '0', 'runs', RUN_ID);
  await mkdir(join(folder, 'checkpoints', 'step-000049'), { recursive: true });
  await writeFile(join(folder, 'checkpoints', 'step-000049', 'COMMITTED'), '');
  const ended = [record('accepted', { steps: 260 }), record('cancelled', { checkpoint: 'x' })];
  await writeFile(join(folder, 'events.jsonl'), lines([hello, ...ended]));
  const early = await status(commandContext(root));
  expect(String(early.text)).not.toContain('stopped at');
  const about = { fingerprint: 'f', questions: 4, samples: 1 };
  const happened = [
    ...['train', 'dev'].map((set) => ({ type: 'exam-finished', set, ...about }) as const),
    { type: 'audited', suspects: 0, questions: 4 },
    { type: 'frozen', trainSha256: 'f'.repeat(64) },
  ] as const;
  const opened = openRound(0, { path: 'models/base', digest: 'd' });
  const frozen = happened.reduce<RoundState>(reduceRound, opened);
  await writeFile(join(root, 'rounds', '0', 'round.json'), lines([frozen]));
  const stands = await status(commandContext(root));
  expect(String(stands.text)).toContain(
    'Next: train of round 0, stopped at step 49 of 260: tailor train.',
  );
  expect(stands.json).toMatchObject({
    next: { round: 0, step: 'train', stoppedAt: { step: 49, steps: 260 } },
  });
});
