import type { ExamView } from '../../shared/dashboardContract.ts';
import { differencesOf } from '../exam/examForm.ts';
import { describeParity } from '../exam/describeParity.ts';
import { accuracySteps } from '../round/compare.ts';
import { rateOf, type Rate } from '../round/statistics.ts';
import type { Text } from '../sentence.ts';
import type { PictureExam } from './picture.ts';
import { isRight, type ExamTally, type QuestionTally } from './tally.ts';

export type ExamGroup = 'right' | 'wrong' | 'no-answer' | 'truncated' | 'outdated';

/** The accuracy of an exam with its interval: Wilson's, or over questions where they have several samples. */
export function examAccuracy({ questions, samples }: ExamTally): Generator<void, Rate, void> {
  const shares = [...questions.values()].map((one) => one.right / one.samples);
  return accuracySteps(shares, { single: samples <= 1, seed: 'accuracy' });
}

/** The questions behind a number of an exam. */
export function examGroup({ questions, outdated }: ExamTally, group: ExamGroup): string[] {
  if (group === 'outdated') return [...outdated];
  const belongs = TESTS[group];
  return [...questions].flatMap(([id, tally]) => (belongs(tally) ? [id] : []));
}

const TESTS: Readonly<Record<Exclude<ExamGroup, 'outdated'>, (tally: QuestionTally) => boolean>> = {
  right: isRight,
  wrong: (tally) => !isRight(tally),
  'no-answer': ({ noAnswer }) => noAnswer > 0,
  truncated: ({ truncated }) => truncated > 0,
};

/** An exam as it is shown, beside the one of the same set in the round before. */
export function examView(
  exam: PictureExam,
  before: PictureExam | undefined,
  say: (text: Text) => string,
): ExamView {
  const { set, role, accuracy, tally, parity } = exam;
  const count = (group: ExamGroup): number => examGroup(tally, group).length;
  return {
    set,
    role,
    accuracy,
    samples: tally.samples,
    several: severalView(tally),
    right: count('right'),
    wrong: count('wrong'),
    noAnswer: count('no-answer'),
    truncated: count('truncated'),
    outdated: count('outdated'),
    differs: before ? differencesOf(before.form, exam.form) : [],
    check: parity ? { verdict: parity.verdict, text: say(describeParity(parity)) } : null,
  };
}

/** Of the questions that have all their samples; null where one sample is all that was asked for. */
function severalView({ questions, samples }: ExamTally): ExamView['several'] {
  if (samples <= 1) return null;
  const whole = [...questions.values()].filter((one) => one.samples === samples);
  const share = (test: (tally: QuestionTally) => boolean): Rate =>
    rateOf(whole.filter(test).length, whole.length);
  return {
    any: share(({ right }) => right > 0),
    all: share(({ right }) => right === samples),
    voted: share(({ votedRight }) => votedRight),
  };
}
