import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowBits } from '../../../../src/core/dataset/rowBits.ts';
import { RowOrder, idIn, type RowId, type Splice } from '../../../../src/core/dataset/rowOrder.ts';

const rowsOf = (order: RowOrder): RowId[] =>
  order.runs.flatMap((run) => Array.from({ length: run.count }, (_, steps) => idIn(run, steps)));

/** Random cuts: how far behind the last one, how many rows go, how many new ones or removed ones come. */
const cuts = fc.array(
  fc.array(fc.record({ skip: fc.nat(6), remove: fc.nat(4), fresh: fc.nat(3), back: fc.nat(2) }), {
    minLength: 1,
    maxLength: 4,
  }),
  { maxLength: 15 },
);

describe('rows in a sequence', () => {
  it('agree with an array under splices and what takes them back', () => {
    fc.assert(
      fc.property(fc.nat(30), cuts, (lines, batches) => {
        const order = new RowOrder(lines);
        let naive = Array.from({ length: lines }, (_, line) => line);
        let inserted = 0;
        const gone: RowId[] = [];
        for (const batch of batches) {
          const before = naive;
          const next: RowId[] = [];
          const splices: Splice[] = [];
          let at = 0;
          for (const { skip, remove, fresh, back } of batch) {
            next.push(...before.slice(at, at + skip));
            at = Math.min(before.length, at + skip);
            const going = before.slice(at, at + remove);
            const coming = gone.splice(0, back);
            const insert = coming.map((from) => ({ from, count: 1 }));
            if (fresh > 0) insert.push({ from: -1 - inserted, count: fresh });
            for (let more = 0; more < fresh; more += 1) coming.push(-1 - inserted - more);
            inserted += fresh;
            splices.push({ at, remove: going.length, insert });
            next.push(...coming);
            gone.push(...going);
            at += going.length;
          }
          next.push(...before.slice(at));
          naive = next;
          const runs = order.runs.length;
          const inverse = order.apply(splices);
          expect(rowsOf(order)).toEqual(naive);
          const copy = order.copy();
          copy.apply(inverse);
          expect(rowsOf(copy)).toEqual(before);
          expect(copy.runs.length).toBe(runs);
          naive.forEach((id, place) => {
            expect(order.at(place)).toBe(id);
            expect(order.placeOf(id)).toBe(place);
          });
          for (const id of gone) expect(order.placeOf(id)).toBeNull();
          expect(order.length).toBe(naive.length);
          expect(order.at(naive.length)).toBeNull();
          const from = naive.length >> 1;
          expect(
            order
              .slice(from, 5)
              .flatMap((run) => Array.from({ length: run.count }, (_, i) => idIn(run, i))),
          ).toEqual(naive.slice(from, from + 5));
          const members = new RowBits();
          for (const id of naive) if (id % 3 === 0) members.set(id, true);
          expect([...members.within(order)]).toEqual(naive.filter((id) => id % 3 === 0));
          const parts = [
            ...order.partsOf({ from: 0, count: lines }),
            ...order.partsOf({ from: -1, count: inserted }),
          ];
          expect(
            parts.flatMap(({ run, place }) =>
              Array.from({ length: run.count }, (_, i) => [
                idIn(run, i),
                place === null ? null : place + i,
              ]),
            ),
          ).toEqual(
            [
              ...Array.from({ length: lines }, (_, i) => i),
              ...Array.from({ length: inserted }, (_, i) => -1 - i),
            ].map((id) => [id, order.placeOf(id)]),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keep rows that follow each other in one piece, so that moving ten million costs nothing', () => {
    const order = new RowOrder(10_000_000);
    const inverse = order.apply([
      { at: 0, remove: 5_000_000, insert: [] },
      { at: 10_000_000, remove: 0, insert: [{ from: 0, count: 5_000_000 }] },
    ]);
    expect(order.runs).toEqual([
      { from: 5_000_000, count: 5_000_000 },
      { from: 0, count: 5_000_000 },
    ]);
    expect(order.placeOf(4_999_999)).toBe(9_999_999);
    order.apply(inverse);
    expect(order.runs).toEqual([{ from: 0, count: 10_000_000 }]);
  });

  it('refuse splices that overlap or lead out', () => {
    const order = new RowOrder(5);
    expect(() => order.apply([{ at: 4, remove: 2, insert: [] }])).toThrow(RangeError);
    const back = [
      { at: 3, remove: 1, insert: [] },
      { at: 2, remove: 1, insert: [] },
    ];
    expect(() => order.apply(back)).toThrow(RangeError);
    expect(rowsOf(order)).toEqual([0, 1, 2, 3, 4]);
  });
});
