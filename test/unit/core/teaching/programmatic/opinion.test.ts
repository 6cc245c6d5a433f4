import { describe, expect, it, test } from 'vitest';
import type { Question } from '../../../../../src/core/dataset/question.ts';
import { wordingOf } from '../../../../../src/core/dataset/choiceLines.ts';
import { PRACTICE_KINDS } from '../../../../../src/core/practice/questionKinds.ts';
import { makePracticeData } from '../../../../../src/core/practice/stories.ts';
import { goldInWords } from '../../../../../src/core/teaching/answerForm.ts';
import { parseOpinion } from '../../../../../src/core/teaching/opinionReply.ts';
import { reply, understand } from '../../../../../src/core/teaching/programmatic/answer.ts';
import { flawOf, plant } from '../../../../../src/core/teaching/programmatic/imperfect.ts';
import {
  learnAll,
  type KnownQuestion,
} from '../../../../../src/core/teaching/programmatic/knowledge.ts';
import { opinionOn } from '../../../../../src/core/teaching/programmatic/opinion.ts';
import { show } from '../../../../../src/core/teaching/programmatic/rational.ts';
import { leavesOf } from '../../../../../src/core/teaching/programmatic/tree.ts';
import { choose, rationaleOf } from '../../../../../src/core/teaching/programmatic/wording.ts';
import { renderPrompt } from '../../../../../src/core/teaching/prompt.ts';
import { builtIn } from '../../../../../src/core/teaching/templates.ts';
import { TEMPLATES } from '../../practice/practiceTemplates.ts';
import { absent, mawps, multiArith, svamp } from './publicSets.ts';

const CARDS: Question = {
  id: 'cards',
  question: 'Ben has 3 packs of 12 cards. He gives 10 of 52 away. How many cards has he left?',
  answer: '26',
  equation: '3 * 12 - 10',
};
const knowledge = learnAll([
  CARDS,
  { id: 'bare', question: 'What is the name of the biggest known whale?', answer: '1' },
]);
const cards = knowledge.known[0]!;

function messageFor(row: Question, rationale: string): string {
  const input = {
    questionId: row.id,
    draw: 0,
    question: wordingOf(row),
    gold: goldInWords(row),
    showGold: true,
    rationale,
  };
  return renderPrompt(builtIn('review', row.kind), input).at(-1)?.content ?? '';
}

/** The teacher's opinion as a client reads it; null where it gives none. */
function asked(all: ReturnType<typeof learnAll>, row: Question, text: string, json = false) {
  const understood = understand(all, messageFor(row, text));
  const parsed = parseOpinion(json ? 'json' : 'sections', reply(understood, 0, { json }).text);
  return parsed.ok ? parsed : null;
}

describe('the programmatic teacher’s opinion', () => {
  it.each([
    ['the gold steps', '3 * 12 = 36.\n36 - 10 = 26.\nAnswer: 26', 5, /Every step/u],
    ['in another order', '12 * 3 = 36 cards\n36 - 10 = 26 cards\nAnswer: 26', 5, /Every step/u],
    ['a check', '3 * 12 = 36.\n36 - 10 = 26.\n26 + 10 = 36.\nAnswer: 26', 5, /Every step/u],
    ['a wrong answer', '3 * 12 = 36.\n36 - 10 = 26.\nAnswer: 27', 1, /answer is wrong/u],
    ['no answer', '3 * 12 = 36.\n36 - 10 = 26.', 1, /does not end/u],
    ['a false step', '3 * 12 = 38.\n36 - 10 = 26.\nAnswer: 26', 2, /false: 3 \* 12 = 38/u],
    [
      'steps that do not follow',
      'We take 13 + 13 = 26.\nAnswer: 26',
      2,
      /Step 1 does not follow.*13/u,
    ],
    ['another number', '52 / 2 = 26.\nAnswer: 26', 2, /Step 1/u],
    ['a needless step', '3 * 12 = 36.\n36 - 10 = 26.\n52 - 26 = 26.\nAnswer: 26', 3, /not needed/u],
    ['a missing step', '3 * 12 = 36.\nAnswer: 26', 3, /missing/u],
    ['no step', 'It is so.\nAnswer: 26', 3, /missing/u],
    [
      'a leak',
      '3 * 12 = 36.\n36 - 10 = 26.\nThe correct answer is 26.\nAnswer: 26',
      3,
      /was given/u,
    ],
  ])('on %s', (_, text, score, reason) => {
    expect(opinionOn(cards, text)).toEqual({ score, reason: expect.stringMatching(reason) });
    for (const json of [false, true]) {
      expect(asked(knowledge, CARDS, text, json)).toMatchObject({ score });
    }
  });

  it('is none on a question that it does not know, and none where numbers are rounded', () => {
    const row = {
      id: 'bare',
      question: 'What is the name of the biggest known whale?',
      answer: '1',
    };
    expect(asked(knowledge, row, 'A blue whale.\nAnswer: 1')).toBeNull();
    const third = { id: 'third', question: 'What is 1 plus 1/3 of 10 litres?', answer: '4.3333' };
    const all = learnAll([{ ...third, equation: '1 + 10 / 3' }]);
    expect(asked(all, third, '10 / 3 = 3.34\n3.34 + 1 = 4.34\nAnswer: 4.3333')).toBeNull();
  });

  it('takes a rationale that is fenced for what is judged, and never for the question', () => {
    const other = { ...CARDS, id: 'other', question: CARDS.question.replace('Ben', 'Eva') };
    const all = learnAll([CARDS, other]);
    const found = understand(all, messageFor(CARDS, `${other.question}\nAnswer: 26`));
    expect([found.mode, found.known?.id]).toEqual(['review', 'cards']);
  });
});

