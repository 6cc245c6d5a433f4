import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRound, type RoundState } from '../../../../src/core/round/state.ts';
import { estimateTraining } from '../../../../src/node/commands/estimateTraining.ts';
import { previewFreeze } from '../../../../src/node/commands/freezePreview.ts';
import { status } from '../../../../src/node/commands/status.ts';
import { freeze, teach, train } from '../../../../src/node/commands/steps.ts';
import { commandContext } from '../../../fakes/commandContext.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { openStore, writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const student = { path: 'models/base', digest: 'd' };
const next = { path: 'models/round-1', digest: 'e' };
const sat = { fingerprint: 'f', questions: 2, samples: 1 };
const audit = { suspects: 0, questions: 0 };
const open = openRound(0, student);
const examined: RoundState = { ...open, exams: { train: sat, dev: sat }, audit };
const trained: RoundState = {
  ...examined,
  frozen: { trainSha256: 'x' },
  training: { runId: 'r0-aaaaaaaaaa', student: next },
};
const second = openRound(1, next);

/** A project of that many rounds whose rounds stand so. */
async function project(rounds: number, states: readonly RoundState[]) {
  const root = await temporaryFolder();
  const file = await writeProject(root, { train: sums('q', 3, 1), dev: sums('d', 2, 50) });
  await writeFile(join(root, 'tailor.json'), JSON.stringify({ ...file, rounds }));
  const { store } = openStore(root);
  for (const state of states) await store.saveState(state);
  await store.close();
  return commandContext(root);
}

describe('what comes next', () => {
  it('after the last round every step says that all rounds are finished, and what would go on', async () => {
    const context = await project(1, [trained, { ...second, exams: { dev: sat }, audit }]);
    const said = {
      code: 'round.notReady',
      message: 'All rounds are finished.',
      hint: 'To go on, raise "rounds" in tailor.json (now 1).',
    };
    for (const step of [
      () => train(context, {}),
      () => freeze(context, {}),
      () => teach(context, undefined, {}),
      () => previewFreeze(context, {}),
      () => estimateTraining(context, {}),
      () => freeze(context, { round: 1 }),
    ]) {
      await expect(step()).rejects.toMatchObject(said);
    }
    expect(String((await status(context)).text)).toContain(`${said.message} ${said.hint}`);
  });

  it('before the last exam they name it, and after a training the exam that follows', async () => {
    const last = await project(1, [trained, second]);
    await expect(freeze(last, {})).rejects.toMatchObject({
      message: expect.stringContaining('Round 1 is the last one') as string,
      hint: expect.stringContaining('Run tailor exam.') as string,
    });
    const more = await project(2, [trained, second]);
    await expect(train(more, {})).rejects.toMatchObject({
      message: 'Round 0 is trained; the exam of round 1 comes next.',
      hint: 'Run tailor exam --round 1.',
    });
    // Whoever names a round means it.
    await expect(train(more, { round: 1 })).rejects.toMatchObject({ code: 'round.notFrozen' });
  });

  it('is named with the command that does it', async () => {
    const ends = async (state: RoundState) =>
      String((await status(await project(1, [state]))).text)
        .split('\n')
        .at(-1);
    expect(await ends(open)).toBe('Next: exam of round 0: tailor exam.');
    expect(await ends(examined)).toBe('Next: teach of round 0: tailor teach.');
    const teaching = {
      ...{ purpose: 'annotate' as const, profile: 'p', programmatic: false },
      ...{ questions: 3, accepted: 3, humanQueue: 0 },
    };
    expect(await ends({ ...examined, teaching })).toBe(
      'Next: curate of round 0: tailor decide accept --rule gate-accept, or one by one in Review.',
    );
  });
});
