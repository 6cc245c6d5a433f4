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

it('a probe carries its kind and its choices, and is asked as exams ask', async () => {
  const { store } = setUp();
  const choice = {
    id: 'c',
    question: 'What dries ink?',
    answer: 'b',
    kind: 'choice' as const,
    choices: ['pen', 'blotter'],
  };
  store.sets['dev'] = [
    choice,
    { id: 'y', question: 'Is it?', answer: 'yes', kind: 'yes-no' },
    { id: 'e', question: 'Where?', answer: 'New York', kind: 'exact' },
    { id: 'n', question: '2 + 2?', answer: '4', kind: 'number' },
  ];
  const { probes } = await probesFor(store, 0);
  expect(probesSchema.parse(probes)).toEqual(probes);
  expect(probes?.leftOut).toBeUndefined();
  expect(probes?.items).toEqual([
    { id: 'c', prompt: promptOf(choice), gold: 'b', kind: 'choice', choices: choice.choices },
    { id: 'y', prompt: 'Question: Is it?\nReasoning:', gold: 'yes', kind: 'yes-no' },
    { id: 'e', prompt: 'Question: Where?\nReasoning:', gold: 'New York', kind: 'exact' },
    { id: 'n', prompt: 'Question: 2 + 2?\nReasoning:', gold: '4' },
  ]);
  expect(promptOf(choice)).toContain('(b) blotter');
});

it('questions answered by a pattern are counted, not asked, and take no places', async () => {
  const { store } = setUp();
  const before = (await probesFor(store, 0)).probes?.items;
  const patterns = Array.from({ length: 50 }, (_, index) => ({
    id: `pattern-${index}`,
    question: `Which ${index}?`,
    answer: '\\d+',
    kind: 'regex' as const,
  }));
  store.sets['dev'] = [...patterns, ...(await store.questions('dev'))];
  expect((await probesFor(store, 0)).probes).toMatchObject({ items: before, leftOut: 50 });
  store.sets['dev'] = patterns;
  const { probes } = await probesFor(store, 0);
  expect(probes).toMatchObject({ items: [], leftOut: 50 });
  expect(probesSchema.parse(probes)).toEqual(probes);
});
