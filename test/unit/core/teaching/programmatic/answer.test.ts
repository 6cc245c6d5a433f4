import { describe, expect, test } from 'vitest';
import type { Question } from '../../../../../src/core/dataset/question.ts';
import { reply, understand } from '../../../../../src/core/teaching/programmatic/answer.ts';
import {
  learn,
  learnAll,
  type KnownQuestion,
} from '../../../../../src/core/teaching/programmatic/knowledge.ts';
import { choose, writeRationale } from '../../../../../src/core/teaching/programmatic/wording.ts';
import { gateFeedback, gateRationale } from '../../../../../src/core/teaching/gate.ts';
import { renderPrompt } from '../../../../../src/core/teaching/prompt.ts';
import { parseReply } from '../../../../../src/core/teaching/reply.ts';
import { DEFAULT_TEMPLATES, parseTemplate } from '../../../../../src/core/teaching/templates.ts';
import { absent, mawps, multiArith, svamp } from './publicSets.ts';

const LIMITS = { maxSteps: 8, maxCharacters: 800 };
const annotate = parseTemplate('annotate', DEFAULT_TEMPLATES.annotate);
const feedback = parseTemplate('feedback', DEFAULT_TEMPLATES.feedback);

const OWN: Question[] = [
  {
    id: 'coins',
    question:
      'Ana has 12 coins and 4 boxes of 6 pens. She buys 3 more coins. How many coins has she?',
    answer: '15',
    equation: '12 + 3',
  },
  {
    id: 'cards',
    question: 'Ben has 3 packs of 12 cards. He gives 10 cards away. How many cards has he left?',
    answer: '26',
    equation: '3 * 12 - 10',
  },
  {
    id: 'wrong',
    question: 'What are two and two apples together?',
    answer: '5',
    equation: '2 + 2',
  },
  { id: 'bare', question: 'What is the name of the biggest known whale?', answer: '1' },
];

function messageFor(row: Question, attempt?: { text: string; answer: string | null }): string {
  const template = attempt ? feedback : annotate;
  const input = {
    questionId: row.id,
    draw: 0,
    question: row.question,
    gold: row.answer,
    showGold: true,
    ...(attempt ? { attempt } : {}),
  };
  return renderPrompt(template, input).at(-1)!.content;
}

const words = (text: string): Set<string> =>
  new Set(text.toLowerCase().match(/[a-z]+|\d+(?:\.\d+)?|\S/gu));
function jaccard(a: Set<string>, b: Set<string>): number {
  const shared = [...a].filter((word) => b.has(word)).length;
  return shared / (a.size + b.size - shared);
}

const rationaleOf = (known: KnownQuestion, draw: number): string =>
  writeRationale(known.tree, known.steps, known.answer, known.question, choose(known.id, draw));

describe('which request is meant', () => {
  const knowledge = learnAll(OWN);

  test('the question is found inside our templates; a fenced attempt means feedback', () => {
    const plain = understand(knowledge, messageFor(OWN[0]!));
    expect([plain.mode, plain.known?.id]).toEqual(['annotate', 'coins']);
    const text = '3 * 12 = 36\n36 + 10 = 46\nAnswer: 46';
    const corrected = understand(knowledge, messageFor(OWN[1]!, { text, answer: '46' }));
    expect([corrected.mode, corrected.known?.id]).toEqual(['feedback', 'cards']);
    expect(corrected.steps).toEqual(['3 * 12 = 36', '36 + 10 = 46']);
    expect(corrected.attemptAnswer).toBe('46');
  });

  test('other fences, white space, letter case and trailing .0 do not hide it', () => {
    const message = `Look:\n<<<question\nANA has 12.0  coins and 4 boxes of 6 pens.\nShe buys 3 more coins. How many coins has she?\n>>>\n<<<attempt\n1. 12 + 4 = 16\n>>>`;
    const found = understand(knowledge, message);
    expect([found.mode, found.known?.id, found.steps]).toEqual([
      'feedback',
      'coins',
      ['12 + 4 = 16'],
    ]);
  });

  test('a question inside the attempt is not the question that is asked', () => {
    const attempt = { text: `${OWN[1]!.question}\n1 + 1 = 2`, answer: '2' };
    expect(understand(knowledge, messageFor(OWN[0]!, attempt)).known?.id).toBe('coins');
  });

  test('the longest known question in the message wins', () => {
    const long = { ...OWN[0]!, id: 'long', question: `Listen. ${OWN[0]!.question}`, answer: '15' };
    const all = learnAll([OWN[0]!, long]);
    expect(understand(all, long.question).known?.id).toBe('long');
  });

  test('a question without a fitting equation is unknown, and the reply cannot pass the gate', () => {
    for (const row of [OWN[2]!, OWN[3]!]) {
      const asked = understand(knowledge, messageFor(row));
      expect(asked.mode).toBe('unknown');
      const parsed = parseReply('annotate', reply(asked, 0).text);
      expect(parsed.ok).toBe(false);
    }
    expect(knowledge.unknown).toEqual([
      { id: 'wrong', reason: 'wrong-value' },
      { id: 'bare', reason: 'no-equation' },
    ]);
  });

  test('a connection test gets a short word', () => {
    expect(reply(understand(knowledge, 'ping'), 0).text).toBe('OK');
  });
});

