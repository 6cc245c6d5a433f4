import { describe, expect, it } from 'vitest';
import type { DatasetState } from '../../../../src/shared/datasetContract.ts';
import { GO, openedOf, settled, type TestDataset } from '../../../fakes/openTestDataset.ts';

const FOUR = '{"a":1}\n{"a":2}\n{"a":3}\n{"a":4}\n';
const numbers = async (opened: TestDataset): Promise<string> =>
  (await opened.lines()).map((line) => /:(.*)\}/u.exec(line)?.[1] ?? '?').join(' ');

describe('rows', () => {
  it('are inserted below another one with its fields, or first', async () => {
    const opened = await openedOf('{"id":"1", "tags":["x"], "n":2}\n');
    expect((await opened.dataset.insert('o0')).keys).toEqual(['n0']);
    expect((await opened.dataset.insert(null)).keys).toEqual(['n1']);
    expect(await opened.lines()).toEqual([
      '{"id":"", "tags":[], "n":null}',
      '{"id":"1", "tags":["x"], "n":2}',
      '{"id":"", "tags":[], "n":null}',
    ]);
    expect(opened.dataset.state()).toMatchObject({
      inserted: 2,
      edited: 0,
      deleted: 0,
      dirty: true,
    });
  });

  it('take their fields from the nearest record where the neighbour is none', async () => {
    const opened = await openedOf('\n{broken\n{"q":"x"}\n');
    const { keys } = await opened.dataset.insert('o0');
    expect((await opened.dataset.record(keys[0] ?? 'o0')).raw).toBe('{"q":""}');
  });

  it('are copied below themselves', async () => {
    const opened = await openedOf(FOUR);
    const { keys } = await opened.dataset.duplicate(['o3', 'o1', 'o0']);
    expect(await numbers(opened)).toBe('1 1 2 2 3 4 4');
    expect(keys).toEqual(['n0', 'n1', 'n2']);
    expect(await opened.keys()).toEqual(['o0', 'n0', 'o1', 'n1', 'o2', 'o3', 'n2']);
  });

  it.each([
    [['o0'], 'o2', '2 1 3 4'],
    [['o0'], null, '2 3 4 1'],
    [['o3', 'o1'], 'o0', '2 4 1 3'],
    [['o1', 'o2'], 'o1', '1 2 3 4'],
    [['o1'], 'o2', '1 2 3 4'],
    [['o0', 'o2'], 'o2', '2 1 3 4'],
    [['o0', 'o1', 'o2', 'o3'], 'o0', '1 2 3 4'],
  ])('%j move before %s', async (keys, before, after) => {
    const opened = await openedOf(FOUR);
    await opened.dataset.move(keys, before);
    expect(await numbers(opened)).toBe(after);
    for (const edit of opened.edits) await edit.undo();
    expect(await numbers(opened)).toBe('1 2 3 4');
    expect(opened.dataset.state().dirty).toBe(false);
  });

  it('many at once are one act', async () => {
    const opened = await openedOf(FOUR);
    await opened.dataset.remove(['o0', 'o2', 'o3']);
    expect(opened.edits.map(({ label }) => label)).toEqual(['Delete Rows']);
    await opened.edits[0]?.undo();
    expect(await numbers(opened)).toBe('1 2 3 4');
  });

  it('that are gone cannot be edited, shown or moved before', async () => {
    const opened = await openedOf(FOUR);
    const stamp = await opened.stamp('o1');
    await opened.dataset.remove(['o1']);
    await expect(opened.dataset.record('o1')).rejects.toMatchObject({ code: 'store.stale' });
    await expect(opened.dataset.setLine('o1', stamp, '{}')).rejects.toMatchObject({
      code: 'store.stale',
    });
    await expect(opened.dataset.move(['o0'], 'o1')).rejects.toMatchObject({ code: 'store.stale' });
    await expect(opened.dataset.remove(['o1', 'o2'])).rejects.toMatchObject({
      code: 'store.stale',
    });
    expect(() => opened.dataset.lineOf('n7')).toThrow(/not in the document/u);
    expect(await numbers(opened)).toBe('1 3 4');
    expect(opened.edits).toHaveLength(1);
  });
});

