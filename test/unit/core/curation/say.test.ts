import { describe, expect, it } from 'vitest';
import { CURATION_STRINGS } from '../../../../src/shared/curationStrings.ts';
import type { Author, Decision } from '../../../../src/core/curation/decision.ts';
import { labelOf, logOf } from '../../../../src/core/curation/decisionLog.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import { inEnglish, sayBy } from '../../../../src/core/curation/say.ts';
import {
  aReview,
  ana,
  BAD,
  curationOf,
  GOOD,
  PENS,
  recorded,
  RIGHT,
  WRONG,
  WRONG_TOO,
} from '../../../fakes/reviewMaterial.ts';

/** Every text marked, so that one said past the table shows. */
const MARKED = Object.fromEntries(
  Object.entries(CURATION_STRINGS).map(([key, text]) => [key, `«${text}»`]),
);

describe('what the review says', () => {
  it('fills in values, also such as look like places', () => {
    expect(inEnglish('item.repeat-miss', 3)).toBe('It was missed in 3 rounds.');
    expect(inEnglish('log.fix-gold', '{1}', '$&')).toBe('Changed the gold answer from {1} to $&.');
    expect(sayBy({ 'pair.right': 'Er ist richtig.' })('pair.right')).toBe('Er ist richtig.');
  });

  it('comes from the table of the reader’s language, all of it', () => {
    const decisions: Decision[] = [
      {
        type: 'fix-question',
        author: ana,
        questionId: 'pens',
        was: PENS.question,
        text: 'Weng has 5 boxes of 4 pens and gives 6 away. How many?',
        reason: 'shorter',
      },
      { type: 'hint', author: ana, questionId: 'pens', hint: 'Boxes first.' },
    ];
    const { item } = aReview({ texts: [RIGHT, WRONG, WRONG_TOO, ' x'], rationales: [GOOD, BAD] });
    const record = recordOf(item, {
      curation: curationOf(decisions),
      decisions: recorded(decisions),
      say: sayBy(MARKED),
    });
    const said = [
      ...record.checks.map(({ message }) => message),
      ...record.attempts.flatMap(({ checks, pairReason }) => [
        ...checks.map(({ message }) => message),
        ...(pairReason === null ? [] : [pairReason]),
      ]),
      ...record.candidates.flatMap(({ checks }) => checks.map(({ message }) => message)),
      ...record.log.map(({ what }) => what),
    ];
    expect(said.length).toBeGreaterThan(10);
    expect(said.filter((text) => !text.startsWith('«'))).toEqual([]);
    expect(labelOf(recorded(decisions), sayBy(MARKED))).toBe('«2 decisions on pens»');
    expect(labelOf(recorded(decisions.slice(0, 1)), sayBy(MARKED))).toBe('«Fix Question pens»');
  });

  it('says a yes to several rationales at once in one line', () => {
    const accept = (itemId: string, action: string): Decision => ({
      type: 'accept',
      author: ana,
      action,
      items: [{ questionId: 'pens', itemId }],
    });
    const events = recorded([accept('a', 'one'), accept('b', 'one'), accept('c', 'two')]);
    expect(logOf(events, 'pens', new Set()).map(({ what }) => what)).toEqual([
      'Accepted a rationale.',
      'Accepted 2 rationales.',
    ]);
  });

  it('says a rule’s reason in the reader’s language, a person’s as it was written', () => {
    const gate: Author = { kind: 'rule', name: 'gate-accept' };
    const reason = CURATION_STRINGS['reason.gate'];
    const said = [gate, ana].map((author) => {
      const decision: Decision = { type: 'leave-out', author, questionId: 'pens', reason };
      return logOf(recorded([decision]), 'pens', new Set(), sayBy(MARKED))[0]?.reason;
    });
    expect(said).toEqual([`«${reason}»`, reason]);
    const own: Decision = { type: 'leave-out', author: gate, questionId: 'pens', reason: 'other' };
    expect(logOf(recorded([own]), 'pens', new Set(), sayBy(MARKED))[0]?.reason).toBe('other');
  });
});
