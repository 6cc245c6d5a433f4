import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { questionSchema, type Question } from '../../../../src/core/dataset/question.ts';
import { parseExpression, solve, type Step } from '../../../../src/core/practice/expression.ts';
import {
  makePracticeData,
  PRACTICE_SIZES,
  renderStory,
} from '../../../../src/core/practice/stories.ts';
import { TEMPLATES } from './practiceTemplates.ts';

const golden = z
  .array(
    z.object({
      family: z.string(),
      phrasing: z.number(),
      words: z.object({ n: z.string(), m: z.string(), t: z.string(), u: z.string() }),
      drawn: z.record(z.string(), z.number()),
      question: z.string(),
      equation: z.string(),
      answer: z.number(),
      steps: z.array(z.string()),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../fixtures/practice/stories.json', import.meta.url), 'utf8'),
    ),
  );

const data = makePracticeData(TEMPLATES, 1);
const all: readonly Question[] = [...data.train, ...data.dev, ...data.unseen];

const show = (step: Step): string =>
  `${String(step.left)} ${step.op} ${String(step.right)} = ${String(step.result)}`;

/** The phrasing that a question was made from, or null: slots become what they may hold. */
function phrasingOf(row: Question): { heldOut: boolean } | null {
  const family = TEMPLATES.families.find(({ id }) => row.tags?.[0] === id);
  const match = family?.phrasings.find(({ text }) => {
    const pattern = text
      .replace(/[.?]/gu, '\\$&')
      .replace(/\{[nmtu]\}/gu, '[A-Za-z]+')
      .replace(/\{\w\}/gu, '\\d+');
    return new RegExp(`^${pattern}$`, 'u').test(row.question);
  });
  return match === undefined ? null : { heldOut: match.heldOut === true };
}

describe('renderStory', () => {
  it('gives the same stories as the Python side', () => {
    for (const expected of golden) {
      const family = TEMPLATES.families.find(({ id }) => id === expected.family);
      const text = family?.phrasings[expected.phrasing]?.text;
      if (family === undefined || text === undefined) throw new Error(expected.family);
      const drawn = new Map(Object.entries(expected.drawn));
      const story = renderStory(family, text, expected.words, drawn);
      expect({ ...story, steps: story.steps.map(show) }).toEqual({
        question: expected.question,
        equation: expected.equation,
        answer: expected.answer,
        steps: expected.steps,
      });
    }
  });
});

describe('makePracticeData', () => {
  it('makes valid rows of the sizes asked for, every family in each set', () => {
    expect(data.train).toHaveLength(PRACTICE_SIZES.train);
    expect(data.dev).toHaveLength(PRACTICE_SIZES.dev);
    expect(data.unseen).toHaveLength(PRACTICE_SIZES.unseen);
    for (const set of [data.train, data.dev, data.unseen]) {
      expect(new Set(set.map((row) => row.tags?.[0])).size).toBe(TEMPLATES.families.length);
    }
    for (const row of all) expect(questionSchema.parse(row)).toEqual(row);
  });

  it('gives every question an equation that evaluates to its answer in whole, small, positive steps', () => {
    for (const row of all) {
      const { value, steps } = solve(parseExpression(row.equation ?? ''));
      expect(String(value)).toBe(row.answer);
      expect(value).toBeGreaterThan(0);
      expect(row.tags).toContain(`steps:${String(steps.length)}`);
      for (const { left, right, result } of steps) {
        for (const number of [left, right, result]) {
          expect(Number.isInteger(number)).toBe(true);
          expect(number).toBeGreaterThan(0);
          expect(number).toBeLessThanOrEqual(120);
        }
      }
    }
  });

  it('takes the operands from the question’s own text', () => {
    for (const row of all) {
      const given = new Set(row.question.match(/\d+/gu));
      for (const operand of row.equation?.match(/\d+/gu) ?? []) expect(given).toContain(operand);
      expect(row.question).not.toMatch(/[{}]/u);
    }
  });

  it('repeats no question, within or across sets', () => {
    expect(new Set(all.map((row) => row.id)).size).toBe(all.length);
    expect(new Set(all.map((row) => row.question.toLowerCase())).size).toBe(all.length);
  });

  it('gives dev and unseen other names, things and numbers than train', () => {
    const taught = new Set(data.train.map((row) => `${row.tags?.[0] ?? ''} ${row.equation ?? ''}`));
    for (const row of [...data.dev, ...data.unseen]) {
      expect(taught).not.toContain(`${row.tags?.[0] ?? ''} ${row.equation ?? ''}`);
      const words = row.question.match(/[A-Za-z]+/gu) ?? [];
      for (const word of [...TEMPLATES.names.train, ...TEMPLATES.things.train]) {
        expect(words).not.toContain(word);
      }
    }
  });

  it('keeps the held-out phrasings for the unseen set', () => {
    for (const row of [...data.train, ...data.dev]) {
      expect(phrasingOf(row), row.question).toEqual({ heldOut: false });
    }
    for (const row of data.unseen) expect(phrasingOf(row), row.question).toEqual({ heldOut: true });
  });

  it('follows its seed and nothing else', () => {
    expect(makePracticeData(TEMPLATES, 1)).toEqual(data);
    const other = makePracticeData(TEMPLATES, 2);
    const shared = other.train.filter((row) => data.train.some(({ id }) => id === row.id));
    expect(shared.length).toBeLessThan(5);
  });

  it('says so when a family has too few stories', () => {
    const sizes = { train: 12, dev: 12, unseen: 1_000_000 };
    const few = { ...TEMPLATES, families: TEMPLATES.families.filter(({ id }) => id === 'share') };
    expect(() => makePracticeData(few, 1, sizes)).toThrow(/too few dev stories/u);
  });
});
