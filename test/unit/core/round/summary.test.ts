import { expect, it } from 'vitest';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import { outcomesOf } from '../../../../src/core/round/summary.ts';
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
