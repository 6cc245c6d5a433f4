import type { Question } from '../../src/core/dataset/question.ts';

/** A question with what a student and a teacher wrote to it. */
export interface Asked {
  readonly question: Question;
  readonly texts: readonly string[];
  readonly rationales: readonly string[];
}

const asked = (
  id: string,
  question: string,
  answer: string,
  texts: readonly string[],
  rationales: readonly string[],
): Asked => ({ question: { id, question, answer }, texts, rationales });

const BAKERY = asked(
  'bakery-0417',
  'A bakery bakes 6 trays of 12 rolls each morning. By noon it has sold 45 rolls, and in the afternoon a school takes half of what is left, rounded down. Each roll costs 40 cents. How many rolls are left in the evening?',
  '14',
  [
    ' There are 6 * 12 = 72 rolls.\nBy noon 72 - 45 = 37 rolls are left.\nThe school takes 37 / 2 = 18 rolls.\nSo 37 - 18 = 19 rolls are left.\nAnswer: 19',
    ' There are 6 * 12 = 72 rolls.\nBy noon 72 - 45 = 37 rolls are left.\nThe school takes 37 / 2 = 18 rolls.\nSo 37 - 18 = 19 rolls are left.\nAnswer: 19',
    ' It bakes 6 + 12 = 18 trays.\nThey cost 18 * 40 = 720 cents.\nAnswer: 720',
    ' 6 * 12 = 72.\n72 - 45 = 27.\n27 - 13 = 14.\nAnswer: 14',
  ],
  [
    'The bakery bakes 6 * 12 = 72 rolls.\nBy noon 72 - 45 = 27 rolls are left.\nHalf of 27, rounded down, is 13.\nIn the evening 27 - 13 = 14 rolls are left.\nAnswer: 14',
    'In 6 trays of 12 lie 72 rolls.\nWithout the 45 that were sold there are 27.\nThe school takes 13 of them, so 27 - 13 = 14 remain.\nAnswer: 14',
    'There are 6 * 12 = 72 rolls.\nBy noon 72 - 45 = 37 rolls are left.\nThe school takes 18.\nSo 37 - 18 = 19 remain.\nAnswer: 19',
  ],
);

const TICKETS = asked(
  'tickets-0533',
  'Mia sells tickets for 7 euros each. On Friday she sells 24 of them and on Saturday twice as many. How much money does she take on both days together?',
  '504',
  [
    ' On Saturday she sells 24 * 2 = 48.\nTogether 24 + 48 = 72 tickets.\n72 * 7 = 494 euros.\nAnswer: 494',
    ' 24 * 7 = 168.\nAnswer: 168',
    ' On Saturday she sells 48 tickets.\n48 * 7 = 336.\nAnswer: 336',
    ' I do not know.',
  ],
  [
    'On Saturday Mia sells 2 * 24 = 48 tickets.\nOn both days she sells 24 + 48 = 72 tickets.\nShe takes 72 * 7 = 504 euros.\nAnswer: 504',
  ],
);

const LAKE = asked(
  'lake-0601',
  'A boat crosses a lake of 18 kilometres in 3 hours. How long does it take for 30 kilometres at the same speed?',
  '5',
  [
    ' 18 / 3 = 6.\n30 - 6 = 24.\nAnswer: 24',
    ' It needs 30 / 3 = 10 hours.\nAnswer: 10',
    ' 18 + 30 = 48.\nAnswer: 48',
    ' 30 / 6 = 5.\nAnswer: 5',
  ],
  [],
);

const MARKET = asked(
  'market-0688',
  'Omar buys 3 bags of oranges. Each bag holds 8 oranges and costs 4 euros. He gives 5 oranges to his sister. How many oranges does he keep?',
  '19',
  [
    ' 3 * 8 = 24.\n24 - 5 = 18.\nAnswer: 18',
    ' 3 * 8 = 24.\n24 - 5 = 18.\nAnswer: 18',
    ' 3 * 8 = 24.\n24 - 5 = 18.\nAnswer: 18',
    ' 3 * 8 = 24.\n24 - 5 = 18.\nAnswer: 18',
  ],
  [
    'Omar buys 3 * 8 = 24 oranges.\nHe keeps 24 - 5 = 19 of them.\nAnswer: 19',
    'There are 3 * 8 = 24 oranges.\nHe keeps 24 - 5 = 19 oranges.\nAnswer: 19',
  ],
);

