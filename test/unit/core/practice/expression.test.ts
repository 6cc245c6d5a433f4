import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseExpression, solve, type Step } from '../../../../src/core/practice/expression.ts';

const cases = z
  .array(
    z.object({
      text: z.string(),
      slots: z.record(z.string(), z.number()),
      value: z.number().optional(),
      steps: z.array(z.string()).optional(),
      refused: z.string().optional(),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(new URL('../../../fixtures/practice/expressions.json', import.meta.url), 'utf8'),
    ),
  );

const show = (step: Step): string =>
  `${String(step.left)} ${step.op} ${String(step.right)} = ${String(step.result)}`;

describe('expressions, as the Python side reads them', () => {
  it.each(cases)('$text', ({ text, slots, value, steps, refused }) => {
    const run = () => solve(parseExpression(text), new Map(Object.entries(slots)));
    if (refused !== undefined) {
      expect(run).toThrow(expect.objectContaining({ code: 'data.invalid' }));
      return;
    }
    const solved = run();
    expect(solved.value).toBe(value);
    expect(solved.steps.map(show)).toEqual(steps);
  });
});
