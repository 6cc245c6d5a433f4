import { describe, expect, it } from 'vitest';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import { textName } from '../../../../src/core/curation/questionText.ts';
import { askedAgainViews } from '../../../../src/core/curation/recordAgain.ts';
import { reviewItems } from '../../../../src/core/curation/reviewItem.ts';
import { recordOf } from '../../../../src/core/curation/reviewRecord.ts';
import type { RecordedAgain } from '../../../../src/core/exam/again.ts';
import { gradeStored } from '../../../../src/core/round/grading.ts';
import { anAnswerAgain } from '../../../fakes/answerAgain.ts';
import { anAttempt, LIMITS } from '../../../fakes/reviewMaterial.ts';

const QUESTION = { id: 'q-1', question: 'How many is 1 + 1?', answer: '2' };
const WRONG = ' 1 + 1 = 3\nAnswer: 3';
const RIGHT = ' 1 + 1 = 2\nAnswer: 2';
const none = foldCuration([]);
const [item] = reviewItems({
  round: 0,
  gate: LIMITS,
  useDatasetRationales: false,
  questions: [QUESTION],
  attempts: gradeStored([QUESTION], [anAttempt('q-1', 0, WRONG)], none),
  candidates: [],
  history: [],
  curation: none,
});
if (!item) throw new Error('no item');

const answer = (text: string, sample: number, over: Partial<RecordedAgain> = {}) =>
  anAnswerAgain('q-1', { over: { asking: 'a', samples: 4, text, sample, ...over } });

describe('what a student answered when it was asked again', () => {
  it('stands beside the exam and changes nothing of it', () => {
    const answers = [answer(RIGHT, 4), answer(RIGHT, 5), answer(WRONG, 6)];
    const exam = { digest: 'round-1', form: null };
    const plain = recordOf(item, { curation: none, decisions: [] });
    const beside = recordOf(item, { curation: none, decisions: [], again: { answers, exam } });
    expect({ ...beside, again: [] }).toEqual(plain);
    expect(beside.again).toEqual([
      {
        id: 'a',
        at: '2026-03-02T10:30:00.000Z',
        student: { same: true, trained: { round: 0, run: 'r0-abc' } },
        draws: 'fresh',
        older: false,
        differs: [],
        samples: 4,
        right: 2,
        answers: [
          { sample: 6, times: 1, text: WRONG, answer: '3', verdict: 'wrong', recorded: true },
          { sample: 4, times: 2, text: RIGHT, answer: '2', verdict: 'right', recorded: false },
        ],
      },
    ]);
  });

  it('names the draws of the exam, where it was asked with those', () => {
    const [view] = askedAgainViews(item, none, { answers: [answer(WRONG, 0)], exam: null });
    expect(view).toMatchObject({ draws: 'same', answers: [{ recorded: true }] });
  });

  it('is graded by the gold that counts now', () => {
    const author = { kind: 'person', name: 'ana' } as const;
    const fixed = foldCuration([
      [
        {
          type: 'fix-gold',
          author,
          questionId: 'q-1',
          was: '2',
          answer: '3',
          writer: 'a-1',
          seq: 0,
          at: '2026-01-01T00:00:00.000Z',
        },
      ],
    ]);
    const again = { answers: [answer(RIGHT, 4), answer(WRONG, 5)], exam: null };
    const [view] = askedAgainViews(item, fixed, again);
    expect(view).toMatchObject({ right: 1, student: { same: false } });
    expect(view?.answers.map(({ verdict }) => verdict)).toEqual(['wrong', 'right']);
  });

  it('names what it was asked in otherwise than the exam, and an older wording', () => {
    const { form } = answer(RIGHT, 4);
    const exam = { digest: 'base', form: { ...form, maxNewTokens: 8 } };
    const greedy = { ...form, sampling: { temperature: 0, topK: 1, topP: 1 } };
    const views = askedAgainViews(item, none, {
      exam,
      answers: [
        answer(RIGHT, 4, { asked: textName(QUESTION, none) }),
        answer(RIGHT, 0, { asking: 'b', form: greedy, asked: 'older' }),
      ],
    });
    // The newest stands first; that it was asked greedily is said by itself.
    expect(views).toMatchObject([
      { id: 'b', draws: 'greedy', older: true, differs: ['exam.maxNewTokens'] },
      { id: 'a', draws: 'fresh', older: false, differs: ['exam.maxNewTokens'] },
    ]);
  });
});
