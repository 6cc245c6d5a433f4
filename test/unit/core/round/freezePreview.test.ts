import { describe, expect, it } from 'vitest';
import { cancelled } from '../../../../src/core/errors.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { freezePreview } from '../../../../src/core/round/freezePreview.ts';
import { runRounds } from '../../../../src/core/round/runRounds.ts';
import type { Step } from '../../../../src/core/round/step.ts';
import { setUp } from '../../../fakes/loopSetUp.ts';

const ana = { kind: 'person', name: 'ana' } as const;

async function stoppedBefore(step: Step) {
  const made = setUp();
  await runRounds(made.ports, 1, (_, at) => {
    if (at === step) throw cancelled();
  }).catch(() => undefined);
  return made;
}

describe('freezePreview', () => {
  it('says what the freeze then does, and writes nothing', async () => {
    const { store, ports } = await stoppedBefore('freeze');
    const preview = await freezePreview(store, 0);
    expect(store.manifests.size).toBe(0);
    expect(preview).toMatchObject({ round: 0, items: 60, undecided: 0, byPerson: 0, byRule: 60 });
    await runRounds(ports, 1);
    const manifest = store.manifests.get(0);
    expect(preview.coverage).toEqual(manifest?.coverage);
    expect(preview.pairs).toBe(manifest?.coverage.withPair);
    expect(preview.warnings.map(String)).toEqual(manifest?.warnings);
    expect(preview.sample).toEqual(store.rows.get(0)?.slice(0, 3));
  });

  it('counts and names what nobody decided, and by whom the rest was', async () => {
    const { store } = await stoppedBefore('curate');
    const [first, second, ...rest] = await store.items(0);
    const accept = (kind: 'person' | 'rule', of: readonly (typeof first)[]): Decision => ({
      type: 'accept',
      author: { kind, name: 'x' },
      items: of.flatMap((one) => (one ? [{ questionId: one.questionId, itemId: one.itemId }] : [])),
    });
    const third = rest.find(
      ({ questionId }) => questionId !== first?.questionId && questionId !== second?.questionId,
    );
    await store.decide(0, [accept('person', [first]), accept('rule', [third])]);
    const preview = await freezePreview(store, 0);
    expect(preview).toMatchObject({ byPerson: 1, byRule: 1, undecided: 58 });
    expect(preview.warnings.join(' ')).toContain('of 58 questions: they are not taught.');
    await store.decide(0, [
      { type: 'write', author: ana, questionId: 'train-7', rationale: 'x.\nAnswer: 17' },
    ]);
    expect(await freezePreview(store, 0)).toMatchObject({ byPerson: 2, undecided: 57 });
  });
});
