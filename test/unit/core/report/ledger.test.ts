import { describe, expect, it } from 'vitest';
import { foldCuration } from '../../../../src/core/curation/curation.ts';
import { itemsTaught, studentsIn, taughtIn } from '../../../../src/core/report/ledger.ts';
import type { Picture, PictureRound } from '../../../../src/core/report/picture.ts';
import type { SeenRow } from '../../../../src/core/report/seenRow.ts';
import { openRound } from '../../../../src/core/round/state.ts';

const row = (id: string, positives: string[], negatives: string[] = []): SeenRow => ({
  id,
  positives: positives.map((one) => ({ id: one, source: 'teacher' })),
  negatives,
  reachesGold: true,
});

/** A round whose student was trained into the next one; `from` is where its run says that it began. */
function trained(
  round: number,
  digests: { readonly sat: string; readonly made?: string; readonly from?: string | null },
  rows: readonly SeenRow[] | null,
): PictureRound {
  const { sat, made, from = null } = digests;
  const student = made === undefined ? null : { path: `models/${made}`, digest: made };
  return {
    round,
    state: {
      ...openRound(round, { path: `models/${sat}`, digest: sat }),
      training: { runId: `r${round}`, student },
    },
    exams: new Map(),
    manifest: null,
    frozen: rows && { rows, leftOut: new Set(), own: [] },
    taught: { spent: new Map(), items: [] },
    served: null,
    decisions: { person: 0, rule: 0, byType: {}, entries: 0 },
    tokens: {},
    peakMemoryMB: null,
    runs: [{ runId: `r${round}`, state: 'done', from, made: null }],
  };
}

const picture = (rounds: readonly PictureRound[]): Picture => ({
  project: 'p',
  labels: [],
  sets: [],
  rounds,
  curation: foldCuration([]),
  looks: null,
  overlaps: null,
  prices: new Map(),
  notes: [],
});

describe('the ledger', () => {
  it('follows students to the one that they were trained from, by digests', () => {
    const made = picture([
      trained(0, { sat: 'base', made: 'one', from: 'base' }, [row('q1', ['a', 'b'], ['x'])]),
      trained(1, { sat: 'one', made: 'two', from: 'one' }, [row('q1', ['b', 'c'], ['x', 'y'])]),
      trained(2, { sat: 'two' }, null),
    ]);
    expect(studentsIn(made)).toEqual([
      {
        name: 'base',
        digest: 'base',
        madeIn: null,
        from: null,
        saw: [],
        positives: 0,
        negatives: 0,
      },
      {
        name: 'one',
        digest: 'one',
        madeIn: { round: 0, runId: 'r0', chosen: true },
        from: 'base',
        saw: [0],
        positives: 2,
        negatives: 1,
      },
      {
        name: 'two',
        digest: 'two',
        madeIn: { round: 1, runId: 'r1', chosen: true },
        from: 'one',
        saw: [0, 1],
        positives: 3,
        negatives: 2,
      },
    ]);
    expect([...taughtIn(made)]).toEqual([['q1', [0, 1]]]);
    const of = { questionId: 'q1' };
    expect(itemsTaught(made)).toEqual([
      { ...of, itemId: 'a', source: 'teacher', rounds: [0] },
      { ...of, itemId: 'b', source: 'teacher', rounds: [0, 1] },
      { ...of, itemId: 'x', source: 'mistake', rounds: [0, 1] },
      { ...of, itemId: 'c', source: 'teacher', rounds: [1] },
      { ...of, itemId: 'y', source: 'mistake', rounds: [1] },
    ]);
  });

  it('lists every run of a round whose weights exist, the one that goes on marked', () => {
    const first = trained(0, { sat: 'base', made: 'one', from: 'base' }, [row('q1', ['a'])]);
    const other = { name: 'round-1-other', digest: 'other' };
    const runs = [
      { runId: 'fresh', state: 'done', from: 'base', made: other },
      { runId: 'gone', state: 'done', from: 'base', made: null },
      ...first.runs,
    ];
    // The round after was exchanged by hand for the student of the other run.
    const made = picture([{ ...first, runs }, trained(1, { sat: 'other' }, null)]);
    expect(studentsIn(made).map(({ name, madeIn, saw }) => [name, madeIn, saw])).toEqual([
      ['base', null, []],
      ['round-1-other', { round: 0, runId: 'fresh', chosen: false }, [0]],
      ['one', { round: 0, runId: 'r0', chosen: true }, [0]],
    ]);
    // The same recipe makes the same student: two runs all the same.
    const twice = runs.map((one) => ({ ...one, made: { name: 'one', digest: 'one' } }));
    expect(studentsIn(picture([{ ...first, runs: twice }])).map(({ madeIn }) => madeIn)).toEqual([
      null,
      { round: 0, runId: 'fresh', chosen: false },
      { round: 0, runId: 'gone', chosen: false },
      { round: 0, runId: 'r0', chosen: true },
    ]);
  });

  it('a student that begins from the base saw its own round alone', () => {
    const made = picture([
      trained(0, { sat: 'base', made: 'one', from: 'base' }, [row('q1', ['a'])]),
      trained(1, { sat: 'one', made: 'two', from: 'base' }, [row('q2', ['a'])]),
    ]);
    expect(studentsIn(made).map(({ saw }) => saw)).toEqual([[], [0], [1]]);
  });

  it('says what it knows where a run does not tell, and goes in no circle', () => {
    const made = picture([
      trained(0, { sat: 'a', made: 'b', from: 'b' }, [row('q1', ['a'])]),
      trained(1, { sat: 'exchanged', made: 'c' }, null),
    ]);
    expect(studentsIn(made).map(({ digest, from, saw }) => [digest, from, saw])).toEqual([
      ['a', null, []],
      ['b', 'b', [0]],
      ['exchanged', null, []],
      ['c', null, [1]],
    ]);
  });
});
