import { expect, it } from 'vitest';
import {
  isAbout,
  isFixed,
  NO_FIXES,
  textName,
} from '../../../../src/core/curation/questionText.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { ana, curationOf, PENS } from '../../../fakes/reviewMaterial.ts';

const fix = (was: string, text: string): Decision => ({
  type: 'fix-question',
  author: ana,
  questionId: 'pens',
  was,
  text,
  reason: 'r',
});
const fixed = curationOf([fix(PENS.question, 'B?')]);
const edited = { ...PENS, question: 'Another text?' };

it('every text of a question has its name, and a fix that was fixed back is none', () => {
  const back = curationOf([fix(PENS.question, 'B?'), fix('B?', PENS.question)]);
  expect([isFixed('pens', fixed), isFixed('pens', back), isFixed('pens', NO_FIXES)]).toEqual([
    true,
    false,
    false,
  ]);
  const [own, other] = [PENS, edited].map((one) => textName(one, NO_FIXES));
  expect(own).toMatch(/^[0-9a-f]{16}$/u);
  expect(new Set([own, other, textName(PENS, fixed)]).size).toBe(3);
  expect(textName(PENS, back)).toBe(own);
});

it('a record is about the text that counts now, or about another one', () => {
  const name = textName(PENS, NO_FIXES);
  expect(isAbout(name, PENS, NO_FIXES)).toBe(true);
  expect(isAbout(name, edited, NO_FIXES)).toBe(false);
  expect(isAbout(name, PENS, fixed)).toBe(false);
  expect(isAbout(textName(PENS, fixed), edited, fixed)).toBe(true);
  // The data file was edited to what a fix had said before it was taken back.
  expect(isAbout(textName(PENS, fixed), { ...PENS, question: 'B?' }, NO_FIXES)).toBe(true);
});

it('a record of an older version names no text: it is about the data file’s', () => {
  expect(isAbout(undefined, edited, NO_FIXES)).toBe(true);
  expect(isAbout(undefined, PENS, fixed)).toBe(false);
});
