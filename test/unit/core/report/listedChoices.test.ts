import { expect, it } from 'vitest';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { listed } from '../../../../src/core/report/lists.ts';
import type { Picture, PictureRound } from '../../../../src/core/report/picture.ts';
import { openRound } from '../../../../src/core/round/state.ts';

const QUESTIONS: readonly Question[] = [
  {
    id: 'ink',
    question: 'What takes up ink?',
    answer: 'B',
    kind: 'choice',
    choices: ['a pen', 'a blotter'],
  },
  { id: 'sum', question: 'How many?', answer: '7' },
];

/** A round in which each question was answered as given. */
function examined(answers: ReadonlyMap<string, string | null>): PictureRound {
  const one = { right: 0, samples: 1, noAnswer: 0, truncated: 0, votedRight: false };
  const questions = new Map([...answers].map(([id, answer]) => [id, { ...one, answer }]));
  const exam = {
    set: 'train',
    role: 'train',
    tally: { questions, outdated: new Set<string>(), samples: 1 },
    accuracy: { right: 0, n: 2, rate: 0, low: 0, high: 1 },
    form: undefined,
    parity: undefined,
  } as const;
  return {
    round: 0,
    state: openRound(0, { path: 'models/base', digest: 'base' }),
    exams: new Map([['train', exam]]),
    manifest: null,
    frozen: null,
    taught: { spent: new Map(), items: [] },
    served: null,
    decisions: { person: 0, rule: 0, byType: {}, entries: 0 },
    tokens: {},
    peakMemoryMB: null,
    runs: [],
  };
}

it('a list of the dashboard and of reports names choices by letter and text, and numbers as they are', () => {
  const picture: Picture = {
    project: 'p',
    labels: [],
    sets: [
      {
        name: 'train',
        role: 'train',
        questions: QUESTIONS,
        byId: new Map(QUESTIONS.map((one) => [one.id, one])),
      },
    ],
    rounds: [
      examined(
        new Map([
          ['ink', 'a'],
          ['sum', '8'],
        ]),
      ),
    ],
    curation: foldCuration([]),
    looks: null,
    overlaps: null,
    prices: new Map(),
    notes: [],
  };
  const list = { set: 'train', ids: ['ink', 'sum', 'gone'], rounds: null };
  const { questions } = listed(picture, list, { from: 0, count: 10 });
  expect(questions.map(({ id, gold, answers }) => [id, gold, answers[0]?.answer])).toEqual([
    ['ink', '(b) a blotter', '(a) a pen'],
    ['sum', '7', '8'],
    ['gone', '', undefined],
  ]);
});