/** Text that would do harm, hide or mislead if it were anything but text. */
export const HOSTILE = asked(
  'hostile-0702',
  '<img src=x onerror="window.harm=1"><script>window.harm=1</script> Ana has 3\u202e nep\u202c pens and \u200bbuys 4\u0007 more. How many <b>pens</b>?',
  '7',
  [
    ' <svg onload="window.harm=1">3 + 4 = 8.\nAnswer: 8',
    ' javascript:window.harm=1 [click](command:tailor.train)\nAnswer: 9',
  ],
  ['Ana has 3 + 4 = 7 pens. <a href="https://evil.invalid/x">here</a>\nAnswer: 7'],
);

const ofKind = ({ question, ...rest }: Asked, kind: Pick<Question, 'kind' | 'choices'>): Asked => ({
  ...rest,
  question: { ...question, ...kind },
});

/** Questions with choices, with yes and no, and with a text for an answer. */
export const CHOICE_QUESTIONS: readonly Asked[] = [
  ofKind(
    asked(
      'ink-0715',
      'Nadia has written a letter with a fountain pen and the ink is still wet. What takes up the ink without smearing it?',
      'b',
      [
        ' A pen holds ink.\nSo it is the pen.\nAnswer: (c)',
        ' A pen holds ink.\nSo it is the pen.\nAnswer: (c)',
        ' Paper takes up wet ink.\nAnswer: (b)',
        ' It is in the drawer.\nAnswer: (e)',
      ],
      [
        'Wet ink smears when it is touched.\nBlotting paper is made to take up wet ink.\nAnswer: (b)',
        'A pen brings ink and takes none up.\nAnswer: (c)',
      ],
    ),
    {
      kind: 'choice',
      choices: [
        'a second sheet of writing paper that is laid on top and rubbed',
        'blotting paper',
        'the pen',
        'both (a) and (c)',
        'a \u202edrawer',
      ],
    },
  ),
  ofKind(
    asked(
      'whale-0716',
      'Is a whale a fish?',
      'no',
      [' It lives in the sea.\nAnswer: yes', ' It breathes air.\nAnswer: no'],
      ['A whale breathes air and feeds its young with milk.\nAnswer: no'],
    ),
    { kind: 'yes-no' },
  ),
  ofKind(
    asked(
      'tower-0717',
      'In which city does the Eiffel Tower stand?',
      'Paris',
      [' It stands in France.\nAnswer: Lyon', ' Answer: Paris'],
      ['The tower stands beside the Seine, in Paris.\nAnswer: Paris'],
    ),
    { kind: 'exact' },
  ),
];

/** What is reviewed in the pictures and the tests of the view, and any number of plain ones behind it. */
export function askedQuestions(count: number): readonly Asked[] {
  const plain = Array.from({ length: Math.max(0, count - 5) }, (_, index) => {
    const [a, b] = [2 + (index % 9), 3 + (index % 14)];
    const things = ['cards', 'shells', 'apples', 'stamps', 'pens'][index % 5] ?? 'cards';
    const wrong = ` There are ${a} + ${b} = ${a + b} ${things}.\nAnswer: ${a + b + 1}`;
    return asked(
      `q-${String(1000 + index)}`,
      `Hana has ${a} boxes with ${b} ${things} in each. How many ${things} does Hana have in all?`,
      String(a * b),
      [
        wrong,
        wrong,
        ` ${a} * ${b} = ${a * b}.\nAnswer: ${a * b}`,
        ` ${b} - ${a} = ${b - a}.\nAnswer: ${b - a}`,
      ],
      index % 11 === 3 ? [] : [`Hana has ${a} * ${b} = ${a * b} ${things}.\nAnswer: ${a * b}`],
    );
  });
  return [BAKERY, TICKETS, LAKE, MARKET, HOSTILE, ...plain].slice(0, count);
}
