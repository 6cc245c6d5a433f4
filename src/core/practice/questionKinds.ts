import type { Question } from '../dataset/question.ts';
import { letterAt } from '../dataset/choiceLetter.ts';
import type { SeededRandom } from './seededRandom.ts';
import type { Story } from './stories.ts';

/** The kinds of answers that practice questions come in. */
export const PRACTICE_KINDS = ['number', 'choice', 'yes-no'] as const;
export type PracticeKind = (typeof PRACTICE_KINDS)[number];

/** What a kind makes of a story: the question's text, its gold, and the equation that proves it. */
export type Asked = Pick<Question, 'question' | 'answer' | 'kind' | 'choices' | 'equation'>;

const CHOICES = 4;

/** Asks a story by a kind; a number takes nothing from `random`. */
export function askStory(story: Story, kind: PracticeKind, random: SeededRandom): Asked {
  switch (kind) {
    case 'number':
      return { question: story.question, answer: String(story.answer), equation: story.equation };
    case 'choice':
      return asChoice(story, random);
    case 'yes-no':
      return asYesNo(story, random);
  }
}

/** Four numbers to choose from: what the story comes to, and what one gets who goes wrong in it. */
function asChoice({ question, answer, equation, steps }: Story, random: SeededRandom): Asked {
  const last = steps.at(-1);
  const slips = [
    ...steps.map(({ result }) => result),
    ...(last
      ? [last.left + last.right, Math.abs(last.left - last.right), last.left * last.right]
      : []),
    ...steps.flatMap(({ left, right }) => [left, right]),
    ...[1, 2, 3, 10].flatMap((off) => [answer + off, answer - off]),
  ];
  const wrong = [...new Set(slips)].filter(
    (value) => value !== answer && value > 0 && value <= 10 * answer + 10,
  );
  const numbers: number[] = [];
  while (numbers.length < CHOICES - 1 && wrong.length > 0) {
    // The likelier slips stand in front.
    numbers.push(...wrong.splice(random.below(Math.min(4, wrong.length)), 1));
  }
  const place = random.below(numbers.length + 1);
  numbers.splice(place, 0, answer);
  return {
    question,
    answer: letterAt(place),
    kind: 'choice',
    choices: numbers.map(String),
    equation,
  };
}

/** Whether it comes to more, or to fewer, than a number near by. */
function asYesNo({ question, answer, equation }: Story, random: SeededRandom): Asked {
  const [more, isSo] = [random.below(2) === 0, random.below(2) === 0];
  const near = random.between(1, 3);
  // Of a number that is not passed it may fall short by nothing.
  const away = isSo ? near : near - 1;
  const bound = Math.max(0, more === isSo ? answer - away : answer + away);
  const sign = more ? '>' : '<';
  return {
    question: `${question} Is that ${more ? 'more' : 'fewer'} than ${String(bound)}?`,
    answer: (more ? answer > bound : answer < bound) ? 'yes' : 'no',
    kind: 'yes-no',
    equation: `${equation} ${sign} ${String(bound)}`,
  };
}
