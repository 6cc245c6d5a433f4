import { describe, expect, it } from 'vitest';
import type { RecordedDecision } from '../../../../src/core/curation/activeDecisions.ts';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import { isDisputed } from '../../../../src/core/curation/disagreements.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import { rowOf } from '../../../../src/core/curation/reviewRow.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import { aReview, GOOD, GOOD_TOO, rule, WRONG } from '../../../fakes/reviewMaterial.ts';

const ana = { kind: 'person', name: 'ana' } as const;
const ben = { kind: 'person', name: 'ben' } as const;
const cleo = { kind: 'person', name: 'cleo' } as const;
const HOME: Record<string, string> = { ana: 'pca-1', ben: 'pcb-1', cleo: 'pcc-1' };

const { item, candidates } = aReview({ rationales: [GOOD, GOOD_TOO] });
const [one, other] = candidates.map(({ itemId }) => ({ questionId: 'pens', itemId }));
if (!one || !other) throw new Error('no candidates');

const accept = (author: Decision['author'], target = one): Decision => ({
  type: 'accept',
  author,
  items: [target],
});
const reject = (author: Decision['author'], target = one): Decision => ({
  type: 'reject',
  author,
  items: [target],
});
const gold = (author: Decision['author'], answer: string): Decision => ({
  type: 'fix-gold',
  author,
  questionId: 'pens',
  was: '14',
  answer,
});
const confirm = (author: Decision['author'], answer: string): Decision => ({
  type: 'gold-confirmed',
  author,
  questionId: 'pens',
  answer,
});
const about = { questionId: 'pens', fingerprint: 'a'.repeat(64), textHash: sha256Text(WRONG) };

/** Decisions one after the other in merge order, each by its person's own installation. */
function journal(decisions: readonly Decision[], writers = HOME): RecordedDecision[] {
  const seqs = new Map<string, number>();
  return decisions.map((decision, index) => {
    const writer = writers[decision.author.name] ?? 'rule-1';
    const seq = seqs.get(writer) ?? 0;
    seqs.set(writer, seq + 1);
    const at = `2026-01-01T00:00:${String(index).padStart(2, '0')}.000Z`;
    return { ...decision, writer, seq, at };
  });
}

const curationAfter = (decisions: readonly Decision[], writers = HOME) =>
  foldCuration([[], journal(decisions, writers)]);

/** Matters with who says what, the word that counts marked. */
function disputed(decisions: readonly Decision[], writers = HOME): string[] {
  return curationAfter(decisions, writers)
    .disagreements.of('pens')
    .map(
      ({ topic, voices, holds }) =>
        `${topic.matter}: ${voices
          .map(
            (voice) =>
              `${voice === holds ? '*' : ''}${voice.event.author.name} ${voice.event.type}`,
          )
          .join(', ')}`,
    );
}

/** The decisions, and one more as it is made by somebody who has all of them before them. */
function andThen(before: readonly Decision[], ...more: readonly Decision[]): Decision[] {
  let all = [...before];
  for (const next of more) {
    const { disagreements } = curationAfter(all);
    all = [...all, ...disagreements.inKnowledge([next], HOME[next.author.name] ?? '')];
  }
  return all;
}

