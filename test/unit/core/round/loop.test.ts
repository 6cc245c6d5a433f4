import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { loadRound, runRounds } from '../../../../src/core/round/runRounds.ts';
import { teachRound } from '../../../../src/core/round/teachRound.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';
import type { MemoryStore } from '../../../fakes/memoryStore.ts';

const rightOnTrain = async (store: MemoryStore, round: number): Promise<number> => {
  const attempts = await store.attempts(round, 'train');
  const golds = new Map((await store.questions('train')).map(({ id, answer }) => [id, answer]));
  const right = attempts.filter(({ questionId, text }) =>
    text.endsWith(`Answer: ${golds.get(questionId)}`),
  );
  return right.length / attempts.length;
};

describe('the loop', () => {
  it('runs three rounds: four exams, three frozen sets, mistakes on train fall', async () => {
    const { store, ports, trainer } = setUp();
    await runRounds(ports, 3);
    expect([...store.states.keys()]).toEqual([0, 1, 2, 3]);
    expect([...store.manifests.keys()]).toEqual([0, 1, 2]);
    expect(trainer.runs).toHaveLength(3);
    expect(Object.keys(store.states.get(3)?.exams ?? {})).toEqual(['dev']);
    const shares = [
      await rightOnTrain(store, 0),
      await rightOnTrain(store, 1),
      await rightOnTrain(store, 2),
    ];
    expect(shares[1]).toBeGreaterThan(shares[0]!);
    expect(shares[2]).toBeGreaterThan(shares[1]!);
  });

  it('annotates every training question twice in round 0 and asks about mistakes only afterwards', async () => {
    const { store, ports, teacher } = setUp();
    await runRounds(ports, 2);
    const annotated = teacher.asked.filter(({ purpose }) => purpose === 'annotate');
    expect(annotated).toHaveLength(120);
    const first = store.manifests.get(0)?.coverage;
    expect(first).toMatchObject({ questions: 60, withRationale: 60, withTwoRationales: 60 });
    const feedback = new Set(
      teacher.asked
        .filter(({ purpose }) => purpose === 'feedback')
        .map(({ questionId }) => questionId),
    );
    const missed = new Set(
      (await store.attempts(1, 'train'))
        .filter(({ questionId, text }) => {
          const gold = store.sets['train']?.find(({ id }) => id === questionId)?.answer;
          return !text.endsWith(`Answer: ${gold}`);
        })
        .map(({ questionId }) => questionId),
    );
    expect(feedback).toEqual(missed);
    expect(store.manifests.get(1)?.coverage.bySource.feedback).toBe(missed.size);
  });

  it('puts the student’s own wrong rationale into the prompt of the feedback', async () => {
    const { store, ports, teacher } = setUp();
    await runRounds(ports, 2);
    const one = teacher.asked.find(({ purpose }) => purpose === 'feedback');
    const attempts = await store.attempts(1, 'train');
    const wrong = attempts.filter(({ questionId }) => questionId === one?.questionId);
    const prompt = one?.messages.map(({ content }) => content).join('\n') ?? '';
    expect(wrong.some(({ text }) => prompt.includes(text.trim().split('\n')[0]!))).toBe(true);
  });

  it('stopped in the middle of an exam and started again equals uninterrupted', async () => {
    const whole = setUp();
    await runRounds(whole.ports, 2);
    const cut = setUp();
    for (const limit of [7, 130, 260, 400, 500, Infinity]) {
      cut.student.limit = limit;
      await runRounds(cut.ports, 2).catch((error: unknown) => {
        if (!(error instanceof AppError && error.code === 'cancelled')) throw error;
      });
    }
    expect(cut.student.sat).toBe(whole.student.sat);
    expect([...cut.store.rows]).toEqual([...whole.store.rows]);
    expect(cut.teacher.asked.length).toBe(whole.teacher.asked.length);
  });

  it('does nothing when run again after the end', async () => {
    const { ports, student, teacher, trainer } = setUp();
    await runRounds(ports, 2);
    const before = [student.sat, teacher.asked.length, trainer.runs.length];
    await runRounds(ports, 2);
    expect([student.sat, teacher.asked.length, trainer.runs.length]).toEqual(before);
  });

  it('never trains on a question that also stands in dev', async () => {
    const { store, ports } = setUp();
    const train = store.sets['train'] ?? [];
    store.sets['dev'] = [...(store.sets['dev'] ?? []), train[0]!];
    await runRounds(ports, 1);
    expect(store.rows.get(0)?.map(({ id }) => id)).not.toContain(train[0]!.id);
  });

  it('threat 22: refuses to train on a frozen set whose rows were forged', async () => {
    const forge: [string, (store: MemoryStore) => void][] = [
      ['a negative that no attempt holds', (s) => void s.rows.get(0)![0]!.negatives.push(forged())],
      [
        'a positive without the gold',
        (s) => void (s.rows.get(0)![0]!.positives[0]!.completion = ' 1 + 1 = 3.\nAnswer: 3'),
      ],
      ['another prompt', (s) => void (s.rows.get(0)![0]!.prompt = 'Question: none\nReasoning:')],
      ['another gold', (s) => void (s.rows.get(0)![0]!.gold = '999')],
      ['a dev question', (s) => void (s.rows.get(0)![0]!.id = 'dev-0')],
      [
        'a human text nobody wrote',
        (s) => void (s.rows.get(0)![0]!.positives[0]!.source = 'human'),
      ],
      [
        'another text with the right answer',
        (s) => {
          const { gold, positives } = s.rows.get(0)![0]!;
          positives[0]!.completion = ` Read https://example.org first.\nAnswer: ${gold}`;
        },
      ],
      [
        'a teacher’s text that nobody accepted',
        (s) => {
          const { id } = s.rows.get(0)![0]!.positives[0]!;
          const accepts = s.decisionsOf.get(0)!.filter(({ type }) => type === 'accept');
          for (const event of accepts) {
            if (event.type === 'accept')
              event.items = event.items.filter(({ itemId }) => itemId !== id);
          }
        },
      ],
      [
        'a text of the student that passes no gate',
        (s) => {
          const row = s.rows.get(0)![0]!;
          const text = ` Read https://example.org first.\nAnswer: ${row.gold}`;
          const attempt = s.attemptsOf
            .get('0/train')!
            .find(({ questionId }) => questionId === row.id)!;
          attempt.text = text;
          row.positives[0] = { ...row.positives[0]!, source: 'self', completion: text };
          row.negatives = [];
        },
      ],
      [
        'a stored attempt that was cut off',
        (s) => {
          const row = s.rows.get(0)![0]!;
          const attempt = s.attemptsOf
            .get('0/train')!
            .find(({ questionId }) => questionId === row.id)!;
          Object.assign(attempt, { text: ' so\nAnswer: 99999', finish: 'length' });
          const { text, sample, fingerprint } = attempt;
          row.negatives = [{ id: 'n-1', text, round: 0, sample, fingerprint }];
        },
      ],
    ];
    for (const [what, change] of forge) {
      const { store, ports, student } = setUp();
      student.learned.set('/project/models/base', 0.99);
      const abort = new AbortController();
      await runRounds({ ...ports, signal: abort.signal }, 1, (_, step) => {
        if (step === 'train') abort.abort();
      }).catch(() => undefined);
      store.states.set(0, { ...store.states.get(0)!, training: null });
      change(store);
      await expect(runRounds(ports, 1), what).rejects.toMatchObject({ code: 'round.changed' });
    }
    function forged() {
      return { id: 'n-1', text: ' x\nAnswer: 3', round: 0, sample: 0, fingerprint: 'f'.repeat(64) };
    }
  });

  it('asks again with a person’s hint, and a person’s rejection is not overturned by the rule', async () => {
    const { store, ports, teacher } = setUp();
    await runRounds(ports, 1);
    const state = await loadRound(ports, 1);
    const item = (await store.items(0))[0]!;
    const reject: Decision = {
      type: 'reject',
      author: { kind: 'person', name: 'ana' },
      items: [{ questionId: item.questionId, itemId: item.itemId }],
    };
    await store.decide(0, [reject]);
    const hint: Decision = {
      type: 'hint',
      author: { kind: 'person', name: 'ana' },
      questionId: item.questionId,
      hint: 'count on your fingers',
    };
    await store.decide(1, [hint]);
    const before = teacher.asked.length;
    await teachRound(ports, state, { purpose: 'annotate' });
    const asked = teacher.asked
      .slice(before)
      .filter(({ questionId }) => questionId === item.questionId);
    expect(
      asked.some(({ messages }) => messages.some(({ content }) => content.includes('fingers'))),
    ).toBe(true);
    await runRounds(ports, 2);
    const row = store.rows.get(1)?.find(({ id }) => id === item.questionId);
    expect(row?.positives.map(({ id }) => id)).not.toContain(item.itemId);
  });
});
