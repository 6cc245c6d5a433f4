import { describe, expect, it } from 'vitest';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import type { RecordedDecision } from '../../../../src/core/curation/activeDecisions.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { decidedSteps } from '../../../../src/core/report/decided.ts';
import { runWhole } from '../../../../src/core/runWhole.ts';

const author = { kind: 'person', name: 'ana' } as const;
const rule = { kind: 'rule', name: 'gate-accept' } as const;
const text = (itemId: string) => ({ itemId, questionId: `q-${itemId}` });
const attempt = { questionId: 'q', sample: 0, fingerprint: 'f', textHash: 'h' };

function count(...rounds: readonly (readonly Decision[])[]) {
  const events = rounds.map((decisions) =>
    decisions.map((one, seq): RecordedDecision => ({ ...one, writer: 'pc', seq, at: '' })),
  );
  return runWhole(decidedSteps(events, foldCuration(events)));
}

describe('what is decided', () => {
  it('counts texts and not the entries that decided on them', () => {
    const items = ['a', 'b', 'c', 'd'].map(text);
    const counted = count([
      { type: 'accept', author: rule, items },
      { type: 'reject', author, items: [text('a')] },
      { type: 'accept', author, items: [text('a'), text('b')] },
      { type: 'reject', author, items: [text('b')] },
      { type: 'edit', author, ...text('c'), rationale: 'So.\nAnswer: 1' },
    ]);
    expect(counted.get(0)).toEqual({
      person: 3,
      rule: 1,
      byType: { accept: 2, reject: 1, edit: 1 },
      entries: 5,
    });
  });

  it('counts a decision in the round that made it, and what a later one replaced nowhere', () => {
    const counted = count(
      [{ type: 'accept', author: rule, items: [text('a'), text('b')] }],
      [{ type: 'reject', author, items: [text('b')] }],
    );
    expect(counted.get(0)).toEqual({ person: 0, rule: 1, byType: { accept: 1 }, entries: 1 });
    expect(counted.get(1)).toEqual({ person: 1, rule: 0, byType: { reject: 1 }, entries: 1 });
  });

  it('counts attempts, pairs, golds and questions once each, and nothing that was taken back', () => {
    const fix = (was: string, answer: string): Decision => ({
      type: 'fix-gold',
      author,
      questionId: 'q',
      was,
      answer,
    });
    const counted = count([
      { type: 'pair-drop', author, ...attempt },
      { type: 'pair-keep', author, ...attempt },
      { type: 'attempt-wrong', author, ...attempt },
      { type: 'gold-confirmed', author: rule, questionId: 'q', answer: '1' },
      fix('1', '2'),
      fix('2', '3'),
      { type: 'gold-confirmed', author: rule, questionId: 'q', answer: '3' },
      { type: 'leave-out', author, questionId: 'r' },
      { type: 'leave-out', author, questionId: 's' },
      { type: 'undo', author, ofWriter: 'pc', ofSeq: 8 },
      { type: 'write', author, questionId: 't', rationale: 'Own.\nAnswer: 1' },
    ]);
    expect(counted.get(0)).toEqual({
      person: 5,
      rule: 0,
      byType: { 'pair-keep': 1, 'attempt-wrong': 1, 'fix-gold': 1, 'leave-out': 1, write: 1 },
      entries: 9,
    });
  });
});
