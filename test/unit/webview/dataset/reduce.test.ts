import { describe, expect, it } from 'vitest';
import type { DatasetRow, DatasetState } from '../../../../src/shared/datasetContract.ts';
import type { EditorEvent } from '../../../../webview/dataset/events.ts';
import { reduce } from '../../../../webview/dataset/reduce.ts';
import { INITIAL, type EditorState } from '../../../../webview/dataset/state.ts';
import { DatasetHost } from '../../../webview/datasetHost.ts';
import { TEN } from './datasetRig.ts';

const DOC = new DatasetHost({ lines: TEN }).state;
const doc = (over: Partial<DatasetState>): DatasetState => ({ ...DOC, ...over });
const row = (index: number): DatasetRow => ({
  key: `o${index}`,
  line: index + 1,
  kind: 'record',
  state: 'same',
  id: null,
  title: '',
  problem: null,
});
const rows = (from: number, count: number): DatasetRow[] =>
  Array.from({ length: count }, (_, index) => row(from + index));
const after = (...events: readonly EditorEvent[]): EditorState => events.reduce(reduce, INITIAL);
const READY: EditorEvent = { type: 'ready', doc: doc({ rev: 7 }), strings: {} };

describe('what is shown after something happened', () => {
  it('is never older than what was shown before, but for a host that was started anew', () => {
    const seen = after(READY, { type: 'doc', doc: doc({ rev: 9, problems: 3 }) });
    expect(reduce(seen, { type: 'doc', doc: doc({ rev: 8 }) })).toBe(seen);
    const anew = reduce(seen, { type: 'ready', doc: doc({ rev: 1 }), strings: {} });
    expect([anew.doc?.rev, anew.rows.size]).toEqual([1, 0]);
  });

  it('finds the row under the cursor when the rows come, and keeps it when others come', () => {
    const waiting = after(READY);
    expect([waiting.at, waiting.cursor]).toEqual([0, null]);
    const there = reduce(waiting, { type: 'rows', from: 0, rows: rows(0, 10) });
    expect(there.cursor).toBe('o0');
    const moved = reduce(there, { type: 'rows', from: 0, rows: rows(3, 5) });
    expect(moved.cursor).toBe('o0');
  });

  it('forgets rows far from those that are looked at, and never the one under the cursor', () => {
    let state = after(
      { ...READY, doc: doc({ rev: 7, rows: 100_000, shown: 100_000 }) },
      { type: 'rows', from: 0, rows: rows(0, 100) },
    );
    for (let from = 50_000; from < 60_000; from += 100)
      state = reduce(state, { type: 'rows', from, rows: rows(from, 100) });
    expect(state.rows.size).toBeLessThan(3200);
    expect([state.rows.has(0), state.rows.has(1), state.rows.has(59_999)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('keeps the cursor inside the list, and on nothing where nothing is listed', () => {
    const last = after(READY, { type: 'select', at: 99 });
    expect(last.at).toBe(9);
    expect(reduce(last, { type: 'doc', doc: doc({ rev: 8, shown: 4 }) }).at).toBe(3);
    const none = reduce(last, { type: 'doc', doc: doc({ rev: 8, shown: 0 }) });
    expect([none.at, none.cursor]).toEqual([-1, null]);
  });

  it('gives up what was picked when another filter may hide it', () => {
    const filter = { search: 'x', field: null, only: 'all' } as const;
    const picked = after(
      READY,
      { type: 'rows', from: 0, rows: rows(0, 10) },
      { type: 'mark', at: 3 },
    );
    expect([...picked.marked]).toEqual([['o3', 3]]);
    expect(reduce(picked, { type: 'doc', doc: doc({ rev: 8 }) }).marked.size).toBe(1);
    expect(reduce(picked, { type: 'doc', doc: doc({ rev: 8, filter }) }).marked.size).toBe(0);
  });
});