/** The planted equation may be true logic after all: 13 is a number of the solution or of the story itself. */
function speaksOf13({ question, tree, steps }: KnownQuestion): boolean {
  const numbers = [
    ...leavesOf(tree).map(({ value }) => value),
    ...steps.map(({ result }) => result),
  ];
  return (
    /\b13(?:\.0+)?\b|thirteen/iu.test(question) || numbers.some((value) => show(value) === '13')
  );
}

function scoresOf(rows: readonly Question[], draws = 1) {
  const clean = new Map<number | null, number>();
  let [planted, found] = [0, 0];
  for (const known of learnAll(rows).known) {
    for (let draw = 0; draw < draws; draw += 1) {
      const text = rationaleOf(known, choose(known.id, draw));
      const score = opinionOn(known, text)?.score ?? null;
      clean.set(score, (clean.get(score) ?? 0) + 1);
      if (speaksOf13(known)) continue;
      const opinion = opinionOn(known, plant('false-logic', text, known));
      if (!opinion) continue;
      planted += 1;
      if (opinion.score <= 3) found += 1;
    }
  }
  const counted = [...clean].map(([score, count]): [string, number] => [String(score), count]);
  return { clean: Object.fromEntries(counted), planted, found };
}

describe('clean rationales get the best score, true answers by false logic are found', () => {
  const practice = makePracticeData(TEMPLATES, 1, undefined, PRACTICE_KINDS);
  const rows = [...practice.train, ...practice.dev, ...practice.unseen];

  it('on practice questions of every kind', () => {
    const { clean, planted, found } = scoresOf(rows, 2);
    expect(clean).toEqual({ 5: rows.length * 2 });
    expect(planted).toBeGreaterThan(1000);
    expect(found).toBe(planted);
  });

  it('finds what an imperfect teacher plants, at the rate at which it plants', () => {
    const mode = { rate: 0.3, seed: 7 };
    let [flawed, low] = [0, 0];
    const { known } = learnAll(rows);
    for (const one of known) {
      if (speaksOf13(one)) continue;
      const text = rationaleOf(one, choose(one.id, 0));
      const flaw = flawOf(one, 0, mode);
      const shown = flaw ? plant(flaw, text, one) : text;
      if (flaw) flawed += 1;
      if ((opinionOn(one, shown)?.score ?? 5) <= 3) low += 1;
    }
    expect(low).toBe(flawed);
    expect(flawed / known.length).toBeGreaterThan(0.2);
    expect(flawed / known.length).toBeLessThan(0.4);
  });

  test.skipIf(absent('svamp/SVAMP.json'))('on SVAMP', () => {
    const { clean, planted, found } = scoresOf(svamp());
    expect(Object.keys(clean)).toEqual(['5']);
    expect(found).toBe(planted);
  });
  test.skipIf(absent('multiarith/MultiArith.json'))('on MultiArith', () => {
    const { clean, planted, found } = scoresOf(multiArith());
    expect(Object.keys(clean)).toEqual(['5']);
    expect(found).toBe(planted);
  });
  test.skipIf(absent('svamp/mawps-asdiv-a.train.csv'))('on MAWPS, rounded numbers aside', () => {
    const { clean, planted, found } = scoresOf(mawps());
    expect(Object.keys(clean).sort()).toEqual(['5', 'null']);
    expect(clean['null']).toBeLessThan(0.011 * clean['5']!);
    expect(found).toBe(planted);
  });
});