describe('an edit', () => {
  it('says what it is, for the list of acts', async () => {
    const opened = await openedOf('{"answer":"1","b":2}\n');
    const { dataset } = opened;
    await opened.setText('o0', 'answer', '2');
    await dataset.addField('o0', await opened.stamp('o0'), 'c', 'json', '[1]');
    await dataset.removeField('o0', await opened.stamp('o0'), 1);
    await opened.set('o0', '{}');
    await dataset.insert(null);
    await dataset.duplicate(['o0']);
    await dataset.move(['o0'], null);
    await dataset.remove(['o0']);
    expect(opened.edits.map(({ label }) => label)).toEqual([
      'Edit answer',
      'Add c',
      'Remove b',
      'Edit Line',
      'Insert Row',
      'Duplicate Row',
      'Move Row',
      'Delete Row',
    ]);
  });

  it('is told in the language of whoever opened it', async () => {
    const opened = await openedOf('{"a":"1"}\n{broken\n', { say: (text) => `<${String(text)}>` });
    await opened.setText('o0', 'a', '2');
    expect(opened.edits[0]?.label).toBe('<Edit a>');
    expect((await opened.dataset.rows(1, 1))[0]?.problem).toMatch(/^<.*>$/u);
  });

  it('answers with the new stamp, so that the next one can follow at once', async () => {
    const opened = await openedOf('{"a":"1"}\n');
    const first = await opened.dataset.setField('o0', await opened.stamp('o0'), 0, 'text', '2');
    const second = await opened.dataset.setField('o0', first.stamp, 0, 'text', '3');
    expect(second.rev).toBeGreaterThan(first.rev);
    expect(await opened.lines()).toEqual(['{"a":"3"}']);
  });

  it('made on another content than the row has is refused', async () => {
    const opened = await openedOf('{"a":"1"}\n');
    const stamp = await opened.stamp('o0');
    await opened.setText('o0', 'a', '2');
    await expect(opened.dataset.setField('o0', stamp, 0, 'text', '3')).rejects.toMatchObject({
      code: 'store.stale',
    });
    await expect(opened.dataset.removeField('o0', stamp, 0)).rejects.toMatchObject({
      code: 'store.stale',
    });
    expect(await opened.lines()).toEqual(['{"a":"2"}']);
  });

  it('that changes nothing is no act', async () => {
    const opened = await openedOf('{"a":"caf\\u00e9"}\n');
    await opened.setText('o0', 'a', 'café');
    await opened.set('o0', '{"a":"caf\\u00e9"}');
    expect(opened.edits).toEqual([]);
    expect(opened.dataset.state()).toMatchObject({ dirty: false, edited: 0 });
  });

  it('with a line break or with two values is refused', async () => {
    const opened = await openedOf('{"a":"1"}\n');
    const stamp = await opened.stamp('o0');
    await expect(opened.dataset.setLine('o0', stamp, '{}\n{}')).rejects.toMatchObject({
      code: 'data.invalid',
    });
    // Behind it comes the line's own end, and the two would be one.
    await expect(opened.dataset.setLine('o0', stamp, '{}\r')).rejects.toMatchObject({
      code: 'data.invalid',
    });
    await expect(opened.dataset.setField('o0', stamp, 0, 'json', '1 2')).rejects.toMatchObject({
      code: 'data.invalid',
    });
    await expect(opened.dataset.setField('o0', stamp, 7, 'text', '')).rejects.toMatchObject({
      code: 'store.stale',
    });
    await expect(opened.dataset.addField('o0', stamp, 'a', 'text', '')).rejects.toMatchObject({
      code: 'data.invalid',
    });
  });

  it('with half of a character is refused where it would be written as it is, and spelt where it can be', async () => {
    const opened = await openedOf('{"a":"1"}\n');
    const stamp = await opened.stamp('o0');
    const refused = { code: 'data.invalid' };
    await expect(opened.dataset.setLine('o0', stamp, '{"a":"\ud800"}')).rejects.toMatchObject(
      refused,
    );
    await expect(opened.dataset.setField('o0', stamp, 0, 'json', '"\ud800"')).rejects.toMatchObject(
      refused,
    );
    await opened.setText('o0', 'a', '\ud800');
    expect(await opened.lines()).toEqual(['{"a":"\\ud800"}']);
  });

  it('edge case: duplicate keys: changes the one that is meant', async () => {
    const opened = await openedOf('{"a":"1","a":"2","b":"3"}\n');
    const { fields, stamp } = await opened.dataset.record('o0');
    expect(fields.map(({ duplicate }) => duplicate)).toEqual([true, true, false]);
    await opened.dataset.setField('o0', stamp, 0, 'text', 'x');
    expect(await opened.lines()).toEqual(['{"a":"x","a":"2","b":"3"}']);
  });

  it('edge case: paste of 1 MB: is taken, undone and saved', async () => {
    const opened = await openedOf('{"a":"1"}\n');
    const text = 'paste "ü"\n'.repeat(120_000);
    await opened.setText('o0', 'a', text);
    await opened.dataset.save(GO);
    expect(JSON.parse((await opened.file()).toString('utf8'))).toEqual({ a: text });
    await opened.edits[0]?.undo();
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe('{"a":"1"}\n');
  });

  it('in a read-only document is refused, until it is no longer read-only', async () => {
    const opened = await openedOf('{"a":"1"}\n', { readOnly: 'Frozen.' });
    expect(opened.dataset.state().readOnly).toBe('Frozen.');
    const stamp = await opened.stamp('o0');
    const refused = { code: 'store.denied', message: 'Frozen.' };
    await expect(opened.dataset.setLine('o0', stamp, '{}')).rejects.toMatchObject(refused);
    await expect(opened.dataset.remove(['o0'])).rejects.toMatchObject(refused);
    await expect(opened.dataset.save(GO)).rejects.toMatchObject(refused);
    opened.dataset.setReadOnly(null);
    await opened.set('o0', '{}');
    expect(await opened.lines()).toEqual(['{}']);
  });

  it('follows the one before it, also when nobody waits', async () => {
    const opened = await openedOf(FOUR);
    await Promise.all([
      opened.dataset.remove(['o0']),
      opened.dataset.insert('o1'),
      opened.dataset.move(['o3'], 'o1'),
      opened.dataset.save(GO),
      opened.dataset.remove(['o2']),
    ]);
    expect((await opened.file()).toString('utf8')).toBe('{"a":4}\n{"a":2}\n{"a":null}\n{"a":3}\n');
    expect(await numbers(opened)).toBe('4 2 null');
  });
});

