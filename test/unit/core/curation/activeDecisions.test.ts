import { describe, expect, it } from 'vitest';
import {
  activeDecisions,
  type RecordedDecision,
} from '../../../../src/core/curation/activeDecisions.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { foldCuration } from '../../../../src/core/curation/curation.ts';

const person = { kind: 'person', name: 'ana' } as const;
const rule = { kind: 'rule', name: 'gate-accept' } as const;
const items = [{ questionId: 'q', itemId: 'i' }];

function record(decisions: readonly Decision[], writer = 'w'): RecordedDecision[] {
  return decisions.map((decision, seq) => ({ ...decision, writer, seq, at: '' }));
}

describe('activeDecisions', () => {
  it('takes back an event by undo, brings it back by redo, and takes it back again', () => {
    const accept: Decision = { type: 'accept', author: person, items };
    const undo: Decision = { type: 'undo', author: person, ofWriter: 'w', ofSeq: 0 };
    const redo: Decision = { type: 'redo', author: person, ofWriter: 'w', ofSeq: 1 };
    expect(activeDecisions(record([accept]))).toHaveLength(1);
    expect(activeDecisions(record([accept, undo]))).toHaveLength(0);
    expect(activeDecisions(record([accept, undo, redo]))).toHaveLength(1);
    expect(activeDecisions(record([accept, undo, redo, undo]))).toHaveLength(0);
  });

  it('leaves another writer’s event with the same number alone', () => {
    const accept: Decision = { type: 'accept', author: person, items };
    const undo: Decision = { type: 'undo', author: person, ofWriter: 'w', ofSeq: 0 };
    const events = [...record([accept], 'other'), ...record([accept, undo])];
    expect(activeDecisions(events).map(({ writer }) => writer)).toEqual(['other']);
  });
});

describe('foldCuration', () => {
  it('lets the last person win, and no rule over a person', () => {
    const fold = (decisions: readonly Decision[]) =>
      foldCuration([record(decisions)]).items.get('i')?.status;
    expect(fold([{ type: 'accept', author: rule, items }])).toBe('accepted');
    expect(
      fold([
        { type: 'reject', author: person, items },
        { type: 'accept', author: rule, items },
      ]),
    ).toBe('rejected');
    expect(
      fold([
        { type: 'accept', author: rule, items },
        { type: 'reject', author: person, items },
        { type: 'accept', author: person, items },
      ]),
    ).toBe('accepted');
  });

  it('keeps a gold fixed in an early round fixed in later ones', () => {
    const fix: Decision = {
      type: 'fix-gold',
      author: person,
      questionId: 'q',
      was: '7',
      answer: '42',
      reason: 'packs, not pieces',
    };
    const curation = foldCuration([record([fix]), [], []]);
    expect(curation.gold.get('q')).toBe('42');
    expect(curation.goldConfirmed.has('q')).toBe(true);
  });
});
