import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetRow } from '../../../../src/shared/datasetContract.ts';
import { nextProblem } from '../../../../src/vscode/dataset/nextProblem.ts';

const never = {
  aborted: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
};

function dataset(problems: readonly boolean[]) {
  const asked: number[] = [];
  const rows = (from: number, count: number): Promise<DatasetRow[]> => {
    asked.push(count);
    return Promise.resolve(
      problems.slice(from, from + count).map((bad, index) => ({
        key: `o${from + index}`,
        line: from + index + 1,
        kind: 'record',
        state: 'same',
        id: null,
        title: '',
        problem: bad ? 'bad' : null,
      })),
    );
  };
  // SAFETY: the one member of the state that is read.
  const state = () =>
    ({ shown: problems.length }) as ReturnType<Parameters<typeof nextProblem>[0]['state']>;
  return { rows, state, asked };
}

describe('the next problem', () => {
  it('is the nearest behind, or before, round the ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.boolean(), { maxLength: 40 }),
        fc.integer({ min: -1, max: 45 }),
        fc.boolean(),
        async (problems, from, back) => {
          const n = problems.length;
          const here = Math.min(from, n - 1);
          const order = Array.from({ length: n }, (_, step) =>
            back ? ((((here < 0 ? 0 : here) - 1 - step) % n) + n) % n : (here + 1 + step) % n,
          );
          const expected = order.find((at) => problems[at]) ?? null;
          expect(await nextProblem(dataset(problems), from, back, never)).toBe(expected);
        },
      ),
    );
  });

  it('is found far away in pieces, and not sought on after a stop', async () => {
    const far = dataset(Array.from({ length: 3000 }, (_, at) => at === 2600));
    expect(await nextProblem(far, 10, false, never)).toBe(2600);
    expect(Math.max(...far.asked)).toBe(500);
    const stopped = dataset(Array.from({ length: 3000 }, (_, at) => at === 2600));
    expect(await nextProblem(stopped, 10, false, { ...never, aborted: true })).toBeNull();
    expect(stopped.asked).toEqual([]);
  });
});
