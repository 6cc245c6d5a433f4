import { expect, it } from 'vitest';
import { promptOf } from '../../../../src/core/exam/promptForm.ts';
import { probesFor } from '../../../../src/core/round/probes.ts';
import { openRound } from '../../../../src/core/round/state.ts';
import { probesSchema } from '../../../../src/core/training/run.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

it('probes are 32 dev questions, the same in every round, whatever else stands in the file', async () => {
  const { store } = setUp();
  const { probes } = await probesFor(store, 0);
  expect(probesSchema.parse(probes)).toEqual(probes);
  expect(probes).toMatchObject({ maxNewTokens: 32, stopAtAnswerLine: true });
  const dev = new Map((await store.questions('dev')).map((one) => [one.id, one]));
  expect(probes?.items).toHaveLength(32);
  for (const { id, prompt, gold } of probes?.items ?? []) {
    expect([prompt, gold]).toEqual([
      promptOf(dev.get(id) ?? { question: '' }),
      dev.get(id)?.answer,
    ]);
  }
  expect(await probesFor(store, 3)).toEqual({ probes });
  // More questions may take places, but never shuffle those that stay.
  store.sets['dev'] = [...(await store.questions('dev')), ...sums('late', 5, 900)];
  const known = new Set(probes?.items.map(({ id }) => id));
  const later = (await probesFor(store, 0)).probes?.items ?? [];
  const kept = later.filter(({ id }) => known.has(id));
  expect(kept.length).toBeGreaterThanOrEqual(27);
  expect(later.filter(({ id }) => !known.has(id) && !id.startsWith('late'))).toEqual([]);
});

it('a gold that was fixed is the one that probes are graded by', async () => {
  const { store } = setUp();
  const id = (await probesFor(store, 0)).probes?.items[0]?.id ?? '';
  const author = { kind: 'person', name: 'ana' } as const;
  store.states.set(0, openRound(0, { path: 'models/base', digest: 'd' }));
  await store.decide(0, [{ type: 'fix-gold', author, questionId: id, was: '', answer: '12' }]);
  expect((await probesFor(store, 0)).probes?.items[0]).toMatchObject({ id, gold: '12' });
});

it('questions too long to be probes are left out, and no question makes no probes', async () => {
  const { store } = setUp();
  const [first] = await store.questions('dev');
  store.sets['dev'] = [{ id: 'long', question: 'x '.repeat(20_000), answer: '1' }];
  expect(await probesFor(store, 0)).toEqual({});
  if (first) store.sets['dev'] = [...(store.sets['dev'] ?? []), first];
  expect((await probesFor(store, 0)).probes?.items.map(({ id }) => id)).toEqual([first?.id]);
});
