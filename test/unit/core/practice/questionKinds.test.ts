import { describe, expect, it } from 'vitest';
import { questionProblems } from '../../../../src/core/dataset/questionProblems.ts';
import { questionSchema, type Question } from '../../../../src/core/dataset/question.ts';
import { wordingOf } from '../../../../src/core/dataset/choiceLines.ts';
import { sha256Text } from '../../../../src/core/hash.ts';
import { PRACTICE_KINDS } from '../../../../src/core/practice/questionKinds.ts';
import { makePracticeData, type PracticeData } from '../../../../src/core/practice/stories.ts';
import { gateFeedback, gateRationale } from '../../../../src/core/teaching/gate.ts';
import { reply, understand } from '../../../../src/core/teaching/programmatic/answer.ts';
import { learnAll } from '../../../../src/core/teaching/programmatic/knowledge.ts';
import { renderPrompt } from '../../../../src/core/teaching/prompt.ts';
import { goldInWords } from '../../../../src/core/teaching/answerForm.ts';
import { parseReply } from '../../../../src/core/teaching/reply.ts';
import {
  DEFAULT_TEMPLATES,
  parseTemplate,
  templateOfKind,
} from '../../../../src/core/teaching/templates.ts';
import { gradeAnswer } from '../../../../src/core/grading/gradeAnswer.ts';
import { equationGivesGold } from '../../../../src/core/curation/goldRule.ts';
import { TEMPLATES } from './practiceTemplates.ts';

const rowsOf = ({ train, dev, unseen }: PracticeData): readonly Question[] => [
  ...train,
  ...dev,
  ...unseen,
];
const mixed = makePracticeData(TEMPLATES, 1, undefined, PRACTICE_KINDS);
const all = rowsOf(mixed);
const LIMITS = { maxSteps: 8, maxCharacters: 800 };

function messageFor(
  row: Question,
  more: { draw: number; attempt?: { text: string; answer: string | null }; hint?: string },
): string {
  const purpose = more.attempt ? 'feedback' : 'annotate';
  const own = parseTemplate(purpose, DEFAULT_TEMPLATES[purpose]);
  const { template } = templateOfKind(own, row.kind);
  const messages = renderPrompt(template, {
    questionId: row.id,
    question: wordingOf(row),
    gold: goldInWords(row),
    showGold: false,
    ...more,
  });
  return messages.at(-1)?.content ?? '';
}

function contextFor(row: Question) {
  return { question: row.question, gold: row, limits: LIMITS, existingTexts: [] };
}

describe('practice questions of numbers', () => {
  // Of the version that knew numbers alone: projects of a seed stay what they are.
  it.each([
    [1, '128950bbc7be832a71b251dbe266c8e28c26e1c0f8556338346d2a9129a914ab'],
    [3, '3f10011155428a46d4cda2a03a1fb9005d3fc4a94ce88b6fe84df908cc41c90e'],
  ])('are byte for byte what they were, seed %i', (seed, hash) => {
    for (const data of [
      makePracticeData(TEMPLATES, seed),
      makePracticeData(TEMPLATES, seed, undefined, ['number']),
    ]) {
      const text = rowsOf(data).map((row) => `${JSON.stringify(row)}\n`);
      expect(sha256Text(text.join(''))).toBe(hash);
    }
  });

  it('leave the teacher with the key of its replies that it had', () => {
    expect(learnAll(makePracticeData(TEMPLATES, 1).train).dataHash).toBe(
      'e1ccab82de7e0b0d846632a65e187787ba02288f3a9cecc679a290d10f4882a9',
    );
  });
});

