import { describe, expect, it } from 'vitest';
import { datasetId } from '../../../../src/core/curation/positives.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { cancelled } from '../../../../src/core/errors.ts';
import { acceptByGate } from '../../../../src/core/round/curateRound.ts';
import { curationUpTo } from '../../../../src/core/round/curationUpTo.ts';
import { freezePreview } from '../../../../src/core/round/freezePreview.ts';
import { objectedItems } from '../../../../src/core/round/gateRule.ts';
import { askOpinions, type OpinionScope } from '../../../../src/core/round/opinions.ts';
import { opinionSummary } from '../../../../src/core/round/opinionSummary.ts';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import type { TeachingItem } from '../../../../src/core/teaching/records.ts';
import { builtIn } from '../../../../src/core/teaching/templates.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

/** A taught round whose questions have two rationales each, and a teacher to judge them. */
async function taught() {
  const made = setUp();
  const { store, ports } = made;
  await runRounds(ports, 1, (_, at) => {
    if (at === 'curate') throw cancelled();
  }).catch(() => undefined);
  const items = await store.items(0);
  const of = (id: string): TeachingItem[] => items.filter((item) => item.questionId === id);
  const asking = { ...ports, opinionTemplate: () => Promise.resolve(builtIn('review')) };
  const ask = (scope?: OpinionScope, round = 0) => askOpinions(asking, round, scope);
  const summary = async (round = 0) =>
    opinionSummary(store, round, await curationUpTo(store, round));
  return { ...made, items, of, asking, ask, summary };
}

const decide = (type: 'accept' | 'reject', item: TeachingItem | undefined): Decision => ({
  type,
  author: { kind: 'person', name: 'ana' },
  items: item ? [{ itemId: item.itemId, questionId: item.questionId }] : [],
});

const AGAINST = '2 rationales that a rule accepted have a second opinion against them.';

describe('an objection of an earlier round', () => {
  it('keeps the rule from the same text when it comes again, as Review shows it', async () => {
    const { store, teacher, ask, of, summary } = await taught();
    teacher.scores.set('train-1', 2);
    await ask({ ids: ['train-1'] });
    const again = [...of('train-1'), ...of('train-2')].map((item): TeachingItem => ({
      ...item,
      purpose: 'feedback',
      itemId: `again-${item.itemId}`,
    }));
    store.itemsOf.set(1, again);
    expect(await store.opinions(1)).toEqual([]);

    expect(await acceptByGate({ store }, 1)).toBe(2);
    const curation = await curationUpTo(store, 1);
    expect(again.map(({ itemId }) => curation.items.get(itemId)?.status)).toEqual([
      undefined,
      undefined,
      'accepted',
      'accepted',
    ]);
    expect(await summary(1)).toMatchObject({ scored: 2, mean: 2, disagreements: 2, ruled: 0 });
    // What this teacher has scored in the earlier round is not paid for again.
    expect(await ask({ ids: ['train-1'] }, 1)).toMatchObject({ scored: 0, known: 2 });
  });
});

describe('an objection that comes after the rule’s yes', () => {
  it('is told apart, and by the freeze, until a person settles it either way', async () => {
    const { store, teacher, ask, of, summary } = await taught();
    await acceptByGate({ store }, 0);
    expect((await freezePreview(store, 0)).warnings.map(String)).not.toContain(AGAINST);
    teacher.scores.set('train-1', 3);
    await ask({ ids: ['train-1', 'train-2'] });
    expect(await summary()).toMatchObject({ scored: 4, disagreements: 2, ruled: 2, settled: 0 });
    expect((await freezePreview(store, 0)).warnings.map(String)).toContain(AGAINST);

    await store.decide(0, [decide('accept', of('train-1')[0])]);
    expect(await summary()).toMatchObject({ disagreements: 1, ruled: 1, settled: 1 });
    expect((await freezePreview(store, 0)).warnings.map(String)).toContain(
      '1 rationale that a rule accepted has a second opinion against it.',
    );
    await store.decide(0, [decide('reject', of('train-1')[1])]);
    expect(await summary()).toMatchObject({ disagreements: 0, ruled: 0, settled: 2 });
    const { warnings } = await freezePreview(store, 0);
    expect(warnings.map(String).join()).not.toContain('second opinion');
  });

  it('stands in the manifest', async () => {
    const { store, ports, teacher, ask } = await taught();
    await acceptByGate({ store }, 0);
    teacher.scores.set('train-1', 3);
    await ask({ ids: ['train-1'] });
    const { warnings } = await freezePreview(store, 0);
    await runRounds(ports, 1);
    expect(store.manifests.get(0)?.warnings).toContain(AGAINST);
    expect(store.manifests.get(0)?.warnings).toEqual(warnings.map(String));
  });
});