describe('what the teacher writes', () => {
  const knowledge = learnAll(OWN);

  test('the same draw gives the same text, eight draws give at least six', () => {
    for (const known of knowledge.known) {
      const texts = Array.from({ length: 8 }, (_, draw) => rationaleOf(known, draw));
      expect(texts).toEqual(Array.from({ length: 8 }, (_, draw) => rationaleOf(known, draw)));
      expect(new Set(texts).size).toBeGreaterThanOrEqual(6);
    }
  });

  test('numbers that do not matter are named as such by one of the styles', () => {
    const texts = Array.from({ length: 16 }, (_, draw) => rationaleOf(knowledge.known[0]!, draw));
    expect(texts.some((text) => /\b4 and 6\b/u.test(text))).toBe(true);
  });

  test('calculator marks of a reference rationale serve where there is no equation', () => {
    const row = {
      id: 'marks',
      question: 'Natalia sold clips to 48 friends in April and half as many in May. How many?',
      answer: '72',
      rationale: 'In May 48/2 = <<48/2=24>>24. Together 48+24 = <<48+24=72>>72.',
    };
    const known = learn(row);
    expect(typeof known === 'string' ? known : known.steps.map((step) => step.resultText)).toEqual([
      '24',
      '72',
    ]);
  });

  test('an imperfect teacher plants flaws at about its rate, each of which shows', () => {
    const asked = understand(knowledge, messageFor(OWN[1]!));
    const flaws = { 'wrong-answer': 0, leak: 0, 'false-logic': 0 };
    const total = 600;
    for (let draw = 0; draw < total; draw += 1) {
      const { text, flaw } = reply(asked, draw, { imperfect: { rate: 0.3, seed: 7 } });
      const parsed = parseReply('annotate', text);
      if (!parsed.ok) throw new Error(parsed.because);
      const context = {
        question: OWN[1]!.question,
        gold: { answer: '26' },
        limits: LIMITS,
        existingTexts: [],
      };
      const reasons = gateRationale(parsed.reply.rationale, context);
      if (flaw) flaws[flaw] += 1;
      const expected = flaw === 'wrong-answer' ? ['wrong-answer'] : flaw === 'leak' ? ['leak'] : [];
      expect(reasons).toEqual(expected);
    }
    const planted = flaws['wrong-answer'] + flaws.leak + flaws['false-logic'];
    expect(planted / total).toBeGreaterThan(0.2);
    expect(planted / total).toBeLessThan(0.4);
    for (const count of Object.values(flaws)) expect(count).toBeGreaterThan(20);
  });

  test('feedback passes the gate and points at the step that is wrong', () => {
    const attempt = { text: '3 * 12 = 36.\n36 + 10 = 46.\nAnswer: 46', answer: '46' };
    const asked = understand(knowledge, messageFor(OWN[1]!, attempt));
    const parsed = parseReply('feedback', reply(asked, 0).text);
    if (!parsed.ok) throw new Error(parsed.because);
    const context = {
      question: OWN[1]!.question,
      gold: { answer: '26' },
      limits: LIMITS,
      existingTexts: [],
    };
    expect(gateFeedback(parsed.reply, attempt.text, context)).toEqual([]);
    expect(parsed.reply).toMatchObject({
      firstErrorStep: 2,
      errorKind: 'wrong_operation',
      answer: '26',
    });
    expect(parsed.reply.rationale).toMatch(/^3 \* 12 = 36\.\n/u);
  });

  test('json on request has every field', () => {
    const asked = understand(
      knowledge,
      messageFor(OWN[1]!, { text: '3 * 12 = 36.', answer: null }),
    );
    expect(JSON.parse(reply(asked, 0, { json: true }).text)).toMatchObject({
      firstErrorStep: 2,
      errorKind: 'missing_step',
      finalAnswer: '26',
    });
  });
});

const SETS = [
  ['SVAMP', 'svamp/SVAMP.json', svamp, 999],
  ['MultiArith', 'multiarith/MultiArith.json', multiArith, 600],
  ['MAWPS and ASDiv-A', 'svamp/mawps-asdiv-a.train.csv', mawps, 3100],
] as const;

describe.each(SETS)('on %s', (_, file, load, least) => {
  const reason = absent(file);
  test.skipIf(reason !== undefined)(
    `every annotate text passes the gate, and draws differ in more than numbers${reason ? ` (skipped: ${reason})` : ''}`,
    () => {
      const rows = load();
      const golds = new Map(rows.map((row) => [row.id, row.answer]));
      const { known } = learnAll(rows);
      expect(known.length).toBeGreaterThanOrEqual(least);
      let [pairs, far] = [0, 0];
      for (const one of known) {
        const texts = [0, 1, 2, 3, 4, 5].map((draw) => rationaleOf(one, draw));
        for (const text of texts.slice(0, 4)) {
          const context = {
            question: one.question,
            gold: { answer: golds.get(one.id)! },
            limits: LIMITS,
            existingTexts: [],
          };
          expect([one.id, text, gateRationale(text, context)]).toEqual([one.id, text, []]);
        }
        const sets = texts.map(words);
        for (const [i, a] of sets.entries()) {
          for (const b of sets.slice(i + 1)) {
            pairs += 1;
            if (jaccard(a, b) <= 0.8) far += 1;
          }
        }
      }
      expect(far / pairs).toBeGreaterThanOrEqual(0.95);
    },
    120_000,
  );
});

test('a text of the practice project’s own kind uses plain ASCII only', () => {
  for (const known of learnAll(OWN).known) {
    for (let draw = 0; draw < 64; draw += 1)
      expect(rationaleOf(known, draw)).toMatch(/^[\x20-\x7e\n]+$/u);
  }
});