describe('practice questions of every kind', () => {
  it('are valid rows, each kind in each family and set, and follow the seed alone', () => {
    expect(makePracticeData(TEMPLATES, 1, undefined, PRACTICE_KINDS)).toEqual(mixed);
    expect(makePracticeData(TEMPLATES, 2, undefined, PRACTICE_KINDS)).not.toEqual(mixed);
    for (const row of all) {
      expect(questionSchema.parse(row)).toEqual(row);
      expect(questionProblems(row)).toEqual([]);
    }
    for (const set of [mixed.train, mixed.dev, mixed.unseen]) {
      const found = new Set(set.map(({ tags, kind = 'number' }) => `${tags?.[0] ?? ''} ${kind}`));
      expect(found.size).toBe(TEMPLATES.families.length * PRACTICE_KINDS.length);
    }
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('have golds that their equations prove, at every letter and with either word', () => {
    const golds = new Map<string, number>();
    for (const row of all) {
      expect([row, equationGivesGold(row)]).toEqual([row, true]);
      const { kind, answer, choices = [] } = row;
      if (kind === undefined) continue;
      golds.set(answer, (golds.get(answer) ?? 0) + 1);
      if (kind === 'yes-no') continue;
      expect(choices).toHaveLength(4);
      expect(new Set(choices).size).toBe(4);
      const others = ['a', 'b', 'c', 'd'].filter((letter) => letter !== answer);
      for (const letter of others)
        expect(equationGivesGold({ ...row, answer: letter })).toBe(false);
    }
    expect([...golds.keys()].sort()).toEqual(['a', 'b', 'c', 'd', 'no', 'yes']);
    // No letter and no word is a good guess.
    for (const count of golds.values()) expect(count).toBeGreaterThan(40);
  });

  it('only those that were asked for', () => {
    const only = makePracticeData(TEMPLATES, 4, { train: 30, dev: 30, unseen: 30 }, ['yes-no']);
    expect(new Set(rowsOf(only).map(({ kind }) => kind))).toEqual(new Set(['yes-no']));
  });
});

describe('the programmatic teacher on practice questions of every kind', () => {
  const knowledge = learnAll(all);
  const answers = new Map<Question['kind'], RegExp>([
    ['choice', /^\([a-d]\)$/u],
    ['yes-no', /^(?:yes|no)$/u],
  ]);

  it('knows them all', () => {
    expect(knowledge.unknown).toEqual([]);
    expect(knowledge.known).toHaveLength(all.length);
  });

  it('writes rationales that end in the answer of the kind and pass the gate, each draw another', () => {
    for (const row of mixed.train) {
      const texts = [0, 1, 2, 3].map((draw) => {
        const parsed = parseReply(
          'annotate',
          reply(understand(knowledge, messageFor(row, { draw })), draw).text,
        );
        if (!parsed.ok) throw new Error(parsed.because);
        const { rationale, answer } = parsed.reply;
        expect(answer).toMatch(answers.get(row.kind) ?? /^\d+$/u);
        expect([rationale, gateRationale(rationale, contextFor(row))]).toEqual([rationale, []]);
        return rationale;
      });
      expect(new Set(texts).size).toBeGreaterThanOrEqual(3);
    }
  });

  it('says of a number that is compared with not that it does not matter', () => {
    for (const row of mixed.train.filter(({ kind }) => kind === 'yes-no')) {
      const bound = /than (\d+)\?$/u.exec(row.question)?.[1] ?? '';
      for (const draw of [0, 1, 2, 3, 4, 5, 6, 7]) {
        const { text } = reply(understand(knowledge, messageFor(row, { draw })), draw);
        const left = /(?:do not use|Leave|Not) ([\d, and]+)|([\d, and]+) does not matter/u.exec(
          text,
        );
        const numbers = (left?.[1] ?? left?.[2] ?? '').match(/\d+/gu) ?? [];
        const isUsed = row.equation?.split(/[<>]/u)[0]?.match(/\d+/gu)?.includes(bound) === true;
        if (!isUsed) expect([text, new Set<string>(numbers).has(bound)]).toEqual([text, false]);
      }
    }
  });

  it('corrects mistakes of each kind: the false step where there is one, else what the last line must say', () => {
    for (const row of mixed.train.filter(({ kind }) => kind !== undefined)) {
      const wrong =
        row.kind === 'choice'
          ? `(${row.answer === 'a' ? 'b' : 'a'})`
          : row.answer === 'yes'
            ? 'no'
            : 'yes';
      const { text } = reply(understand(knowledge, messageFor(row, { draw: 0 })), 0);
      const steps = text.split('\n').slice(0, -3);
      const onlyLast = [...steps, `Answer: ${wrong}`].join('\n');
      const falseStep = `${(steps[0] ?? '').replace(/= \d+/u, '= 997')}\nAnswer: ${wrong}`;
      for (const attempt of [onlyLast, falseStep]) {
        const answer = gradeAnswer(attempt, row).value;
        expect(answer).not.toBeNull();
        const made = reply(
          understand(knowledge, messageFor(row, { draw: 0, attempt: { text: attempt, answer } })),
          0,
        );
        const parsed = parseReply('feedback', made.text);
        if (!parsed.ok) throw new Error(parsed.because);
        expect([attempt, gateFeedback(parsed.reply, attempt, contextFor(row))]).toEqual([
          attempt,
          [],
        ]);
        if (attempt === falseStep) {
          expect(parsed.reply).toMatchObject({ firstErrorStep: 1, errorKind: 'arithmetic' });
        } else expect(parsed.reply.why).toContain('the last line must say');
      }
    }
  });

  it('is wrong at its rate, in the form of the kind', () => {
    const kinds = new Map<string, number>();
    let planted = 0;
    for (const row of mixed.train) {
      const asked = understand(knowledge, messageFor(row, { draw: 0 }));
      const { text, flaw } = reply(asked, 0, { imperfect: { rate: 0.5, seed: 7 } });
      const parsed = parseReply('annotate', text);
      if (!parsed.ok) throw new Error(parsed.because);
      const reasons = gateRationale(parsed.reply.rationale, contextFor(row));
      const expected = flaw === 'wrong-answer' || flaw === 'leak' ? [flaw] : [];
      expect([text, reasons]).toEqual([text, expected]);
      if (flaw !== null) planted += 1;
      if (flaw === 'wrong-answer') {
        kinds.set(row.kind ?? 'number', (kinds.get(row.kind ?? 'number') ?? 0) + 1);
      }
    }
    expect(planted / mixed.train.length).toBeGreaterThan(0.4);
    expect(planted / mixed.train.length).toBeLessThan(0.6);
    expect([...kinds.keys()].sort()).toEqual([...PRACTICE_KINDS].sort());
  });

  it('hears hints as ever: the question is found beside one, and the words of the draw are its own', () => {
    const row = mixed.train.find(({ kind }) => kind === 'choice');
    if (!row) throw new Error('no choice');
    const asked = understand(knowledge, messageFor(row, { draw: 5, hint: 'Is (d) not better?' }));
    expect([asked.mode, asked.known?.id]).toEqual(['annotate', row.id]);
  });

  it('tells questions of one text apart by their choices, and knows nothing without proof', () => {
    const one: Question = {
      id: 'one',
      question: 'Ana has 5 pens and buys 3 more. How many has she then, all in all?',
      answer: 'a',
      kind: 'choice',
      choices: ['8', '2'],
      equation: '5 + 3',
    };
    const other: Question = { ...one, id: 'other', answer: 'b', choices: ['2', '8 pens', '15'] };
    const both = learnAll([one, other]);
    for (const row of [one, other]) {
      expect(understand(both, messageFor(row, { draw: 0 })).known?.id).toBe(row.id);
    }
    const { equation: _equation, ...bare } = one;
    const cases: Question[] = [
      { ...one, answer: 'b' },
      { ...one, choices: ['8', '8.0'] },
      { ...one, choices: ['eight', 'two'] },
      { ...one, kind: 'yes-no', answer: 'yes', equation: '5 + 3 < 8' },
      { ...one, kind: 'yes-no', answer: 'yes', equation: '5 + 3' },
      { ...one, kind: 'yes-no', answer: 'yes', equation: '5 < 3 + 4 < 9' },
      bare,
    ];
    const wrong = cases.map((row) => ({ ...row, id: JSON.stringify(row) }));
    const { known, unknown } = learnAll(wrong);
    expect(known).toEqual([]);
    expect(unknown.map(({ reason }) => reason)).toEqual([
      ...['wrong-value', 'wrong-value', 'wrong-value', 'wrong-value'],
      ...['unreadable', 'unreadable', 'no-equation'],
    ]);
  });
});
