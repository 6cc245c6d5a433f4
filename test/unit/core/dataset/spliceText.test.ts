import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readRuns,
  readSplices,
  runsText,
  splicesText,
} from '../../../../src/core/dataset/spliceText.ts';

const run = fc.record({ from: fc.integer(), count: fc.integer({ min: 1 }) });

describe('acts on rows as text', () => {
  it('read as what was written', () => {
    const splice = fc.record({ at: fc.nat(), remove: fc.nat(), insert: fc.array(run) });
    fc.assert(
      fc.property(fc.array(run), fc.array(splice), (runs, splices) => {
        expect(readRuns(runsText(runs))).toEqual(runs);
        expect(readSplices(splicesText(splices))).toEqual(splices);
      }),
    );
  });

  it.each(['x', '1', '1+', '1+0', '1+2,', ',', '1+2;3+4', '1e3+1', '1+2 ', '9999999999999999+1'])(
    'refuse %j as runs',
    (text) => {
      expect(readRuns(text)).toBeNull();
    },
  );

  it.each(['x', '1', '1-', '-1-1', '1-1:', '1-1:x', '1-1;', ';', '1-1:2+0', '1.5-1'])(
    'refuse %j as splices',
    (text) => {
      expect(readSplices(text)).toBeNull();
    },
  );
});
