const plain = (index: number): string => {
  const [a, b] = [2 + (index % 9), 3 + (index % 14)];
  const things = ['cards', 'shells', 'apples', 'stamps', 'pens'][index % 5] ?? 'cards';
  return JSON.stringify({
    id: `boxes-${1000 + index}`,
    question: `Hana has ${a} boxes with ${b} ${things} in each. How many ${things} does Hana have in all?`,
    answer: String(a * b),
  });
};

const BAKERY =
  '{"id": "bakery-0417", "question": "A bakery bakes 6 trays of 12 rolls each morning. By noon it has sold 45 rolls, and in the afternoon a school takes half of what is left, rounded down. How many rolls are left in the evening?", "answer": "14", "rationale": "The bakery bakes 6 * 12 = 72 rolls.\\nBy noon 72 - 45 = 27 rolls are left.\\nHalf of 27, rounded down, is 13.\\nIn the evening 27 - 13 = 14 rolls are left.", "difficulty": 3, "checked": true, "source": null, "tags": ["subtraction", "halves"]}';

const CHAT =
  '{"id":"chat-0533","messages":[{"role":"system","content":"You are a patient teacher of arithmetic."},{"role":"user","content":"Mia sells tickets for 7 euros each. On Friday she sells 24 of them and on Saturday twice as many. How much money does she take on both days together?"},{"role":"assistant","content":"On Saturday Mia sells 2 * 24 = 48 tickets.\\nOn both days she sells 24 + 48 = 72 tickets.\\nShe takes 72 * 7 = 504 euros."}],"weight":1.50}';

/** Text that would do harm, hide or mislead if it were anything but text. */
const HOSTILE = JSON.stringify({
  id: 'hostile-0702',
  question:
    '<img src=x onerror="window.harm=1"><script>window.harm=1</script> Ana has 3\u202e nep\u202c pens and \u200bbuys 4\u0007 more. How many <b>pens</b>?',
  answer: '7',
  '</label><script>window.harm=1</script>':
    'javascript:window.harm=1 [click](command:tailor.train)',
});

const ESSAY = JSON.stringify({
  id: 'essay-0811',
  question: 'Sum up the report.',
  answer: 'The winter was long. '.repeat(1500),
});

/** What a data file may hold, for the pictures and the tests of the view. */
export const LINES: readonly string[] = [
  BAKERY,
  CHAT,
  HOSTILE,
  ESSAY,
  '{"id": "market-0688", "question": "Omar buys 3 bags of oranges. Each bag holds 8 oranges and costs 4 euros. He gives 5 oranges to his sister. How many oranges does he keep?", "answer": "19", "answer": "18"}',
  '{"id": "lake-0601", "question": "A boat crosses a lake of 18 kilometres in 3 hours. How long does it take for 30 kilometres at the same speed?", "answer": ""}',
  '{"id": "broken-0702", "question": "How many pens does Ana have, "answer": "7"}',
  '["a", "list", 12]',
  '',
  '{"id": "8f14e45f-ceea-467f-a8a3-6d1c0c1e1d52-with-a-name-that-does-not-fit", "question": "Short?", "answer": "1"}',
  ...Array.from({ length: 190 }, (_, index) => plain(index)),
];

/** Keys of the rows above by their ids. */
export const KEY_OF = {
  bakery: 'o0',
  chat: 'o1',
  hostile: 'o2',
  essay: 'o3',
  twins: 'o4',
  empty: 'o5',
  broken: 'o6',
  list: 'o7',
  blank: 'o8',
  plain: 'o10',
} as const;
