import { describe, expect, it } from 'vitest';
import { CurationFold, foldCuration } from '../../../../src/core/curation/curation.ts';
import { decisionSchema, type Decision } from '../../../../src/core/curation/decision.ts';
import { questionNow } from '../../../../src/core/curation/questionText.ts';
import { ana, curationOf, PENS, recorded, rule } from '../../../fakes/reviewMaterial.ts';

const fix = (was: string, text: string): Decision => ({
  type: 'fix-question',
  author: ana,
  questionId: 'pens',
  was,
  text,
  reason: 'r',
});

describe('decisions on disk', () => {
  it('of before there were actions are still read', () => {
    const older = { type: 'gold-confirmed', author: ana, questionId: 'q', answer: '1' };
    expect(decisionSchema.parse(older)).toEqual(older);
  });

  it.each([
    { ...fix('a', 'b'), reason: '' },
    { ...fix('a', 'b'), reason: undefined },
    { ...fix('a', 'b'), text: '' },
    { type: 'spot-check', author: ana, id: '', population: 1, items: [], filter: '', seed: '' },
  ])('are refused without what they need: %j', (wrong) => {
    expect(decisionSchema.safeParse(wrong).success).toBe(false);
  });
});

describe('a fold', () => {
  it('holds the text that counts, the original and the reason; the data’s own text again is no fix', () => {
    const curation = curationOf([fix(PENS.question, 'B?'), fix('B?', 'C?')]);
    expect(curation.questions.get('pens')).toMatchObject({
      text: 'C?',
      was: 'B?',
      original: PENS.question,
      round: 1,
    });
    expect(questionNow({ ...PENS, equation: '1 + 1' }, curation)).toEqual({
      ...PENS,
      question: 'C?',
    });
    const back = curationOf([fix(PENS.question, 'B?'), fix('B?', PENS.question)]);
    expect(questionNow(PENS, back)).toBe(PENS);
  });

  it('holds first errors, spot checks and own texts, each once', () => {
    const write: Decision = { type: 'write', author: ana, questionId: 'q', rationale: 'x' };
    const mark: Decision = {
      type: 'first-error',
      author: ana,
      questionId: 'q',
      sample: 1,
      fingerprint: 'f',
      textHash: 't',
      step: 2,
      errorKind: 'misread',
    };
    const check: Decision = {
      type: 'spot-check',
      author: ana,
      id: 's',
      population: 9,
      items: ['q'],
      filter: '{}',
      seed: '1',
    };
    const curation = curationOf([write, write, mark, check]);
    expect(curation.written.get('q')).toHaveLength(1);
    expect([...curation.firstErrors.values()]).toEqual([{ step: 2, kind: 'misread' }]);
    expect(curation.attemptsDecided).toEqual(new Set(['q']));
    expect(curation.spotChecks).toMatchObject([{ id: 's', round: 1, items: ['q'] }]);
    expect(curation.counts).toEqual({ person: 4, rule: 0 });
  });

  it('grown event by event is the same as one made at once', () => {
    const decisions: Decision[] = [
      { type: 'accept', author: rule, items: [{ questionId: 'q', itemId: 'i' }] },
      { type: 'reject', author: ana, items: [{ questionId: 'q', itemId: 'i' }] },
      fix('A?', 'B?'),
      { type: 'accept', author: rule, items: [{ questionId: 'q', itemId: 'i' }] },
    ];
    const fold = new CurationFold();
    for (const decision of decisions) fold.apply(decision, 0);
    expect(fold.curation).toEqual(foldCuration([recorded(decisions)]));
    expect(fold.curation.items.get('i')?.status).toBe('rejected');
  });
});
