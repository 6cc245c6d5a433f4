import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { cancelled } from '../../../../src/core/errors.ts';
import { acceptByGate } from '../../../../src/core/round/curateRound.ts';
import { curationUpTo } from '../../../../src/core/round/curationUpTo.ts';
import { freezePreview } from '../../../../src/core/round/freezePreview.ts';
import { askOpinions, estimateOpinions } from '../../../../src/core/round/opinions.ts';
import { opinionSummary } from '../../../../src/core/round/opinionSummary.ts';
import { builtIn } from '../../../../src/core/teaching/templates.ts';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import type { TeachingItem } from '../../../../src/core/teaching/records.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const ana = { kind: 'person', name: 'ana' } as const;

/** A taught round whose questions have two rationales each, and the two of one question. */
async function taught() {
  const made = setUp();
  await runRounds(made.ports, 1, (_, at) => {
    if (at === 'curate') throw cancelled();
  }).catch(() => undefined);
  const items = await made.store.items(0);
  const of = (id: string): TeachingItem[] => items.filter((item) => item.questionId === id);
  const statuses = async (id: string): Promise<(string | undefined)[]> => {
    const curation = await curationUpTo(made.store, 0);
    return of(id).map(({ itemId }) => curation.items.get(itemId)?.status);
  };
  return { ...made, items, of, statuses };
}

const decide = (type: 'accept' | 'reject', item: TeachingItem | undefined): Decision => ({
  type,
  author: ana,
  items: item ? [{ itemId: item.itemId, questionId: item.questionId }] : [],
});

describe('the gate’s rule', () => {
  it('leaves a question alone on which a person decided, rationales without a decision too', async () => {
    const { store, items, of, statuses } = await taught();
    await store.decide(0, [
      decide('accept', of('train-1')[0]),
      decide('reject', of('train-2')[0]),
      { type: 'write', author: ana, questionId: 'train-3', rationale: 'x.\nAnswer: 17' },
      { type: 'leave-out', author: ana, questionId: 'train-4' },
    ]);
    const alone = ['train-1', 'train-2', 'train-3', 'train-4'].flatMap(of).length;
    expect(alone).toBe(8);
    expect(await acceptByGate({ store }, 0)).toBe(items.length - alone);
    expect(await statuses('train-1')).toEqual(['accepted', undefined]);
    expect(await statuses('train-2')).toEqual(['rejected', undefined]);
    expect(await statuses('train-3')).toEqual([undefined, undefined]);
    expect(await statuses('train-4')).toEqual([undefined, undefined]);
    expect(await statuses('train-5')).toEqual(['accepted', 'accepted']);
  });

  it('leaves to a person what a second opinion differs on, and says nothing to its other rationales', async () => {
    const { store, ports, teacher, items, of, statuses } = await taught();
    teacher.scores.set('train-1', 3);
    teacher.scores.set('train-2', 4);
    const asking = {
      ...ports,
      opinionTemplate: () => Promise.resolve(builtIn('review')),
    };
    const estimate = await estimateOpinions(asking, 0);
    expect(estimate).toMatchObject({ rationales: items.length, profile: 'fake', own: 0 });
    expect(estimate.estimate?.sampled).toBe(5);
    expect(await store.opinions(0)).toEqual([]);

    const made = await askOpinions(asking, 0);
    expect(made).toMatchObject({ scored: items.length, failed: 0, known: 0 });
    expect(await askOpinions(asking, 0)).toMatchObject({ scored: 0, known: items.length });
    const curation = await curationUpTo(store, 0);
    const mean = (5 * (items.length - 4) + 3 * 2 + 4 * 2) / items.length;
    expect(await opinionSummary(store, 0, curation)).toEqual({
      scored: items.length,
      mean: expect.closeTo(mean, 9),
      disagreements: 2,
      ruled: 0,
      settled: 0,
      programmatic: false,
    });

    expect(await acceptByGate({ store }, 0)).toBe(items.length - 2);
    expect(await statuses('train-1')).toEqual([undefined, undefined]);
    expect(await statuses('train-2')).toEqual(['accepted', 'accepted']);
    // A person's word is what it waits for.
    await store.decide(0, [decide('accept', of('train-1')[0])]);
    expect(await statuses('train-1')).toEqual(['accepted', undefined]);
    expect(await acceptByGate({ store }, 0)).toBe(0);
  });

  it('is asked in vain by `round` about such a question: what is frozen is what the person took', async () => {
    const { store, ports, of } = await taught();
    await store.decide(0, [decide('accept', of('train-1')[0])]);
    await runRounds(ports, 1);
    const [row] = (store.rows.get(0) ?? []).filter(({ id }) => id === 'train-1');
    expect(row?.positives.filter(({ source }) => source === 'teacher')).toHaveLength(1);
    const [other] = (store.rows.get(0) ?? []).filter(({ id }) => id === 'train-5');
    expect(other?.positives.filter(({ source }) => source === 'teacher')).toHaveLength(2);
  });

  it('decides again once the question a person decided on was fixed and taught anew', async () => {
    const { store, ports, of, items } = await taught();
    await store.decide(0, [
      decide('accept', of('train-1')[0]),
      {
        type: 'fix-question',
        author: ana,
        questionId: 'train-1',
        was: 'What is 11 plus 3?',
        text: 'What is 11 plus 4?',
        reason: 'misprint',
      },
      {
        type: 'fix-gold',
        author: ana,
        questionId: 'train-1',
        was: '14',
        answer: '15',
        reason: 'misprint',
      },
    ]);
    await runRounds(ports, 1, (_, at) => {
      if (at === 'freeze') throw cancelled();
    }).catch(() => undefined);
    const fresh = (await store.items(0)).slice(items.length);
    const { items: decided } = await curationUpTo(store, 0);
    expect(fresh.map(({ itemId }) => decided.get(itemId)?.by)).toEqual(['rule', 'rule']);
  });
});

describe('a preview where something is left to the rule', () => {
  it('says the very set that is frozen after the rule', async () => {
    const { store, ports, of } = await taught();
    await store.decide(0, [decide('accept', of('train-1')[0]), decide('accept', of('train-2')[1])]);
    const preview = await freezePreview(store, 0);
    // Another question may have a right attempt of the student's own to be taught with.
    expect(preview.coverage.bySource.teacher).toBe(2);
    expect(preview.undecided).toBe(58);
    expect(preview.afterRule?.undecided).toBe(0);
    expect(preview.afterRule).toMatchObject({ byPerson: 2, byRule: 58, items: 60 });
    expect(await store.decisions(0)).toHaveLength(2);
    await runRounds(ports, 1);
    expect(preview.afterRule?.coverage).toEqual(store.manifests.get(0)?.coverage);
    expect(preview.afterRule?.sample).toEqual(store.rows.get(0)?.slice(0, 3));
    expect(preview.afterRule?.warnings.map(String)).toEqual(store.manifests.get(0)?.warnings);
  });

  it('has no second set where nothing is left to it', async () => {
    const { store } = await taught();
    await acceptByGate({ store }, 0);
    expect((await freezePreview(store, 0)).afterRule).toBeNull();
  });
});
