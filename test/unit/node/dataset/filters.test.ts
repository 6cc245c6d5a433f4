import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RowSearch } from '../../../../src/core/dataset/rowSearch.ts';
import type { DatasetFilter, DatasetState } from '../../../../src/shared/datasetContract.ts';
import { GO, opened, openedOf, settled, type TestDataset } from '../../../fakes/openTestDataset.ts';

const row = (id: string, question: string, more = ''): string =>
  `{"id":"${id}","question":"${question}","answer":"1"${more}}`;

const ROWS = [
  row('a', 'How many apples?'),
  row('b', 'How many pears?', ',"note":"APPLES too"'),
  '',
  row('a', 'caf\\u00e9'),
  '{broken apples',
  '{"id":"c","question":"no answer"}',
  row('d', 'CAFÉ'),
];
const FILE = `${ROWS.join('\n')}\n`;

async function shown(of: TestDataset, filter: Partial<DatasetFilter>): Promise<number[]> {
  await of.dataset.filter({ search: '', field: null, only: 'all', ...filter });
  await settled(of);
  const rows = await of.dataset.rows(0, 500);
  expect(rows).toHaveLength(Math.min(500, of.dataset.state().shown));
  for (const [at, { key }] of rows.entries()) expect(await of.dataset.place(key)).toBe(at);
  return rows.map(({ line }) => line);
}

