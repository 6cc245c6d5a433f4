import { expect, it } from 'vitest';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import type { Question } from '../../../../src/core/dataset/question.ts';
import { dashboardState } from '../../../../src/core/report/dashboard.ts';
import type { Picture } from '../../../../src/core/report/picture.ts';

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

const picture: Picture = {
  project: 'p',
  labels: [],
  sets: [
    {
      name: 'dev',
      role: 'dev',
      questions: QUESTIONS,
      byId: new Map(QUESTIONS.map((one) => [one.id, one])),
    },
  ],
  rounds: [],
  curation: foldCuration([]),
  looks: null,
  overlaps: null,
  prices: new Map(),
  notes: [],
};

it('shows a probe that is a choice with its choices, and its answers by letter and text', () => {
  const said = { text: 't', correct: false };
  const probes = [
    { ...said, questionId: 'ink', epoch: 0, answer: 'a' },
    { ...said, questionId: 'ink', epoch: 1, answer: null },
    { ...said, questionId: 'sum', epoch: 0, answer: '8' },
    { ...said, questionId: 'gone', epoch: 0, answer: 'a' },
  ];
  const beside = { rev: 1, compared: null, training: null, probes };
  const shown = dashboardState(picture, beside, String).probes;
  expect(
    shown.map(({ questionId, gold, choices, samples }) => [
      questionId,
      gold,
      choices,
      samples.map(({ answer }) => answer),
    ]),
  ).toEqual([
    [
      'ink',
      '(b) a blotter',
      [
        { letter: 'a', text: 'a pen', gold: false },
        { letter: 'b', text: 'a blotter', gold: true },
      ],
      ['(a) a pen', null],
    ],
    ['sum', '7', [], ['8']],
    ['gone', '', [], ['a']],
  ]);
});
