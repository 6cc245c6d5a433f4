import { describe, expect, it } from 'vitest';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { cancelled } from '../../../../src/core/errors.ts';
import { curationUpTo } from '../../../../src/core/round/curationUpTo.ts';
import { examRound } from '../../../../src/core/round/examRound.ts';
import { gradedTrainAttempts } from '../../../../src/core/round/gradedTrain.ts';
import { loadRound, runRounds, runStep } from '../../../../src/core/round/runRounds.ts';
import { outcomesOf, summarise } from '../../../../src/core/round/summary.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

type Loop = ReturnType<typeof setUp>;

const SETS = ['train', 'dev'];
/** The fake student misses it in round 0. */
const ID = 'train-5';
/** Stands in every text about a rewritten question, and in no other. */
const BY = 70_000;
const MARK = /\b7\d{4}\b/u;

/** As `import --replace` or a hand edit does: the id stays, text and gold change. */
function rewrite({ store }: Loop, set: string, ids: readonly string[]): void {
  store.sets[set] = (store.sets[set] ?? []).map((question): Question => {
    if (!ids.includes(question.id)) return question;
    const [, a = '0', b = '0'] = /(\d+) plus (\d+)/u.exec(question.question) ?? [];
    const more = Number(a) + BY;
    return {
      id: question.id,
      question: `What is ${more} plus ${b}?`,
      answer: String(more + Number(b)),
    };
  });
}

/** Everything of round 0 up to its freeze. */
async function untilFreeze({ ports }: Loop): Promise<void> {
  await runRounds(ports, 1, (_, step) => {
    if (step === 'freeze') throw cancelled();
  }).catch(() => undefined);
}

async function examine({ ports }: Loop, round: number, sets: readonly string[]): Promise<void> {
  await examRound(ports, await loadRound(ports, round), sets);
}