describe('undo', () => {
  it('edge case: undo past save: leads back to the bytes before it, and redo forth again', async () => {
    const opened = await openedOf('{"a":1}\r\n{"a":2}\n{"a":3}', { wholeBytes: 0 });
    const files = [(await opened.file()).toString('utf8')];
    const acts = [
      () => opened.set('o2', '{"a":33}'),
      () => opened.dataset.remove(['o1', 'o2']),
      () => opened.dataset.duplicate(['o0']),
      () => opened.dataset.move(['o0'], null),
      () => opened.set('o0', ''),
    ];
    for (const act of acts) {
      await act();
      await opened.dataset.save(GO);
      files.push((await opened.file()).toString('utf8'));
    }
    for (let step = acts.length - 1; step >= 0; step -= 1) {
      await opened.edits[step]?.undo();
      expect(opened.dataset.state().dirty).toBe(true);
      await opened.dataset.save(GO);
      expect((await opened.file()).toString('utf8')).toBe(files[step]);
    }
    for (let step = 0; step < acts.length; step += 1) {
      await opened.edits[step]?.redo();
      await opened.dataset.save(GO);
      expect((await opened.file()).toString('utf8')).toBe(files[step + 1]);
    }
  });

  it('to what was saved leaves nothing to save', async () => {
    const opened = await openedOf(FOUR);
    await opened.set('o0', '{"a":9}');
    await opened.dataset.save(GO);
    await opened.dataset.remove(['o1']);
    await opened.edits[1]?.undo();
    expect(opened.dataset.state()).toMatchObject({ dirty: false, edited: 0, deleted: 0 });
    await opened.edits[0]?.undo();
    expect(opened.dataset.state()).toMatchObject({ dirty: true, edited: 1 });
    await opened.edits[0]?.redo();
    expect(opened.dataset.state()).toMatchObject({ dirty: false, edited: 0 });
  });

  it('past a save and another edit then is another content than the one saved', async () => {
    const opened = await openedOf('{"a":"1"}\n');
    await opened.setText('o0', 'a', '2');
    await opened.dataset.save(GO);
    await opened.edits[0]?.undo();
    await opened.setText('o0', 'a', '3');
    expect(opened.dataset.state()).toMatchObject({ dirty: true, edited: 1 });
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe('{"a":"3"}\n');
  });

  it('is refused after the file was read anew', async () => {
    const opened = await openedOf(FOUR);
    await opened.dataset.remove(['o0']);
    await opened.dataset.revert(GO);
    expect(await numbers(opened)).toBe('1 2 3 4');
    expect(opened.dataset.state()).toMatchObject({ dirty: false, deleted: 0 });
    await expect(opened.edits[0]?.undo()).rejects.toMatchObject({ code: 'store.stale' });
    expect(await numbers(opened)).toBe('1 2 3 4');
  });
});