it('what a teacher says against a rationale of the data file is shown and left out of every count', async () => {
  const { store, teacher, ask, summary } = await taught();
  const rationale = 'It is 11 + 3 = 14, by the data file.\nAnswer: 14';
  const train = await store.questions('train');
  store.sets['train'] = train.map((one) => (one.id === 'train-1' ? { ...one, rationale } : one));
  Object.assign(store.project.curation, { useDatasetRationales: true });
  teacher.scores.set('train-1', 1);
  const candidate = datasetId('train-1', rationale);
  expect(await ask({ candidate })).toMatchObject({ scored: 1 });
  expect(await summary()).toBeNull();
  const items = [{ itemId: candidate, questionId: 'train-1' }];
  await store.decide(0, [{ type: 'accept', author: { kind: 'person', name: 'ana' }, items }]);
  expect(await summary()).toBeNull();
  expect(await objectedItems(store, 0, await curationUpTo(store, 0))).toEqual(new Set());
});

describe('a rationale that a teacher gives no readable score', () => {
  it('is paid for again by name alone, with this template', async () => {
    const { store, teacher, asking, ask, of } = await taught();
    teacher.scores.set('train-1', 9);
    const ids = ['train-1', 'train-2'];
    expect(await ask({ ids })).toMatchObject({ scored: 2, failed: 2, known: 0, unread: 0 });
    expect(await store.opinions(0)).toHaveLength(2 + 2 * 3);
    const before = teacher.asked.length;
    expect(await ask({ ids })).toMatchObject({ scored: 0, failed: 0, known: 2, unread: 2 });
    expect(teacher.asked).toHaveLength(before);

    const [first] = of('train-1');
    expect(await ask({ candidate: first?.itemId ?? '' })).toMatchObject({ failed: 1, unread: 0 });
    expect(teacher.asked).toHaveLength(before + 3);

    const other = { ...builtIn('review'), hash: 'another' };
    const opinionTemplate = () => Promise.resolve(other);
    const anew = await askOpinions({ ...asking, opinionTemplate }, 0, { ids });
    expect(anew).toMatchObject({ failed: 2, known: 2, unread: 0 });
  });

  it('is asked about again where it was asked less often than it may be', async () => {
    const { store, teacher, ask } = await taught();
    teacher.scores.set('train-1', 9);
    await ask({ ids: ['train-1'] });
    const list = store.opinionsOf.get(0) ?? [];
    const [of] = list;
    // Its last draw was lost.
    store.opinionsOf.set(
      0,
      list.filter((one) => one.textHash !== of?.textHash || one.draw < 2),
    );
    expect(await ask({ ids: ['train-1'] })).toMatchObject({ failed: 1, unread: 1 });
  });

  it('is not asked about again where its server refused', async () => {
    const { store, ask } = await taught();
    await ask({ ids: ['train-1'] });
    const refused = (await store.opinions(0)).map((one) => ({
      ...one,
      score: null,
      reason: 'the request failed',
    }));
    store.opinionsOf.set(0, refused);
    expect(await ask({ ids: ['train-1'] })).toMatchObject({ scored: 0, failed: 0, unread: 2 });
  });
});
