import type { AnswerKind, Question } from '../dataset/question.ts';

/** A question that hardly anybody misses, and how its answer is asked for where no template says so. */
export interface EasyQuestion extends Pick<Question, 'question' | 'answer' | 'kind' | 'choices'> {
  readonly ask: string;
}

/** What the test of a teacher or of a server asks, one of each kind. */
export const EASY_QUESTIONS: Readonly<Record<AnswerKind, EasyQuestion>> = {
  number: {
    question: 'What is 17 + 25?',
    answer: '42',
    ask: 'Answer with the number only.',
  },
  choice: {
    kind: 'choice',
    question: 'Which of these is a colour?',
    choices: ['stone', 'red', 'seven'],
    answer: 'b',
    ask: 'Answer with the letter of the choice in brackets only.',
  },
  'yes-no': {
    kind: 'yes-no',
    question: 'Is seven more than five?',
    answer: 'yes',
    ask: 'Answer with yes or no only.',
  },
  exact: {
    kind: 'exact',
    question: 'What is the capital of France?',
    answer: 'Paris',
    ask: 'Answer with its name only.',
  },
  regex: {
    kind: 'regex',
    question: 'In which year did the year 1999 end? Write it with four digits.',
    answer: '1999',
    ask: 'Answer with the year only.',
  },
};

/** The kinds of some questions, the most frequent first; numbers where there are none. */
export function kindsOf(questions: readonly Pick<Question, 'kind'>[]): readonly AnswerKind[] {
  const counts = new Map<AnswerKind, number>();
  for (const { kind = 'number' } of questions) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const kinds = [...counts].sort(([, one], [, other]) => other - one).map(([kind]) => kind);
  return kinds.length > 0 ? kinds : ['number'];
}
