import type { Attempt } from '../exam/attempt.ts';
import { sentence, type Sentence } from '../sentence.ts';
import type { RoundState } from './state.ts';

/** Questions whose answers came to a prompt in which the server read special marks. */
export function countMarked(attempts: readonly Attempt[], asked: ReadonlySet<string>): number {
  const marked = attempts.filter(({ marksRead, questionId }) => marksRead && asked.has(questionId));
  return new Set(marked.map(({ questionId }) => questionId)).size;
}

/** A line for each exam of a round that has such questions. */
export function markLines(round: number, { exams }: Pick<RoundState, 'exams'>): Sentence[] {
  return Object.entries(exams).flatMap(([set, { marks = 0 }]) => {
    if (marks === 0) return [];
    return marks === 1
      ? [
          sentence`round ${round} (${set}): the server read special marks inside 1 question as such: its answers are to another prompt than the student is trained on`,
        ]
      : [
          sentence`round ${round} (${set}): the server read special marks inside ${marks} questions as such: their answers are to other prompts than the student is trained on`,
        ];
  });
}

/** What a person should know of them before training on a set; nothing where there are none. */
export function markWarnings({ exams }: Pick<RoundState, 'exams'>): Sentence[] {
  const marks = exams['train']?.marks ?? 0;
  if (marks === 0) return [];
  return marks === 1
    ? [
        sentence`The server read special marks inside 1 question as such: its answers are to another prompt than the student is trained on.`,
      ]
    : [
        sentence`The server read special marks inside ${marks} questions as such: their answers are to other prompts than the student is trained on.`,
      ];
}