describe('a question whose text changed in the data file', () => {
  it('is asked again in an unfrozen round, and only it', async () => {
    const loop = setUp();
    await untilFreeze(loop);
    const before = loop.student.sat;
    rewrite(loop, 'train', [ID]);
    rewrite(loop, 'dev', ['dev-3', 'dev-4']);
    await examine(loop, 0, SETS);
    expect(loop.student.sat - before).toBe(4 + 2);
    const graded = await gradedTrainAttempts(loop.store, 0, await curationUpTo(loop.store, 0));
    const own = graded.filter(({ attempt }) => attempt.questionId === ID);
    expect(own).toHaveLength(4);
    for (const { attempt, stale } of own) {
      expect(stale).toBeUndefined();
      expect(attempt.text).toMatch(MARK);
    }
    const dev = await outcomesOf(loop.store, 0, 'dev');
    expect([dev?.outcomes.size, dev?.outdated]).toEqual([40, 0]);
    await examine(loop, 0, SETS);
    expect(loop.student.sat - before).toBe(4 + 2);
  });

  it('is taught anew, and nothing that was made for the older text is frozen', async () => {
    const loop = setUp();
    await untilFreeze(loop);
    rewrite(loop, 'train', [ID]);
    await examine(loop, 0, SETS);
    const calls = loop.teacher.asked.length;
    await runRounds(loop.ports, 1);
    const again = loop.teacher.asked
      .slice(calls)
      .filter(({ purpose }) => purpose === 'annotate')
      .map(({ questionId }) => questionId);
    expect(new Set(again)).toEqual(new Set([ID]));
    const row = loop.store.rows.get(0)?.find(({ id }) => id === ID);
    expect(row?.prompt).toMatch(MARK);
    expect(row?.positives).toHaveLength(2);
    expect(row?.negatives.length).toBeGreaterThan(0);
    for (const { completion } of row?.positives ?? []) expect(completion).toMatch(MARK);
    for (const { text } of row?.negatives ?? []) expect(text).toMatch(MARK);
  });

  it('is asked again by a run of whole rounds, without being told to', async () => {
    const loop = setUp();
    await untilFreeze(loop);
    const before = loop.student.sat;
    rewrite(loop, 'train', [ID]);
    const steps: string[] = [];
    await runRounds(loop.ports, 0, (round, step) => steps.push(`${round} ${step}`));
    // Nothing is taught in a last round, and its exam leaves the training questions out.
    expect(steps).toEqual([]);
    await runRounds(loop.ports, 1, (round, step) => {
      steps.push(`${round} ${step}`);
      if (step === 'freeze') throw cancelled();
    }).catch(() => undefined);
    expect(steps).toEqual(['0 exam', '0 teach', '0 curate', '0 freeze']);
    expect(loop.student.sat - before).toBe(4);
    // And once only.
    await runRounds(loop.ports, 1, (round, step) => steps.push(`${round} ${step}`));
    expect(steps.filter((step) => step === '0 exam')).toHaveLength(1);
  });

  it('has no negative and no rationale as long as nobody asked again, also with the same gold', async () => {
    const loop = setUp();
    await untilFreeze(loop);
    loop.store.sets['train'] = (loop.store.sets['train'] ?? []).map((question) =>
      question.id === ID ? { ...question, question: `Well: ${question.question}` } : question,
    );
    await runStep(loop.ports, await loadRound(loop.ports, 0), 'freeze', SETS);
    expect(loop.store.rows.get(0)?.some(({ id }) => id === ID)).toBe(false);
    expect(loop.store.rows.get(0)).toHaveLength(59);
  });

  it('changes no exam of a frozen round on its training questions', async () => {
    const loop = setUp();
    await runRounds(loop.ports, 1);
    const before = loop.student.sat;
    rewrite(loop, 'train', [ID]);
    await examine(loop, 0, ['train']);
    expect(loop.student.sat).toBe(before);
  });

  it('leaves the comparison of rounds until both were asked the same, and is counted', async () => {
    const loop = setUp();
    await runRounds(loop.ports, 1);
    rewrite(loop, 'dev', ['dev-0', 'dev-1', 'dev-2']);
    const dev = async (at: number) =>
      (await summarise(loop.store))
        .find(({ round }) => round === at)
        ?.results.find(({ set }) => set === 'dev');
    expect(await dev(0)).toMatchObject({ outdated: 3, accuracy: { n: 37 } });
    expect(await dev(1)).toMatchObject({ outdated: 3, accuracy: { n: 37 }, change: { n: 37 } });
    // The last round is examined again; the first one still answered the older texts.
    await examine(loop, 1, ['dev']);
    expect(await dev(1)).toMatchObject({
      outdated: 0,
      accuracy: { n: 40 },
      change: { n: 37, onlyAfter: 3 },
    });
    await examine(loop, 0, ['dev']);
    expect(await dev(1)).toMatchObject({ outdated: 0, change: { n: 40, onlyAfter: 0 } });
  });

  it('makes a comparison of nothing where every text changed', async () => {
    const loop = setUp();
    await runRounds(loop.ports, 1);
    const all = (loop.store.sets['dev'] ?? []).map(({ id }) => id);
    rewrite(loop, 'dev', all);
    const last = (await summarise(loop.store)).at(-1)?.results[0];
    expect(last).toMatchObject({ outdated: 40, accuracy: { n: 0 }, change: null });
  });

  it('is not suspected where files of older versions name no text', async () => {
    const loop = setUp();
    await untilFreeze(loop);
    for (const list of [...loop.store.attemptsOf.values(), ...loop.store.itemsOf.values()]) {
      for (const record of list) delete record.asked;
    }
    const { sat } = loop.student;
    const asked = loop.teacher.asked.length;
    await examine(loop, 0, SETS);
    expect(loop.student.sat).toBe(sat);
    await runRounds(loop.ports, 0);
    expect((await outcomesOf(loop.store, 0, 'dev'))?.outcomes.size).toBe(40);
    expect(loop.teacher.asked).toHaveLength(asked);
  });
});
