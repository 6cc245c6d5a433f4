import { expect, it } from 'vitest';
import { examRound } from '../../../../src/core/round/examRound.ts';
import { loadRound, runRounds } from '../../../../src/core/round/runRounds.ts';
import { outcomesOf, summarise } from '../../../../src/core/round/summary.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

it('grades all rounds against the golds that count now: a fixed gold fixes no question', async () => {
  const { store, ports } = setUp();
  await runRounds(ports, 2);
  const rightIn = async (round: number, id: string): Promise<number> => {
    const outcome = (await outcomesOf(store, round, 'train'))?.outcomes.get(id);
    return typeof outcome === 'object' ? outcome.right : NaN;
  };
  const ids = (await store.questions('train')).map(({ id }) => id);
  const both = [];
  for (const id of ids) {
    if ((await rightIn(0, id)) > 0 && (await rightIn(1, id)) > 0) both.push(id);
  }
  const id = both[0] ?? '';
  await store.decide(1, [
    {
      type: 'fix-gold',
      author: { kind: 'person', name: 'ana' },
      questionId: id,
      was: '',
      answer: '99999',
    },
  ]);
  expect([await rightIn(0, id), await rightIn(1, id)]).toEqual([0, 0]);
});

it('makes no test between rounds that were examined differently, and names the difference', async () => {
  const { store, ports } = setUp();
  await runRounds(ports, 1);
  const change = async () => (await summarise(store)).at(-1)?.results[0]?.change;
  expect(await change()).toMatchObject({ differs: [], mcnemarP: expect.any(Number) as number });
  Object.assign(store.project.exam, { maxNewTokens: 64, stopAtAnswerLine: false });
  await examRound(ports, await loadRound(ports, 1), ['dev']);
  const [before, after] = [await change(), (await store.state(1))?.exams['dev']?.form];
  expect(before).toMatchObject({
    n: 40,
    differs: ['exam.maxNewTokens', 'exam.stopAtAnswerLine'],
    mcnemarP: null,
  });
  expect(after).toMatchObject({ maxNewTokens: 64, engine: 'fake-1' });
  // Examined again in the same way, the rounds can be compared.
  await examRound(ports, await loadRound(ports, 0), ['dev']);
  expect(await change()).toMatchObject({ differs: [], mcnemarP: expect.any(Number) as number });
});

it('takes two exams for alike where an older file does not say how one was held', async () => {
  const { store, ports } = setUp();
  await runRounds(ports, 1);
  const state = store.states.get(0);
  delete state?.exams['dev']?.form;
  Object.assign(store.project.exam, { maxNewTokens: 64 });
  await examRound(ports, await loadRound(ports, 1), ['dev']);
  const change = (await summarise(store)).at(-1)?.results[0]?.change;
  expect(change).toMatchObject({ differs: [], mcnemarP: expect.any(Number) as number });
});
