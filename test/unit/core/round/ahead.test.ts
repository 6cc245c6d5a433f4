import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { cancelled } from '../../../../src/core/errors.ts';
import { lookAhead } from '../../../../src/core/round/ahead.ts';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import type { Step } from '../../../../src/core/round/step.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const fix: Decision = {
  type: 'fix-question',
  author: { kind: 'person', name: 'ana' },
  questionId: 'train-5',
  was: 'What is 15 plus 7?',
  text: 'What is 15 plus 8?',
  reason: 'misprint',
};

async function stopped(round: number, before: Step) {
  const loop = setUp();
  await runRounds(loop.ports, 2, (at, step) => {
    if (at === round && step === before) throw cancelled();
  }).catch(() => undefined);
  return loop;
}

/** Whether the loop opens its teacher when it is run on. */
async function teaches(loop: Awaited<ReturnType<typeof stopped>>, rounds: number) {
  let opened = false;
  const openTeacher = (round: number) => {
    opened = true;
    return loop.ports.openTeacher(round);
  };
  await runRounds({ ...loop.ports, openTeacher }, rounds);
  return opened;
}

describe('what running rounds may ask a teacher', () => {
  const cases = [
    [0, 'teach', 1, { round: 0, teaches: 0, teachesUnknown: false }],
    [0, 'teach', 2, { round: 0, teaches: 0, teachesUnknown: true }],
    [0, 'curate', 1, { round: 0, teaches: null, teachesUnknown: false }],
    [0, 'train', 1, { round: 0, teaches: null, teachesUnknown: false }],
    [0, 'train', 2, { round: 0, teaches: null, teachesUnknown: true }],
    [1, 'freeze', 2, { round: 1, teaches: null, teachesUnknown: false }],
    [2, 'exam', 2, { round: 2, teaches: null, teachesUnknown: false }],
    [2, 'exam', 3, { round: 2, teaches: null, teachesUnknown: true }],
  ] as const;
  it.each(cases)('is known in round %i before %s, up to %i', async (round, step, rounds, ahead) => {
    const loop = await stopped(round, step);
    expect(await lookAhead(loop.store, rounds)).toEqual(ahead);
    expect(await teaches(loop, rounds)).toBe(ahead.teaches !== null || ahead.teachesUnknown);
  });

  it('counts a round whose question was fixed since it was taught', async () => {
    const loop = await stopped(0, 'curate');
    await loop.store.decide(0, [fix]);
    expect(await lookAhead(loop.store, 1)).toEqual({
      round: 0,
      teaches: null,
      teachesUnknown: true,
    });
    expect(await teaches(loop, 1)).toBe(true);
  });

  it('counts one whose question the data file changed, and one that is to be frozen again', async () => {
    const loop = await stopped(1, 'exam');
    const [first, ...rest] = loop.store.sets['train'] ?? [];
    if (!first) throw new Error('no question');
    const changed = { ...first, question: 'What is 70000 plus 2?', answer: '70002' };
    loop.store.sets['train'] = [changed, ...rest];
    // Frozen, it keeps what it was made from.
    expect(await lookAhead(loop.store, 1)).toMatchObject({ round: 1, teachesUnknown: false });
    loop.store.manifests.delete(0);
    expect(await lookAhead(loop.store, 1)).toMatchObject({ round: 0, teachesUnknown: true });
    expect(await teaches(loop, 1)).toBe(true);
  });
});
