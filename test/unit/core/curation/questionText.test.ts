import { expect, it } from 'vitest';
import {
  isAbout,
  isFixed,
  NO_FIXES,
  textName,
} from '../../../../src/core/curation/questionText.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { missingItems } from '../../../../src/core/round/exam.ts';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { decisionsFor } from '../../../../src/core/curation/decisionsFor.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import { gradeStored } from '../../../../src/core/round/grading.ts';
import {
  aCandidate,
  ana,
  anAttempt,
  aReview,
  curationOf,
  GOOD,
  recorded,
  PENS,
  WRONG,
} from '../../../fakes/reviewMaterial.ts';

const fix = (was: string, text: string, questionId = 'pens'): Decision => ({
  type: 'fix-question',
  author: ana,
  questionId,
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

it('review says that attempts and candidates are about an older text of the data', () => {
  const older = textName({ ...PENS, question: 'Older?' }, NO_FIXES);
  const attempts = [0, 1].map((sample) => ({ ...anAttempt('pens', sample, WRONG), asked: older }));
  const { item, curation } = aReview({
    material: {
      attempts: gradeStored([PENS], attempts, curationOf([])),
      candidates: [{ round: 1, items: [aCandidate(PENS, GOOD, { asked: older })] }],
    },
  });
  const { row, attempts: shown, candidates } = recordOf(item, { curation, decisions: [] });
  expect(row.flags).toContain('question-changed');
  expect(row).toMatchObject({ status: 'todo', pair: 'blocked' });
  expect(shown[0]?.pairReason).toBe('It answers the older text of the question.');
  expect(() => decisionsFor(item, { type: 'accept' }, curation, ana, 'a')).toThrow('older text');
  const id = candidates[0]?.id ?? '';
  // Named by a person who sees the text of now, it becomes that person's own.
  expect(decisionsFor(item, { type: 'accept', candidate: id }, curation, ana, 'a')).toMatchObject([
    { type: 'edit', itemId: id, rationale: GOOD },
  ]);
});

const INK: Question = {
  id: 'ink',
  question: 'What dries ink?',
  answer: 'b',
  kind: 'choice',
  choices: ['a pen', 'a blotter', 'a desk'],
};
const OTHER_CHOICES: Question = { ...INK, choices: ['a pen', 'a blotter', 'a chair'] };

it('a question of another kind than choice is named by its text alone', () => {
  const name = sha256Text(PENS.question).slice(0, 16);
  expect(textName(PENS, NO_FIXES)).toBe(name);
  for (const kind of ['number', 'yes-no', 'exact'] as const) {
    expect(textName({ ...PENS, kind }, NO_FIXES)).toBe(name);
    expect(textName({ ...PENS, kind, choices: ['x', 'y'] }, NO_FIXES)).toBe(name);
  }
});

it('other choices are another question: attempts at the older ones are stale and asked again', () => {
  const name = textName(INK, NO_FIXES);
  expect(textName({ ...INK }, NO_FIXES)).toBe(name);
  for (const choices of [['a blotter', 'a pen', 'a desk'], INK.choices?.slice(0, 2) ?? []]) {
    expect(isAbout(name, { ...INK, choices }, NO_FIXES)).toBe(false);
  }
  expect(isAbout(name, OTHER_CHOICES, NO_FIXES)).toBe(false);
  const attempts = [0, 1].map((sample) => ({
    ...anAttempt('ink', sample, ' It is.\nAnswer: (a)'),
    asked: name,
  }));
  const stale = (question: Question) =>
    gradeStored([question], attempts, curationOf([])).map((one) => one.stale === true);
  expect(stale(INK)).toEqual([false, false]);
  expect(stale(OTHER_CHOICES)).toEqual([true, true]);
  const missing = (question: Question) =>
    missingItems(
      {
        questions: [question],
        samples: 2,
        fingerprint: attempts[0]?.fingerprint ?? '',
        fixes: NO_FIXES,
        settled: false,
      },
      attempts,
    ).length;
  expect([missing(INK), missing(OTHER_CHOICES)]).toEqual([0, 2]);
});

it('a fixed text of a choice question has its choices beside it, and decisions are about both', () => {
  const fixes = curationOf([fix(INK.question, 'What takes up ink?', 'ink')]);
  const names = [INK, OTHER_CHOICES].map((question) => textName(question, fixes));
  expect(new Set(names).size).toBe(2);
  const gold: Decision = {
    type: 'fix-gold',
    author: ana,
    questionId: 'ink',
    asked: textName(INK, NO_FIXES),
    was: 'b',
    answer: 'c',
  };
  const goldOf = (question: Question) =>
    foldCuration([recorded([gold])], () => question).gold.get('ink');
  expect([goldOf(INK), goldOf(OTHER_CHOICES)]).toEqual(['c', undefined]);
});