describe('what people disagree on', () => {
  it('is where the latest words of two people differ, and names the one that counts', () => {
    expect(disputed([accept(ana), reject(ben)])).toEqual(['rationale: ana accept, *ben reject']);
    expect(disputed([reject(ben), accept(ana)])).toEqual(['rationale: ben reject, *ana accept']);
    const edit = (author: Decision['author'], rationale: string): Decision => ({
      type: 'edit',
      author,
      ...one,
      rationale,
    });
    expect(disputed([edit(ana, GOOD), edit(ben, GOOD_TOO)])).toEqual([
      'rationale: ana edit, *ben edit',
    ]);
    expect(disputed([accept(ana), { type: 'leave-out', author: ben, questionId: 'pens' }])).toEqual(
      ['taught: ana accept, *ben leave-out'],
    );
    expect(
      disputed([
        { type: 'pair-keep', author: ana, ...about, sample: 0 },
        { type: 'pair-keep', author: ana, ...about, sample: 1 },
        { type: 'pair-drop', author: ben, ...about, sample: 0 },
        { type: 'pair-drop', author: ben, ...about, sample: 1 },
      ]),
    ).toEqual(['pair: ana pair-keep, *ben pair-drop']);
    // One act on identical attempts is one word, and it is named by the first of them.
    const act = { ...about, action: 'act' };
    const [pairs] = curationAfter([
      { type: 'pair-keep', author: ana, ...act, sample: 1 },
      { type: 'pair-keep', author: ana, ...act, sample: 3 },
      { type: 'pair-drop', author: ben, ...act, sample: 1 },
    ]).disagreements.of('pens');
    expect(pairs?.topic.sample).toBe(1);
    expect(pairs?.voices.map(({ event }) => 'sample' in event && event.sample)).toEqual([1, 1]);
    expect(
      disputed([
        { type: 'attempt-right', author: ana, ...about, sample: 0 },
        { type: 'attempt-wrong', author: ben, ...about, sample: 0 },
        { type: 'first-error', author: ana, ...about, sample: 0, step: 1, errorKind: 'misread' },
        { type: 'first-error', author: ben, ...about, sample: 0, step: 2, errorKind: 'misread' },
      ]),
    ).toEqual([
      'verdict: ana attempt-right, *ben attempt-wrong',
      'first-error: ana first-error, *ben first-error',
    ]);
  });

  it('is nothing where they agree, decide on different things, or only a rule says otherwise', () => {
    expect(disputed([accept(ana), accept(ben)])).toEqual([]);
    expect(disputed([accept(ana), reject(ben, other)])).toEqual([]);
    expect(disputed([accept(ana), reject(rule), accept(rule, other), reject(ana, other)])).toEqual(
      [],
    );
    expect(disputed([accept(ana), reject(ana)])).toEqual([]);
    expect(disputed([gold(ana, '15'), confirm(ben, '15')])).toEqual([]);
    expect(
      disputed([{ type: 'hint', author: ana, questionId: 'pens', hint: 'a' }, reject(ben)]),
    ).toEqual([]);
  });

  it('heeds how a gold is fixed: a fix is not unfixed by whoever confirms another answer', () => {
    expect(disputed([gold(ana, '15'), confirm(ben, '14')])).toEqual([
      'gold: *ana fix-gold, ben gold-confirmed',
    ]);
    expect(disputed([confirm(ben, '14'), gold(ana, '15')])).toEqual([
      'gold: ben gold-confirmed, *ana fix-gold',
    ]);
  });

  it('is settled by deciding again, whichever way, and by whomever', () => {
    const apart = [accept(ana), reject(ben)];
    for (const settling of [accept(ana), reject(ben), reject(ana), accept(cleo), reject(cleo)]) {
      const all = andThen(apart, settling);
      expect(disputed(all)).toEqual([]);
      const status = settling.type === 'accept' ? 'accepted' : 'rejected';
      expect(curationAfter(all).items.get(one.itemId)?.status).toBe(status);
    }
    // The third person's word knows of both, and says so in its record.
    const [, , last] = andThen(apart, accept(cleo));
    expect(last).toMatchObject({ knows: ['pcb-1#0'] });
  });

  it('opens again by a word that knew nothing of the one that settled it', () => {
    const settled = andThen([accept(ana), reject(ben)], accept(cleo));
    expect(disputed([...settled, reject(ben)])).toEqual([
      'rationale: ana accept, cleo accept, *ben reject',
    ]);
    expect(disputed(andThen(settled, reject(ben)))).toEqual([]);
  });

  it('is nothing where one decided in knowledge of the other', () => {
    expect(disputed(andThen([accept(ana)], reject(ben)))).toEqual([]);
    expect(disputed(andThen([accept(ana)], reject(ben), accept(ana)))).toEqual([]);
  });

  it('is told apart by computers, too: names can be equal, and one person can have two', () => {
    const writers = { ana: 'laptop-1' };
    const [first] = journal([accept(ana)], writers);
    const [second] = journal([reject(ana)], { ana: 'desktop-1' });
    const [third] = journal([reject(ana)], { ana: 'laptop-2' });
    if (!first || !second || !third) throw new Error('no decisions');
    expect(foldCuration([[first, second]]).disagreements.of('pens')).toHaveLength(1);
    expect(foldCuration([[first, third]]).disagreements.of('pens')).toEqual([]);
  });

  it('is about one round: what an earlier one decided is settled by the next', () => {
    const earlier = journal([accept(ana), reject(ben)]);
    expect(foldCuration([earlier]).disagreements.all().size).toBe(1);
    expect(foldCuration([earlier, journal([accept(ana, other)])]).disagreements.all().size).toBe(0);
  });

  it('is gone when one of the words is taken back', () => {
    const apart = [accept(ana), reject(ben)];
    const undo: Decision = { type: 'undo', author: ben, ofWriter: 'pcb-1', ofSeq: 0 };
    expect(disputed([...apart, undo])).toEqual([]);
  });

  it('is kept up decision by decision, and found in lists that name thousands', () => {
    const items = Array.from({ length: 2000 }, (_, n) => ({
      questionId: `q-${n}`,
      itemId: `i-${n}`,
    }));
    const { disagreements } = curationAfter([
      { type: 'accept', author: ana, items },
      { type: 'reject', author: ben, items: items.slice(0, 1500) },
    ]);
    expect(disagreements.all().size).toBe(1500);
    expect(disagreements.of('q-1499')).toHaveLength(1);
    expect(disagreements.of('q-1500')).toEqual([]);
    const [settling] = disagreements.inKnowledge([{ type: 'accept', author: ana, items }], 'pca-1');
    expect(settling).toMatchObject({ knows: ['pcb-1#0'] });
  });
});

