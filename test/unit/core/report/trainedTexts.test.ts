import { expect, it } from 'vitest';
import { CurationFold, type Curation } from '../../../../src/core/curation/curation.ts';
import { frozenRowSchema } from '../../../../src/core/round/frozen.ts';
import { ownTexts } from '../../../../src/core/report/seenRow.ts';
import type { Picture, PictureFrozen } from '../../../../src/core/report/picture.ts';
import type { TaughtItem } from '../../../../src/core/report/teaching.ts';
import { rationalesOf } from '../../../../src/core/report/trainedTexts.ts';

const item = (itemId: string, accepted: boolean): TaughtItem => ({
  itemId,
  questionId: 'q',
  purpose: 'annotate',
  prompt: null,
  errorKind: null,
  accepted,
  rationale: `text of ${itemId}`,
});

function textsTaught(
  curation: Partial<Curation>,
  items: readonly TaughtItem[],
  frozen: PictureFrozen | null = null,
): string[] {
  const whole: Curation = { ...new CurationFold().curation, ...curation };
  // SAFETY: no other part of a picture or of a round is asked for.
  const picture = {
    sets: [],
    rounds: [{ taught: { items }, frozen }],
    curation: whole,
  } as unknown as Picture;
  return [...rationalesOf(picture)].map(({ text }) => text);
}

const decided = (by: 'person' | 'rule', status: 'accepted' | 'rejected', rationale?: string) => ({
  status,
  by,
  round: 0,
  order: 0,
  ...(rationale === undefined ? {} : { rationale }),
});

it('a rationale that the gate refused is compared with the test set where a person accepted it', () => {
  const items = [item('passed', true), item('taken', false), item('refused', false)];
  const taken = new Map([
    ['taken', decided('person', 'accepted')],
    ['refused', decided('person', 'rejected')],
  ]);
  expect(textsTaught({ items: taken }, items)).toEqual(['text of passed', 'text of taken']);
  expect(textsTaught({}, items)).toEqual(['text of passed']);
});

it('what a person made of a text of their own is compared as well', () => {
  const written = new Map([['q', [{ id: 'own', rationale: 'first', round: 0 }]]]);
  const items = new Map([['own', decided('person', 'accepted', 'second')]]);
  expect(textsTaught({ written, items }, [])).toEqual(['first', 'second']);
});

it('the student’s own right attempts that a frozen set teaches are compared as well', () => {
  const positive = (id: string, source: string) => ({
    id,
    source,
    completion: ` text of ${id}`,
    round: 0,
    hinted: false,
    programmatic: false,
  });
  const row = frozenRowSchema.parse({
    v: 1,
    id: 'q',
    prompt: 'Question:',
    gold: '7',
    positives: [positive('t', 'teacher'), positive('s', 'self')],
    negatives: [],
  });
  const own = ownTexts(row);
  expect(own).toEqual([{ id: 'q', text: 'text of s' }]);
  expect(textsTaught({}, [], { rows: [], leftOut: new Set(), own })).toEqual(['text of s']);
});
