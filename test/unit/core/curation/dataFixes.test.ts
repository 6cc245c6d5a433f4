import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordedDecision } from '../../../../src/core/curation/activeDecisions.ts';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import { dataFixesOf, rowEdit, unapplied } from '../../../../src/core/curation/dataFixes.ts';
import type { Decision } from '../../../../src/core/curation/decision.ts';
import { nameOfWording, questionNow } from '../../../../src/core/curation/questionText.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';

const author = { kind: 'person', name: 'ada' } as const;
const row = (question: string, answer: string): Question => ({ id: 'q', question, answer });

/** Decisions as one writer records them, one after the other. */
function recorded(decisions: readonly Decision[], from = 0): RecordedDecision[] {
  return decisions.map((decision, at) => ({
    ...decision,
    writer: 'w',
    seq: from + at,
    at: `2026-01-01T00:00:${String(from + at).padStart(2, '0')}Z`,
  }));
}

const fixText = (was: string, text: string): Decision => ({
  type: 'fix-question',
  author,
  questionId: 'q',
  was,
  text,
  reason: 'r',
});
const fixGold = (asked: string | undefined, was: string, answer: string): Decision => ({
  type: 'fix-gold',
  author,
  questionId: 'q',
  was,
  answer,
  ...(asked === undefined ? {} : { asked: nameOfWording({ question: asked }) }),
});
const fixesOf = (decisions: readonly Decision[]) =>
  dataFixesOf([recorded(decisions)]).get('q') ?? [];

/** What the row says once the corrections are written into it. */
function written(at: Question, decisions: readonly Decision[]): Question {
  const { edit } = rowEdit(at, fixesOf(decisions));
  return { ...at, question: edit.question ?? at.question, answer: edit.answer ?? at.answer };
}

describe('corrections and the data file', () => {
  it('come to the newest wording and gold, and to nothing once they are written', () => {
    const fixes = [
      fixText('A', 'B'),
      fixGold('B', '1', '2'),
      fixText('B', 'C'),
      fixGold('C', '2', '3'),
    ];
    expect(rowEdit(row('A', '1'), fixesOf(fixes))).toEqual({
      edit: { question: 'C', answer: '3' },
      differs: null,
    });
    expect(rowEdit(row('C', '3'), fixesOf(fixes))).toEqual({
      edit: { question: null, answer: null },
      differs: null,
    });
    // Written after the second correction, and corrected twice more since.
    expect(rowEdit(row('B', '2'), fixesOf(fixes)).edit).toEqual({ question: 'C', answer: '3' });
  });

  it('leave a row that says something else, and say what they were made for', () => {
    const fixes = fixesOf([fixText('A', 'B'), fixGold('B', '1', '2')]);
    expect(rowEdit(row('Z', '1'), fixes)).toEqual({
      edit: { question: null, answer: null },
      differs: { field: 'question', was: 'A' },
    });
    expect(rowEdit(row('A', '9'), fixes)).toEqual({
      edit: { question: 'B', answer: null },
      differs: { field: 'answer', was: '1' },
    });
    expect(rowEdit(row('Z', '1'), fixesOf([fixGold('A', '1', '2')])).differs).toMatchObject({
      field: 'question',
    });
  });

  it('that were taken back count for nothing', () => {
    const [fix] = recorded([fixGold('A', '1', '2')]);
    const undo = recorded([{ type: 'undo', author, ofWriter: 'w', ofSeq: 0 }], 1);
    expect(dataFixesOf([[fix!, ...undo]]).size).toBe(0);
  });

  it('are the same overlay before and after they are written, in every round', () => {
    const texts = fc.constantFrom('A', 'B', 'C');
    const answers = fc.constantFrom('1', '2', '3');
    /** What a person does next: most see the question as it is, some decided on an older file. */
    const act = fc.record({
      gold: fc.boolean(),
      text: texts,
      answer: answers,
      stale: fc.nat(9),
    });
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 8 }),
        fc.nat(8),
        fc.nat(8),
        texts,
        answers,
        (acts, writeAt, split, text, answer) => {
          const start = row(text, answer);
          let file = start;
          const decisions: Decision[] = [];
          acts.forEach((one, at) => {
            if (at === writeAt) file = written(file, decisions);
            const now = questionNow(
              start,
              foldCuration([recorded(decisions)], () => start),
            );
            if (one.gold) {
              const asked = one.stale === 0 ? 'Z' : now.question;
              if (one.answer !== now.answer) decisions.push(fixGold(asked, now.answer, one.answer));
            } else if (one.text !== now.question) {
              decisions.push(one.stale === 0 ? fixText('Z', 'Y') : fixText(now.question, one.text));
            }
          });
          if (writeAt >= acts.length) file = written(file, decisions);
          const events = recorded(decisions);
          const rounds = [events.slice(0, split), events.slice(split)];
          const seen = unapplied(file, dataFixesOf(rounds).get('q') ?? []);
          for (const upTo of [1, 2]) {
            const before = foldCuration(rounds.slice(0, upTo), () => start);
            const after = foldCuration(rounds.slice(0, upTo), () => seen);
            expect(after).toEqual(before);
            expect(questionNow(seen, after)).toEqual(questionNow(start, before));
          }
          // What is written is what counts.
          const all = foldCuration(rounds, () => start);
          const end = written(file, decisions);
          expect(end.question).toBe(questionNow(start, all).question);
          expect(written(end, decisions)).toEqual(end);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('take nothing from a question that nobody corrected', () => {
    const question = row('A', '1');
    expect(unapplied(question, fixesOf([fixText('X', 'Y'), fixGold('X', '5', '1')]))).toBe(
      question,
    );
  });
});
