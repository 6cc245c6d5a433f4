import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldCuration, keyOfAttempt } from '../../../../src/core/curation/curation.ts';
import type { RecordedDecision } from '../../../../src/core/curation/activeDecisions.ts';
import type { Attempt } from '../../../../src/core/exam/attempt.ts';
import { gradeNumeric } from '../../../../src/core/grading/grade.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import { freezeRound } from '../../../../src/core/round/freeze.ts';
import { gradeStored } from '../../../../src/core/round/grading.ts';
import type { TeachingItem } from '../../../../src/core/teaching/records.ts';
import { sums } from '../../../fakes/loopFakes.ts';

const questions = sums('q', 12, 20);
const limits = { selfPositives: 2, maxPositives: 10, maxNegatives: 4, useDatasetRationales: true };

/** Texts around the edges of "wrong": right in other spellings, gold hidden, truncated, empty, plainly wrong. */
function textFor(gold: number): fc.Arbitrary<string> {
  const other = fc.integer({ min: -5, max: 200 });
  return fc.oneof(
    other.map((n) => ` x = ${n}.\nAnswer: ${n}`),
    // Samples that agree on one other answer put the gold in doubt.
    fc.constantFrom(' 7 of them.\nAnswer: 777', ' so many.\nAnswer: 777'),
    other.map((n) => ` It is ${gold}, no, ${n}.\nAnswer: ${n}`),
    fc.constantFrom(
      `\nAnswer: ${gold}.0`,
      `\nAnswer: $${gold}`,
      ` so ${gold}`,
      '',
      '   ',
      ' twelve',
      `\nAnswer: ${gold}%`,
      ` 3 + 4 = 8.\nAnswer:`,
    ),
    fc.string(),
  );
}

const attemptsFor = fc.tuple(
  ...questions.map((question) =>
    fc.array(
      fc.record({
        text: textFor(Number(question.answer)),
        finish: fc.constantFrom('eos', 'stop', 'length', 'loop'),
      }),
      { maxLength: 5 },
    ),
  ),
);

const decisionKinds = fc.array(
  fc.record({
    kind: fc.constantFrom('attempt-right', 'attempt-wrong', 'pair-drop', 'gold-confirmed'),
    question: fc.nat({ max: questions.length - 1 }),
    sample: fc.nat({ max: 4 }),
    by: fc.constantFrom('person', 'rule'),
  }),
  { maxLength: 6 },
);

function item(questionId: string, n: number, rationale: string): TeachingItem {
  return {
    type: 'item',
    key: sha256Text(`${questionId}${n}`),
    questionId,
    purpose: 'annotate',
    draw: n,
    itemId: `${questionId}-${n}`,
    rationale,
    answer: null,
    firstErrorStep: null,
    errorKind: null,
    why: null,
    about: null,
    flags: [],
    accepted: true,
    reasons: [],
  };
}

