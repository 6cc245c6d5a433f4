import { describe, expect, it } from 'vitest';
import type { ExamRequest } from '../../../../src/core/exam/attempt.ts';
import type { StudentChoice } from '../../../../src/core/round/againStudent.ts';
import { askAgain, type AskWhat } from '../../../../src/core/round/askAgain.ts';
import { loadRound, runRounds, runStep } from '../../../../src/core/round/runRounds.ts';
import { MemoryAgainStore } from '../../../fakes/againStore.ts';
import { FakeTrainer } from '../../../fakes/loopFakes.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const WHAT: AskWhat = {
  round: 0,
  questionId: 'train-3',
  student: 'round',
  draws: 'fresh',
  asking: 'one',
};

/** A project after the exam of round 0, or after a whole round with its training. */
async function examined(rounds = 0) {
  const made = setUp();
  const { project, sets } = made.store;
  const store = new MemoryAgainStore(project, sets);
  const requests: ExamRequest[] = [];
  const { student } = made;
  const sit = student.sit.bind(student);
  student.sit = (request, hooks) => {
    requests.push(request);
    return sit(request, hooks);
  };
  const trainer = new FakeTrainer(store, student);
  const ports = { ...made.ports, store, trainer };
  if (rounds === 0) await runStep(ports, await loadRound(ports, 0), 'exam', ['train', 'dev']);
  else await runRounds(ports, rounds, () => undefined);
  const exam = requests[0]!;
  requests.length = 0;
  const ask = (over: Partial<AskWhat> = {}) => askAgain(ports, { ...WHAT, ...over });
  return { ...made, store, ports, requests, exam, ask };
}

/** Everything of a project but what was asked again. */
const record = ({ states, attemptsOf, decisionsOf, grades }: MemoryAgainStore) =>
  structuredClone([[...states], [...attemptsOf], [...decisionsOf], grades]);

describe('asking a student again', () => {
  it('asks as the exam did, with the draws that would have come next, and leaves the record alone', async () => {
    const { store, ask, requests, exam } = await examined();
    const before = record(store);
    const { answers, question } = await ask();
    expect(question.id).toBe('train-3');
    const [request] = requests;
    const { items: _items, ...how } = exam;
    expect(request).toMatchObject(how);
    const examined3 = exam.items.filter(({ questionId }) => questionId === 'train-3');
    expect(request?.items).toEqual(
      examined3.map(({ prompt }, index) => ({
        questionId: 'train-3',
        prompt,
        sample: examined3.length + index,
      })),
    );
    expect(answers.map(({ sample }) => sample)).toEqual([4, 5, 6, 7]);
    const attempts = await store.attempts(0, 'train');
    // The fingerprint is the exam's own: the same student, asked in the same way.
    expect(new Set(answers.map(({ fingerprint }) => fingerprint))).toEqual(
      new Set(attempts.map(({ fingerprint }) => fingerprint)),
    );
    const { asked } = attempts.find(({ questionId }) => questionId === 'train-3')!;
    expect(answers.map((one) => one.asked)).toEqual(Array(4).fill(asked));
    expect(record(store)).toEqual(before);
    expect(store.asked).toMatchObject(answers);
    expect(store.open).toBe(0);
    // Asked once more, it draws on.
    const { answers: more } = await ask({ asking: 'two', samples: 2 });
    expect(more.map(({ sample, samples }) => [sample, samples])).toEqual([
      [8, 2],
      [9, 2],
    ]);
  });

  it('asks greedily once', async () => {
    const { ask, requests } = await examined();
    const { answers } = await ask({ draws: 'greedy' });
    expect(requests[0]).toMatchObject({ sampling: { temperature: 0, topK: 1, topP: 1 } });
    expect(answers.map(({ sample }) => sample)).toEqual([0]);
    await expect(ask({ draws: 'greedy', samples: 3 })).rejects.toMatchObject({ code: 'usage' });
    for (const samples of [0, 65]) {
      await expect(ask({ samples })).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('gives the recorded texts with the draws of the exam', async () => {
    const { store, ask } = await examined();
    const { answers } = await ask({ draws: 'same' });
    const own = (await store.attempts(0, 'train')).filter((one) => one.questionId === 'train-3');
    expect(answers.map(({ sample, text }) => [sample, text])).toEqual(
      own.map(({ sample, text }) => [sample, text]),
    );
    // They are none of the fresh ones, which go on where they were.
    expect((await ask()).answers.map(({ sample }) => sample)).toEqual([4, 5, 6, 7]);
  });

  it('asks by the form of the exam, whatever the settings say by now', async () => {
    const { store, ports, requests, student } = await examined();
    const { exam } = store.project;
    const changed = {
      ...exam,
      samples: 9,
      maxNewTokens: 7,
      sampling: { ...exam.sampling, temperature: 0.1 },
    };
    const now = new MemoryAgainStore({ ...store.project, exam: changed }, store.sets);
    for (const [round, state] of store.states) now.states.set(round, state);
    const { answers } = await askAgain({ ...ports, student, store: now }, WHAT);
    expect(requests[0]).toMatchObject({ maxNewTokens: 32, sampling: { temperature: 1 } });
    // As many as in the exam, behind all that an exam of now would draw.
    expect(answers.map(({ sample }) => sample)).toEqual([9, 10, 11, 12]);
  });

  it('refuses what is no question, a round without an exam, and a student whose files are others now', async () => {
    const { store, student, ask } = await examined();
    await expect(ask({ questionId: 'dev-1' })).rejects.toMatchObject({ code: 'usage' });
    await expect(ask({ round: 1 })).rejects.toMatchObject({ code: 'round.notReady' });
    const identify = student.identify.bind(student);
    student.identify = async (folder) => ({ ...(await identify(folder)), digest: 'other' });
    await expect(ask()).rejects.toMatchObject({
      code: 'round.changed',
      message: expect.stringContaining('models/base'),
    });
    expect(store.asked).toEqual([]);
  });

  it('keeps what was answered before it was stopped', async () => {
    const { store, student, ask } = await examined();
    student.limit = student.sat + 2;
    await expect(ask()).rejects.toMatchObject({ code: 'cancelled' });
    expect(store.asked).toHaveLength(2);
    expect(store.open).toBe(0);
  });

  it('asks the base student, the newest one, or that of a run', async () => {
    const { store, ask, requests } = await examined(1);
    const { training } = (await store.state(0))!;
    const { runId } = training!;
    const trained = { path: training!.student!.path, trained: { round: 0, run: runId } };
    const who = async (student: StudentChoice) => (await ask({ student })).student;
    expect(await who('round')).toMatchObject({ path: 'models/base', trained: null });
    expect(await who('base')).toMatchObject({ path: 'models/base', trained: null });
    expect(await who('last')).toMatchObject(trained);
    expect(await who({ run: runId })).toMatchObject(trained);
    expect(await who({ run: runId.slice(0, 6) })).toMatchObject(trained);
    expect(requests.map(({ student }) => student)).toEqual(
      ['models/base', 'models/base', ...Array(3).fill(trained.path)].map((path) =>
        store.absolute(String(path)),
      ),
    );
    await expect(who({ run: 'r7-nothing' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining(runId),
    });
    // Another run of the round, whose student the next round did not take.
    store.runs.set('r0-older', {});
    expect(await who({ run: 'r0-older' })).toMatchObject({
      path: 'models/round-1-older',
      trained: { round: 0, run: 'r0-older' },
    });
  });
});