describe('a disputed item', () => {
  it('is flagged, with who decided what, and can be decided on again the same way', () => {
    const curation = curationAfter([accept(ana), { ...reject(ben), reason: 'clumsy' }]);
    expect(rowOf(item, curation).flags).toContain('disagreed');
    expect(rowOf(item, curationAfter([accept(ana)])).flags).not.toContain('disagreed');
    const record = recordOf(item, { curation, decisions: [] });
    expect(record.disagreements).toMatchObject([
      {
        matter: 'rationale',
        place: 1,
        voices: [
          { by: 'ana', what: 'Accepted a rationale.', reason: null, holds: false },
          { by: 'ben', what: 'Rejected a rationale.', reason: 'clumsy', holds: true },
        ],
      },
    ]);
    expect(record.checks.map(({ code }) => code)).toContain('disagreed');
    expect(isDisputed(curation, 'pens', `rationale ${one.itemId}`)).toBe(true);

    // Rejected by ben already, and by nobody else: without a dispute there would be nothing to write.
    const again = decisionsFor(item, { type: 'reject', candidate: one.itemId }, curation, ana, 'x');
    expect(again).toMatchObject([{ type: 'reject', items: [one] }]);
    const agreed = curationAfter([reject(ana), reject(ben)]);
    expect(decisionsFor(item, { type: 'reject', candidate: one.itemId }, agreed, ana, 'x')).toEqual(
      [],
    );
    const held = curationAfter([reject(ben), accept(ana)]);
    const accepting = decisionsFor(item, { type: 'accept', candidate: one.itemId }, held, ben, 'x');
    expect(accepting.map(({ type }) => type)).toEqual(['accept']);
    const left: Decision = { type: 'leave-out', author: ben, questionId: 'pens' };
    const { item: bare } = aReview({ rationales: [] });
    const out = curationAfter([accept(ana), left]);
    expect(decisionsFor(bare, { type: 'reject' }, out, ana, 'x')).toMatchObject([
      { type: 'leave-out' },
    ]);
    expect(decisionsFor(bare, { type: 'reject' }, curationAfter([left]), ana, 'x')).toEqual([]);
    const dropped = curationAfter([
      { type: 'pair-keep', author: ana, ...about, sample: 0 },
      { type: 'pair-drop', author: ben, ...about, sample: 0 },
    ]);
    const drop = { type: 'pair', sample: 0, keep: false } as const;
    expect(decisionsFor(item, drop, dropped, ana, 'x')[0]).toMatchObject({ type: 'pair-drop' });
  });
});