describe('a filter', () => {
  for (const wholeBytes of [0, 1 << 25]) {
    it(`shows rows with all the words, ${wholeBytes === 0 ? 'large' : 'small'} file`, async () => {
      const of = await openedOf(FILE, { set: 'train', wholeBytes });
      expect(await shown(of, { search: 'apples' })).toEqual([1, 2, 5]);
      expect(await shown(of, { search: 'APPLES pears' })).toEqual([2]);
      expect(await shown(of, { search: 'cafe\u0301' })).toEqual([4, 7]);
      expect(await shown(of, { search: 'apples', field: 'question' })).toEqual([1]);
      expect(await shown(of, { search: 'nothing of that' })).toEqual([]);
      expect(await shown(of, {})).toEqual([1, 2, 3, 4, 5, 6, 7]);
    });

    it(`shows problems, same ids, missing fields and edits, ${wholeBytes === 0 ? 'large' : 'small'} file`, async () => {
      const of = await openedOf(FILE, { set: 'train', wholeBytes });
      expect(await shown(of, { only: 'problems' })).toEqual([1, 4, 5, 6]);
      expect(of.dataset.state()).toMatchObject({ problems: 4, checked: 1 });
      expect(await shown(of, { only: 'same-id' })).toEqual([1, 4]);
      expect(await shown(of, { only: 'missing-field' })).toEqual([6]);
      expect(await shown(of, { only: 'missing-field', field: 'note' })).toEqual([1, 4, 6, 7]);
      expect(await shown(of, { only: 'missing-field', field: 'note', search: 'many' })).toEqual([
        1,
      ]);
      expect(await shown(of, { only: 'problems', search: 'apples' })).toEqual([1, 5]);
      expect(await shown(of, { only: 'edited' })).toEqual([]);
      await of.setText('o1', 'question', 'changed');
      await of.dataset.duplicate(['o6']);
      expect(await shown(of, { only: 'edited' })).toEqual([2, 8]);
      expect(await shown(of, { only: 'edited', search: 'changed' })).toEqual([2]);
    });
  }

  it('outside a set takes the same id for no problem, and needs no fields but those of most rows', async () => {
    const of = await openedOf(FILE);
    expect(await shown(of, { only: 'problems' })).toEqual([5]);
    expect(await shown(of, { only: 'same-id' })).toEqual([1, 4]);
    expect(await shown(of, { only: 'missing-field' })).toEqual([6]);
  });

  it('keeps a row that is edited and no longer fits, takes one that fits now, and shows what comes', async () => {
    const of = await openedOf(FILE);
    expect(await shown(of, { search: 'apples' })).toEqual([1, 2, 5]);
    const lines = async (): Promise<number[]> =>
      (await of.dataset.rows(0, 99)).map(({ line }) => line);
    await of.setText('o0', 'question', 'pears');
    expect(await lines()).toEqual([1, 2, 5]);
    await of.setText('o3', 'question', 'apples');
    expect(await lines()).toEqual([1, 2, 4, 5]);
    await of.dataset.insert('o0');
    expect(await lines()).toEqual([1, 2, 3, 5, 6]);
    await of.dataset.remove(['o1']);
    expect(await lines()).toEqual([1, 2, 4, 5]);
    expect(await of.dataset.place('o5')).toBeNull();
    await of.edits[3]?.undo();
    expect(await lines()).toEqual([1, 2, 3, 5, 6]);
    await of.dataset.move(['o4'], 'o0');
    expect((await of.dataset.rows(0, 99)).map(({ key }) => key)).toEqual([
      'o4',
      'o0',
      'n0',
      'o1',
      'o3',
    ]);
    await of.dataset.save(GO);
    expect((await of.dataset.rows(0, 99)).map(({ key }) => key)).toEqual([
      'o4',
      'o0',
      'n0',
      'o1',
      'o3',
    ]);
    expect(await shown(of, { search: 'apples' })).toEqual([1, 4, 6]);
  });

  it('that is changed while it looks gives way to the new one', async () => {
    const of = await openedOf(`${row('x', 'one')}\n`.repeat(20_000), { wholeBytes: 0 });
    void of.dataset.filter({ search: 'one', field: 'question', only: 'all' });
    expect(await shown(of, { search: 'two' })).toEqual([]);
    expect(of.dataset.state().filter.search).toBe('two');
  });

  it('tells how far it is, and never goes back', async () => {
    const of = await openedOf(`${row('x', 'one')}\n`.repeat(60_000), { wholeBytes: 0 });
    const states: DatasetState[] = [];
    of.dataset.onState((state) => states.push(state));
    await shown(of, { search: 'x', field: 'id' });
    const shares = states.map(({ filtered }) => filtered);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(of.dataset.state().shown).toBe(60_000);
  });

  it('looks on at what was edited, saved and moved meanwhile', async () => {
    const of = await openedOf(`${row('x', 'one')}\n`.repeat(30_000), { wholeBytes: 0 });
    await settled(of);
    await of.dataset.filter({ search: 'two', field: 'question', only: 'all' });
    await of.setText('o29999', 'question', 'two');
    await of.dataset.save(GO);
    await of.dataset.move(['o29999'], 'o0');
    await settled(of);
    expect((await of.dataset.rows(0, 9)).map(({ key, line }) => [key, line])).toEqual([
      ['o29999', 1],
    ]);
  });

  it('finds in a whole file what it finds row by row', async () => {
    const piece = fc.constantFrom(
      ...[
        'apple',
        'APPLE',
        'é',
        'e\u0301',
        '\\u00e9',
        '\\n',
        '\\"',
        '\\\\',
        ' ',
        'ß',
        'x',
        '"',
        ',',
        '{',
        '😀',
        'ﬁ',
      ],
    );
    const line = fc.array(piece, { maxLength: 8 }).map((parts) => `{"t":"${parts.join('')}"}`);
    const words = fc.constantFrom(
      'apple',
      'é',
      'É',
      'x apple',
      '"',
      '\\',
      'fi',
      'SS',
      '😀',
      'n',
      'u00e9',
      '{"t',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 60 }), words, async (lines, search) => {
        const of = await openedOf(lines.map((text) => `${text}\n`).join(''), { wholeBytes: 0 });
        const found = await shown(of, { search });
        await of.dataset.dispose();
        const looked = new RowSearch(search, null);
        expect(found).toEqual(lines.flatMap((text, at) => (looked.matches(text) ? [at + 1] : [])));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the check of all rows', () => {
  it('edge case: duplicate or missing ids: says that another row has the same id, or that there is none', async () => {
    const of = await openedOf(FILE, { set: 'train' });
    await shown(of, { only: 'problems' });
    const problems = (await of.dataset.rows(0, 9)).map(({ problem }) => problem);
    expect(problems[0]).toMatch(/same id/u);
    expect(problems[1]).toMatch(/same id/u);
    await of.setText('o0', 'id', 'other');
    expect((await of.dataset.record('o3')).problem).toBeNull();
    expect(of.dataset.state().problems).toBe(2);
    await of.edits[0]?.undo();
    expect((await of.dataset.record('o3')).problem).toMatch(/same id/u);
  });

  it('begins by itself in small files, and in large ones when it is asked for', async () => {
    const small = await openedOf(FILE, { set: 'train' });
    await expect.poll(() => small.dataset.state().checked).toBe(1);
    expect(small.dataset.state().problems).toBe(4);
    const large = await openedOf(FILE, { set: 'train', wholeBytes: 0 });
    await settled(large);
    expect(large.dataset.state()).toMatchObject({ checked: 0, problems: 0 });
  });

  it('stays in step with edits, undo and saves: a fresh look finds the same', async () => {
    const contents = [...ROWS, row('d', 'again'), '{"id":5,"question":"q","answer":"1"}', '[1]'];
    const act = fc.record({
      what: fc.constantFrom('set', 'copy', 'remove', 'insert', 'move', 'undo', 'redo', 'save'),
      at: fc.nat(20),
      text: fc.constantFrom(...contents),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...contents), { maxLength: 12 }),
        fc.array(act, { maxLength: 15 }),
        fc.constantFrom(0, 1 << 25),
        async (lines, acts, wholeBytes) => {
          const of = await openedOf(lines.map((text) => `${text}\n`).join(''), {
            set: 'train',
            wholeBytes,
          });
          await shown(of, { only: 'same-id' });
          let done = 0;
          for (const { what, at, text } of acts) {
            const keys = await of.keys();
            const key = keys[at % Math.max(1, keys.length)];
            if (what === 'undo' && done > 0) await of.edits[(done -= 1)]?.undo();
            else if (what === 'redo' && done < of.edits.length)
              await of.edits[(done += 1) - 1]?.redo();
            else if (what === 'save') await of.dataset.save(GO);
            else if (key !== undefined && done === of.edits.length) {
              if (what === 'set') await of.set(key, text);
              if (what === 'copy') await of.dataset.duplicate([key]);
              if (what === 'remove') await of.dataset.remove([key]);
              if (what === 'insert') await of.dataset.insert(key);
              if (what === 'move') await of.dataset.move([key], null);
              done = of.edits.length;
            }
          }
          const copy = join(dirname(of.path), 'copy.jsonl');
          await of.dataset.saveAs(copy, GO);
          const fresh = await opened({ path: copy, journalFolder: of.journalFolder, set: 'train' });
          const [problems, same] = [
            await shown(fresh, { only: 'problems' }),
            await shown(fresh, { only: 'same-id' }),
          ];
          expect(await shown(of, { only: 'problems' })).toEqual(problems);
          expect(await shown(of, { only: 'same-id' })).toEqual(same);
          expect(of.dataset.state().problems).toBe(problems.length);
          expect((await of.dataset.rows(0, 99)).map(({ problem }) => problem)).toEqual(
            (await fresh.dataset.rows(0, 99)).map(({ problem }) => problem),
          );
          await of.dataset.dispose({ discard: true });
          await fresh.dataset.dispose();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is not disturbed by edits while it runs', async () => {
    const of = await openedOf(`${row('x', 'one')}\n`.repeat(20_000), {
      set: 'train',
      wholeBytes: 0,
    });
    await settled(of);
    void of.dataset.filter({ search: '', field: null, only: 'problems' });
    await of.setText('o19999', 'id', 'y');
    await of.dataset.remove(['o0', 'o19998']);
    await of.dataset.duplicate(['o19999']);
    await of.dataset.save(GO);
    await settled(of);
    expect(of.dataset.state().problems).toBe(19_999);
    await of.edits[2]?.undo();
    expect(of.dataset.state().problems).toBe(19_997);
    await of.edits[1]?.undo();
    expect(of.dataset.state().problems).toBe(19_999);
    await of.edits[0]?.undo();
    expect(of.dataset.state().problems).toBe(20_000);
  });
});