describe('the state', () => {
  it('is told after every act with a higher revision', async () => {
    const opened = await openedOf(FOUR);
    const states: DatasetState[] = [];
    const stop = opened.dataset.onState((state) => states.push(state));
    await opened.dataset.remove(['o0']);
    await opened.edits[0]?.undo();
    await opened.dataset.duplicate(['o1']);
    await opened.dataset.save(GO);
    const acts = states.filter(({ rev }, index) => rev !== states[index - 1]?.rev);
    expect(acts.map(({ rows, dirty }) => [rows, dirty])).toEqual(
      expect.arrayContaining([
        [3, true],
        [4, false],
        [5, true],
        [5, false],
      ]),
    );
    expect(states.map(({ rev }) => rev)).toEqual(
      states.map(({ rev }) => rev).toSorted((a, b) => a - b),
    );
    stop();
    const told = states.length;
    await opened.dataset.remove(['o0']);
    expect(states).toHaveLength(told);
  });

  it('counts edited, inserted and deleted rows against the file', async () => {
    const opened = await openedOf(FOUR);
    await opened.set('o0', '{"a":9}');
    await opened.dataset.remove(['o0', 'o1']);
    await opened.dataset.duplicate(['o2']);
    await opened.set('n0', '{"a":8}');
    await opened.set('o3', '{"a":7}');
    expect(opened.dataset.state()).toMatchObject({ edited: 1, inserted: 1, deleted: 2 });
    expect((await opened.dataset.rows(0, 9)).map(({ state }) => state)).toEqual([
      'same',
      'inserted',
      'edited',
    ]);
    await opened.dataset.save(GO);
    expect(opened.dataset.state()).toMatchObject({ edited: 0, inserted: 0, deleted: 0 });
    await opened.edits[1]?.undo();
    expect(opened.dataset.state()).toMatchObject({ inserted: 2, deleted: 0 });
  });

  it('names the fields of the first rows', async () => {
    const opened = await openedOf('{"id":"1","n":1}\n{"id":"2"}\n');
    expect(opened.dataset.state().fields).toEqual([
      { name: 'id', type: 'text' },
      { name: 'n', type: 'number' },
    ]);
  });
});

describe('ids in the editor', () => {
  it('fault: duplicate, missing, numeric, huge, `__proto__`, `../x` ids lead to their rows', async () => {
    const ids = [
      '"__proto__"',
      '"../x"',
      '12345678901234567890',
      '"caf\\u00e9"',
      `"${'x'.repeat(999)}"`,
      '""',
      '"dup"',
      '"dup"',
      '"a\\/\\u0062"',
      '"../\\/y"',
    ];
    const opened = await openedOf(`${ids.map((id) => `{"id":${id}}`).join('\n')}\n{}\n`);
    const keys = [];
    for (const id of [
      '__proto__',
      '../x',
      '12345678901234567890',
      'café',
      'x'.repeat(999),
      '',
      'dup',
      'none',
    ]) {
      keys.push(await opened.dataset.keyOfId(id));
    }
    expect(keys).toEqual(['o0', 'o1', 'o2', 'o3', 'o4', 'o5', 'o6', null]);
    // Slashes may be spelt as escapes, all or some of them.
    expect(await opened.dataset.keyOfId('a/b')).toBe('o8');
    expect(await opened.dataset.keyOfId('..//y')).toBe('o9');
    await opened.dataset.move(['o7'], 'o0');
    expect(await opened.dataset.keyOfId('dup')).toBe('o7');
    await opened.set('o7', '{"id":"other"}');
    expect(await opened.dataset.keyOfId('dup')).toBe('o6');
    expect(await opened.dataset.keyOfId('other')).toBe('o7');
    await opened.dataset.remove(['o6', 'o7']);
    expect(await opened.dataset.keyOfId('dup')).toBeNull();
  });

  it('are found without a look at every row, and after one', async () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, index) => `{"id":"q-${index}","question":"?","answer":"1"}\n`,
    );
    for (const wholeBytes of [0, 1 << 25]) {
      const opened = await openedOf(rows.join(''), { set: 'train', wholeBytes });
      expect(await opened.dataset.keyOfId('q-4321')).toBe('o4321');
      await opened.dataset.filter({ search: '', field: null, only: 'problems' });
      await settled(opened);
      expect(await opened.dataset.keyOfId('q-4321')).toBe('o4321');
      expect(await opened.dataset.keyOfId('q-5000')).toBeNull();
    }
  });
});
