import type { AskedAgainView } from '../../shared/reviewAgain.ts';
import { isGreedy, type RecordedAgain } from '../exam/again.ts';
import { differencesOf, type ExamForm } from '../exam/examForm.ts';
import { gradeAttempt } from '../grading/gradeAnswer.ts';
import type { Curation } from './curation.ts';
import { isAbout, questionNow } from './questionText.ts';
import { attemptsNow, type ReviewItem } from './reviewItem.ts';

/** What is known of the askings of a question, and of the exam that they stand beside. */
export interface AskedAgainBeside {
  /** Of this question, in the order in which they came. */
  readonly answers: readonly RecordedAgain[];
  /** Digest of the student that sat the exam, and how it was held; null where its record does not say. */
  readonly exam: { readonly digest: string; readonly form: ExamForm | null } | null;
}

export const NOT_ASKED_AGAIN: AskedAgainBeside = { answers: [], exam: null };

const ORDER = { wrong: 0, 'no-answer': 1, right: 2 } as const;

/** The askings of a question, newest first, graded by the gold that counts now, as the exam's attempts are. */
export function askedAgainViews(
  item: ReviewItem,
  curation: Curation,
  { answers, exam }: AskedAgainBeside,
): AskedAgainView[] {
  if (answers.length === 0) return [];
  const question = questionNow(item.question, curation);
  const recorded = new Set(attemptsNow(item, curation).map(({ attempt }) => attempt.text));
  const drawn = new Set(attemptsNow(item, curation).map(({ attempt }) => attempt.sample));
  const askings = new Map<string, RecordedAgain[]>();
  for (const answer of answers) {
    const known = askings.get(answer.asking);
    if (!known) askings.set(answer.asking, [answer]);
    else if (!known.some(({ sample }) => sample === answer.sample)) known.push(answer);
  }
  return [...askings.values()].reverse().flatMap((own): AskedAgainView[] => {
    const [first] = own;
    if (!first) return [];
    const byText = new Map<string, AskedAgainView['answers'][number]>();
    let right = 0;
    for (const { text, finish, sample } of [...own].sort((a, b) => a.sample - b.sample)) {
      const { verdict, value: answer } = gradeAttempt({ text, finish }, question);
      if (verdict === 'right') right += 1;
      const same = byText.get(text);
      byText.set(
        text,
        same
          ? { ...same, times: same.times + 1 }
          : { sample, times: 1, text, answer, verdict, recorded: recorded.has(text) },
      );
    }
    const greedy = isGreedy(first);
    // That it was asked greedily is said by itself.
    const held = exam?.form && greedy ? { sampling: exam.form.sampling } : {};
    return [
      {
        id: first.asking,
        at: first.at,
        student: {
          same: first.student.digest === exam?.digest,
          trained: first.student.trained,
        },
        draws: greedy ? 'greedy' : drawn.has(first.sample) ? 'same' : 'fresh',
        older: !isAbout(first.asked, item.question, curation),
        differs: differencesOf(exam?.form ?? undefined, { ...first.form, ...held }),
        samples: first.samples,
        right,
        answers: [...byText.values()].sort(
          (a, b) => ORDER[a.verdict] - ORDER[b.verdict] || b.times - a.times || a.sample - b.sample,
        ),
      },
    ];
  });
}
