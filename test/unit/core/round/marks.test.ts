import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../../../src/core/exam/attempt.ts';
import { countMarked, markLines, markWarnings } from '../../../../src/core/round/marks.ts';
import { loadRound, runStep } from '../../../../src/core/round/runRounds.ts';
import { summarise } from '../../../../src/core/round/summary.ts';
import { roundsTable } from '../../../../src/node/terminal/roundsTable.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';
import { openRound, reduceRound } from '../../../../src/core/round/state.ts';

const attempt = (questionId: string, sample: number, marksRead?: true): Attempt => ({
  type: 'attempt',
  ...{ set: 'train', questionId, sample, fingerprint: 'f'.repeat(64), text: '', ids: [] },
  ...{ finish: 'stop', minMargin: null, ...(marksRead ? { marksRead } : {}) },
});

const examined = (marks: number) =>
  reduceRound(openRound(1, { path: 'models/base', digest: 'd' }), {
    type: 'exam-finished',
    ...{ set: 'train', fingerprint: 'f', questions: 9, samples: 4, marks },
  });

describe('questions inside which a server read special marks', () => {
  it('are counted once each, as far as the exam asks them', () => {
    const attempts = [
      ...[attempt('a', 0, true), attempt('a', 1, true), attempt('b', 0)],
      attempt('gone', 0, true),
    ];
    expect(countMarked(attempts, new Set(['a', 'b']))).toBe(1);
  });

  it('stand with the exam, and there is no word of none', () => {
    expect(examined(2).exams['train']?.marks).toBe(2);
    expect(markLines(1, examined(2)).map(String)).toEqual([
      expect.stringMatching(/^round 1 \(train\): .* inside 2 questions as such/u),
    ]);
    expect(markWarnings(examined(1)).map(String)).toEqual([
      expect.stringContaining('inside 1 question as such'),
    ]);
    expect(examined(0).exams['train']).not.toHaveProperty('marks');
    expect([...markLines(1, examined(0)), ...markWarnings(examined(0))]).toEqual([]);
  });

  it('are counted in round.json, told in the status, and warned of in the manifest', async () => {
    const { store, student, ports } = setUp();
    const [first] = await store.questions('train');
    const served = Object.assign(Object.create(student) as typeof student, {
      identify: async (folder: string) => ({
        ...(await student.identify(folder)),
        engine: 'served-1 box',
      }),
      sit: (...[request, hooks]: Parameters<typeof student.sit>) =>
        student.sit(request, {
          ...hooks,
          onAttempt: (one) =>
            hooks.onAttempt(one.questionId === first?.id ? { ...one, marksRead: true } : one),
        }),
    });
    const asServed = { ...ports, student: served };
    await runStep(asServed, await loadRound(asServed, 0), 'exam', ['train', 'dev']);
    const state = await store.state(0);
    expect(state?.exams['train']?.marks).toBe(1);
    expect(state?.exams['dev']).not.toHaveProperty('marks');
    expect(String(roundsTable(await summarise(store)))).toContain(
      'round 0 (train): the server read special marks inside 1 question as such',
    );
    for (const step of ['teach', 'curate', 'freeze'] as const) {
      await runStep(asServed, await loadRound(asServed, 0), step, []);
    }
    expect((await store.manifest(0))?.warnings.join()).toContain('inside 1 question as such');
  });
});
