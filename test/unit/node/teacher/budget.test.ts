import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Budget, guessTokens, mostTokens } from '../../../../src/node/teacher/budget.ts';

const never = new AbortController().signal;

describe('the budget', () => {
  it('P: is never exceeded, whatever 16 requests in flight turn out to cost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 50, max: 3000 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: 200 }),
            fc.double({ min: 0, max: 1, noNaN: true }),
            fc.constantFrom('replied', 'refused', 'never left'),
          ),
          {
            minLength: 20,
            maxLength: 80,
          },
        ),
        async (maxTotalTokens, maxRequests, costs) => {
          const budget = new Budget({ maxTotalTokens, maxRequests });
          let tokens = 0;
          let requests = 0;
          let stopped = 0;
          const queue = [...costs];
          const worker = async (): Promise<void> => {
            for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
              const [most, share, outcome] = next;
              try {
                const held = await budget.reserve(most, never);
                expect(budget.spent.tokens + budget.held.tokens).toBeLessThanOrEqual(
                  maxTotalTokens,
                );
                expect(budget.spent.requests + budget.held.requests).toBeLessThanOrEqual(
                  maxRequests,
                );
                await Promise.resolve();
                if (outcome === 'never left') held.release();
                else if (outcome === 'refused') {
                  requests += 1;
                  held.refused();
                  held.release();
                } else {
                  const cost = Math.floor(most * share);
                  tokens += cost;
                  requests += 1;
                  held.settle(cost);
                  held.release();
                }
              } catch (error) {
                expect(error).toMatchObject({ code: 'teacher.budget' });
                stopped += 1;
              }
            }
          };
          await Promise.all(Array.from({ length: 16 }, worker));
          expect(tokens).toBeLessThanOrEqual(maxTotalTokens);
          expect(requests).toBeLessThanOrEqual(maxRequests);
          expect(budget.spent).toEqual({ tokens, requests });
          expect(budget.held).toEqual({ tokens: 0, requests: 0 });
          expect(stopped + requests).toBeLessThanOrEqual(costs.length);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('P: money is never exceeded, whatever 16 requests in flight turn out to cost', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        fc.array(
          fc.tuple(
            fc.double({ min: 0.001, max: 0.4, noNaN: true }),
            fc.double({ min: 0, max: 1, noNaN: true }),
          ),
          { minLength: 20, maxLength: 60 },
        ),
        async (maxCost, costs) => {
          const budget = new Budget({ maxTotalTokens: 1e9, maxRequests: 1e9, maxCost });
          let spent = 0;
          const queue = [...costs];
          const worker = async (): Promise<void> => {
            for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
              const [most, share] = next;
              try {
                const held = await budget.reserve(1, never, most);
                expect(budget.spentCost + budget.heldCost).toBeLessThanOrEqual(maxCost + 1e-9);
                await Promise.resolve();
                spent += most * share;
                held.settle(1, most * share);
              } catch (error) {
                expect(error).toMatchObject({ code: 'teacher.budget', detail: { maxCost } });
              }
            }
          };
          await Promise.all(Array.from({ length: 16 }, worker));
          expect(spent).toBeLessThanOrEqual(maxCost + 1e-9);
          expect(budget.spentCost).toBeCloseTo(spent, 9);
          expect(budget.heldCost).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('lets a request wait for cheaper ones and refuses it once it can no longer fit', async () => {
    const budget = new Budget({ maxTotalTokens: 100, maxRequests: 10 });
    const first = await budget.reserve(80, never);
    let state = 'waiting';
    const second = budget.reserve(60, never).then(
      (held) => {
        state = 'held';
        return held;
      },
      () => {
        state = 'refused';
        return null;
      },
    );
    await Promise.resolve();
    expect(state).toBe('waiting');
    first.settle(30);
    expect(await second).not.toBeNull();
    await expect(budget.reserve(90, never)).rejects.toMatchObject({ code: 'teacher.budget' });
  });

  it('counts what an earlier run spent, and stops waiting when asked to', async () => {
    const budget = new Budget({ maxTotalTokens: 100, maxRequests: 2 }, { tokens: 50, requests: 1 });
    await budget.reserve(50, never);
    const control = new AbortController();
    const waiting = budget.reserve(10, control.signal);
    control.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('bounds tokens by bytes', () => {
    const messages = [{ content: 'ab' }, { content: '\u4E2D' }];
    expect(mostTokens(messages, 100)).toBe(16 + (2 + 16) + (3 + 16) + 100);
    expect(guessTokens('\u4E2D\u4E2D')).toBe(2);
  });
});
