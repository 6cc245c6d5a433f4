import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import { stampOf } from '../../../../src/core/curation/recordStamp.ts';
import type { Act } from '../../../../src/shared/reviewContract.ts';
import {
  aReview,
  ana,
  curationOf,
  GOOD,
  GOOD_TOO,
  RIGHT,
  WRONG,
  type Made,
} from '../../../fakes/reviewMaterial.ts';

const texts = [WRONG, RIGHT];
const shown: Made = { texts, rationales: [GOOD] };

function stampAfter(act: Act | null, made: Made = shown): string {
  const { item } = aReview(made);
  const decisions: Decision[] = act ? decisionsFor(item, act, curationOf([]), ana, 'one') : [];
  return stampOf(item, curationOf(decisions));
}

describe('stampOf', () => {
  const before = stampAfter(null);
  const { item } = aReview(shown);
  const candidate = item.candidates[0]?.item.itemId ?? '';

  it('stays while rationales are taken or not, and attempts judged', () => {
    const acts: Act[] = [
      { type: 'accept' },
      { type: 'reject' },
      { type: 'pair', sample: 0, keep: false },
      { type: 'verdict', sample: 0, verdict: 'right' },
    ];
    for (const act of acts) expect(stampAfter(act), act.type).toBe(before);
  });

  it('is another one when any text that is shown is another one', () => {
    const acts: Act[] = [
      { type: 'write', rationale: GOOD_TOO },
      { type: 'edit', candidate, rationale: GOOD_TOO },
      { type: 'fix-gold', answer: '15', reason: 'one was missed' },
      { type: 'fix-question', question: 'How many pens?', reason: 'unclear' },
    ];
    const stamps = acts.map((act) => stampAfter(act));
    stamps.push(stampAfter(null, { texts, rationales: [GOOD, GOOD_TOO] }));
    stamps.push(stampAfter(null, { texts: [...texts, WRONG], rationales: [GOOD] }));
    expect(new Set([before, ...stamps]).size).toBe(1 + stamps.length);
  });
});
