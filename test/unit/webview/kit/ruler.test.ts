import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  lastOffset,
  offsetAt,
  offsetFor,
  ROW_HEIGHT,
  rowsPerPage,
  scrollAt,
  spaceOf,
  stretchInSight,
  TALLEST,
} from '../../../../webview/kit/ruler.ts';
import { ScrollPlace } from '../../../../webview/kit/scroll.ts';

const MILLIONS = 10_000_000;

describe('stretchInSight', () => {
  it('is a few rows however long the list', () => {
    const { first, end } = stretchInSight(50_000 * ROW_HEIGHT, 440, 100_000);
    expect(first).toBeLessThanOrEqual(50_000);
    expect(end).toBeGreaterThanOrEqual(50_010);
    expect(end - first).toBeLessThan(25);
  });

  it('stays within the list', () => {
    expect(stretchInSight(0, 440, 3)).toEqual({ first: 0, end: 3 });
    expect(stretchInSight(0, 440, 0)).toEqual({ first: 0, end: 0 });
    const { first, end } = stretchInSight(90 * ROW_HEIGHT, 440, 10);
    expect(first).toBeLessThanOrEqual(end);
    expect(end).toBe(10);
  });
});

describe('offsetFor', () => {
  it('moves as little as it must', () => {
    expect(offsetFor(5, 0, 440)).toBe(0);
    expect(offsetFor(10, 0, 440)).toBe(ROW_HEIGHT);
    expect(offsetFor(2, 10 * ROW_HEIGHT, 440)).toBe(2 * ROW_HEIGHT);
  });
});

describe('rowsPerPage', () => {
  it('keeps one of the whole rows in sight, and goes on in any list', () => {
    expect([10 * ROW_HEIGHT, 11 * ROW_HEIGHT - 1, ROW_HEIGHT, 0].map(rowsPerPage)).toEqual([
      9, 9, 1, 1,
    ]);
  });
});

describe('a scroll bar', () => {
  it('is as long as a list that fits, and never longer than browsers draw', () => {
    expect(spaceOf(100_000)).toBe(100_000 * ROW_HEIGHT);
    expect(spaceOf(MILLIONS)).toBe(TALLEST);
    const short = { total: 1000, height: 500 };
    expect([offsetAt(321, short), scrollAt(321, short)]).toEqual([321, 321]);
  });

  it('reaches both ends of a list of millions, there pixel by pixel', () => {
    const extent = { total: MILLIONS, height: 600 };
    const last = lastOffset(extent);
    expect(offsetAt(0, extent)).toBe(0);
    expect(offsetAt(777, extent)).toBe(777);
    expect(offsetAt(TALLEST - 600, extent)).toBe(last);
    expect(offsetAt(TALLEST - 700, extent)).toBe(last - 100);
  });

  it('says of each place what it says of the other way round, in order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000_000 }),
        fc.integer({ min: 40, max: 3000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (total, height, a, b) => {
          const extent = { total, height };
          const [low, high] = [Math.min(a, b), Math.max(a, b)].map(
            (share) => share * lastOffset(extent),
          );
          expect(offsetAt(scrollAt(low!, extent), extent)).toBeCloseTo(low!, 3);
          expect(scrollAt(low!, extent)).toBeLessThanOrEqual(scrollAt(high!, extent));
        },
      ),
    );
  });
});

/** What a browser does with `scrollTop`. */
class Bar {
  #top = 0;
  readonly clientHeight = 600;
  readonly total: number;
  constructor(total: number) {
    this.total = total;
  }
  get scrollTop(): number {
    return this.#top;
  }
  set scrollTop(top: number) {
    this.#top = Math.max(0, Math.min(Math.round(top), spaceOf(this.total) - this.clientHeight));
  }
}

describe('ScrollPlace', () => {
  it('moves by as many pixels as the wheel does, in the midst of millions', () => {
    const bar = new Bar(MILLIONS);
    const place = new ScrollPlace();
    place.goTo(bar, MILLIONS, 5_000_000 * ROW_HEIGHT);
    const { offset } = place;
    for (let turn = 1; turn <= 20; turn += 1) {
      bar.scrollTop += 100;
      place.moved(bar, MILLIONS);
      expect(place.offset).toBeCloseTo(offset + 100 * turn, 3);
    }
    expect(place.rest(bar, MILLIONS)).toBe(true);
    expect(place.offset).toBeCloseTo(offset + 2000, 3);
    expect(bar.scrollTop + place.shift).toBeCloseTo(place.offset, 3);
  });

  it('goes the same share of the way when the bar is dragged', () => {
    const bar = new Bar(MILLIONS);
    const place = new ScrollPlace();
    bar.scrollTop = TALLEST / 2 - 300;
    place.moved(bar, MILLIONS);
    expect(place.offset / ROW_HEIGHT).toBeCloseTo(MILLIONS / 2 - 300 / ROW_HEIGHT, -1);
    bar.scrollTop = TALLEST;
    place.moved(bar, MILLIONS);
    expect(place.offset).toBe(lastOffset({ total: MILLIONS, height: 600 }));
    bar.scrollTop = 0;
    place.moved(bar, MILLIONS);
    expect([place.offset, place.shift]).toEqual([0, 0]);
  });

  it('finds the way to the very ends by the wheel alone', () => {
    const bar = new Bar(MILLIONS);
    const place = new ScrollPlace();
    place.goTo(bar, MILLIONS, 3000);
    for (let turn = 0; turn < 40; turn += 1) {
      bar.scrollTop -= 100;
      place.moved(bar, MILLIONS);
      place.rest(bar, MILLIONS);
    }
    expect(place.offset).toBe(0);
  });

  it('is the plain scroll bar of a list that fits', () => {
    const bar = new Bar(1000);
    const place = new ScrollPlace();
    place.goTo(bar, 1000, 12_345);
    expect([bar.scrollTop, place.offset, place.shift]).toEqual([12_345, 12_345, 0]);
    bar.scrollTop = 43_000;
    place.moved(bar, 1000);
    expect([place.offset, place.shift]).toEqual([43_000, 0]);
  });
});