describe('freezeRound', () => {
  it('holds: no frozen negative is lenient-right, altered by a byte, or of a question whose gold is in doubt', () => {
    fc.assert(
      fc.property(attemptsFor, decisionKinds, (texts, wishes) => {
        const attempts: Attempt[] = questions.flatMap((question, q) =>
          (texts[q] ?? []).map(({ text, finish }, sample) => ({
            type: 'attempt' as const,
            set: 'train',
            questionId: question.id,
            sample,
            fingerprint: 'a'.repeat(64),
            text,
            ids: [],
            finish,
            minMargin: null,
          })),
        );
        const events = wishes.flatMap(({ kind, question, sample, by }, seq): RecordedDecision[] => {
          const { id, answer } = questions[question]!;
          const stamp = { writer: 'w', seq, at: '', author: { kind: by, name: 'x' } } as const;
          if (kind === 'gold-confirmed') return [{ ...stamp, type: kind, questionId: id, answer }];
          const attempt = attempts.find((a) => a.questionId === id && a.sample === sample);
          if (!attempt) return [];
          const textHash = sha256Text(attempt.text);
          const { fingerprint } = attempt;
          return [
            { ...stamp, type: kind, questionId: id, sample, fingerprint, textHash },
          ] as RecordedDecision[];
        });
        const curation = foldCuration([events]);
        const graded = gradeStored(questions, attempts, curation);
        const items = questions.flatMap(({ id, answer, equation }) => [
          item(id, 0, `${equation} = ${answer}.\nAnswer: ${answer}`),
          item(id, 1, `We add: ${equation} = ${answer}.\nAnswer: ${answer}`),
        ]);
        const accept: RecordedDecision = {
          type: 'accept',
          author: { kind: 'rule', name: 'gate' },
          items: items.map(({ itemId, questionId }) => ({ itemId, questionId })),
          writer: 'r',
          seq: 0,
          at: '',
        };
        const { rows, coverage } = freezeRound({
          questions,
          head: '',
          rounds: [{ round: 0, items, attempts: graded }],
          curation: foldCuration([[...events, accept]]),
          checkFor: () => () => true,
          limits,
        });
        expect(rows).toHaveLength(questions.length);
        for (const row of rows) {
          const gold = questions.find(({ id }) => id === row.id)!.answer;
          const texts = new Set(
            row.positives.map(({ completion }) => completion.replace(/\s+/gu, ' ').trim()),
          );
          expect(texts.size).toBe(row.positives.length);
          for (const negative of row.negatives) {
            const attempt = attempts.find(
              (a) => a.questionId === row.id && a.sample === negative.sample,
            )!;
            expect(negative.text).toBe(attempt.text);
            const grade = gradeNumeric(negative.text, gold);
            expect(grade.lenient).not.toBe('right');
            expect(grade.verdict).toBe('wrong');
            const key = keyOfAttempt(attempt);
            expect(curation.attempts.get(key)).not.toBe('right');
            expect(curation.pairs.get(key)).not.toBe('drop');
            const doubts = graded.find((g) => g.attempt === attempt)!.suspicions;
            if (curation.attempts.get(key) !== 'wrong') {
              const ofQuestion = graded.filter((g) => g.attempt.questionId === row.id);
              if (ofQuestion.some((g) => g.suspicions.includes('suspect-gold'))) {
                expect(curation.goldConfirmed.has(row.id)).toBe(true);
              }
              const allowed = curation.goldConfirmed.has(row.id)
                ? ['suspect-gold', 'gold-in-doubt']
                : [];
              expect(doubts.filter((doubt) => !allowed.includes(doubt))).toEqual([]);
            }
          }
        }
        const pairs = rows.filter((r) => r.positives.length > 1 && r.negatives.length > 0);
        expect(coverage.withPair).toBe(pairs.length);
      }),
      { numRuns: 60 },
    );
  });

  it('drops a question’s older wrong texts once it is right every time', () => {
    const question = questions[0]!;
    const attempt = (text: string): Attempt => ({
      type: 'attempt',
      set: 'train',
      questionId: question.id,
      sample: 0,
      fingerprint: 'a'.repeat(64),
      text,
      ids: [],
      finish: 'eos',
      minMargin: null,
    });
    const none = foldCuration([]);
    const wrong = gradeStored([question], [attempt(' 1.\nAnswer: 1')], none);
    const right = gradeStored([question], [attempt(` so.\nAnswer: ${question.answer}`)], none);
    const negativesAfter = (rounds: (typeof wrong)[]) =>
      freezeRound({
        questions: [
          { ...question, rationale: `${question.equation} = x.\nAnswer: ${question.answer}` },
        ],
        head: '',
        rounds: rounds.map((attempts, round) => ({ round, items: [], attempts })),
        curation: none,
        checkFor: () => () => true,
        limits,
      }).rows[0]?.negatives;
    expect(negativesAfter([wrong])).toHaveLength(1);
    expect(negativesAfter([wrong, right])).toHaveLength(0);
    expect(negativesAfter([right, wrong])).toHaveLength(1);
  });

  it('takes no negative of a question whose gold an earlier exam put in doubt, until it is confirmed', () => {
    const question = questions[0]!;
    const samples = (texts: readonly string[]) =>
      gradeStored(
        [question],
        texts.map((text, sample): Attempt => ({
          type: 'attempt',
          set: 'train',
          questionId: question.id,
          sample,
          fingerprint: 'a'.repeat(64),
          text,
          ids: [],
          finish: 'eos',
          minMargin: null,
        })),
        foldCuration([]),
      );
    const doubted = samples([' a.\nAnswer: 777', ' b.\nAnswer: 777', ' c.\nAnswer: 777']);
    const mixed = samples([' a.\nAnswer: 777', ' b.\nAnswer: 778', ' c.\nAnswer: 779']);
    const confirmed: RecordedDecision = {
      type: 'gold-confirmed',
      author: { kind: 'person', name: 'ana' },
      questionId: question.id,
      answer: question.answer,
      writer: 'w',
      seq: 0,
      at: '',
    };
    const negatives = (events: RecordedDecision[]) =>
      freezeRound({
        questions: [
          { ...question, rationale: `${question.equation} = x.\nAnswer: ${question.answer}` },
        ],
        head: '',
        rounds: [doubted, mixed].map((attempts, round) => ({ round, items: [], attempts })),
        curation: foldCuration([events]),
        checkFor: () => () => true,
        limits,
      }).rows[0]?.negatives;
    expect(negatives([])).toHaveLength(0);
    expect(negatives([confirmed])).toHaveLength(3);
  });
});
