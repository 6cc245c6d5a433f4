import { describe, expect, it } from 'vitest';
import { LineFinder, LineIndex } from '../../../../src/node/dataset/lineIndex.ts';
import { GO, openedOf, settled } from '../../../fakes/openTestDataset.ts';

const GB4 = 2 ** 32;

describe('the index of lines', () => {
  it('finds the lines of bytes that come in any pieces', () => {
    const bytes = Buffer.from('a\n\nbb\r\nccc');
    for (let size = 1; size <= bytes.length; size += 1) {
      const index = new LineIndex();
      const finder = new LineFinder(index, 0);
      for (let at = 0; at < bytes.length; at += size) finder.push(bytes.subarray(at, at + size));
      finder.end();
      expect([0, 1, 2, 3, 4].map((line) => index.startOf(line))).toEqual([0, 2, 3, 7, 10]);
      expect(index.lines).toBe(4);
    }
  });

  it('holds places above 4 GB, also of lines that are longer than that', () => {
    const index = new LineIndex();
    const places = [0, 10, GB4 - 1, GB4, GB4 + 7, 3 * GB4 + 5, 3 * GB4 + 6, 9 * GB4];
    places.forEach((start, line) => index.push(start, places[line + 1] ?? 9 * GB4 + 3));
    expect(places.map((_, line) => index.startOf(line))).toEqual(places);
    expect(index.startOf(places.length)).toBe(9 * GB4 + 3);
    const copy = new LineIndex();
    copy.copy(index, 2, 6, GB4);
    expect(places.slice(2).map((_, line) => copy.startOf(line))).toEqual(
      places.slice(2).map((at) => at + GB4),
    );
  });

  it('spans many blocks', () => {
    const index = new LineIndex();
    for (let line = 0; line < 200_000; line += 1) index.push(line * 3, line * 3 + 3);
    for (const line of [0, 65_535, 65_536, 131_072, 199_999, 200_000])
      expect(index.startOf(line)).toBe(line * 3);
  });
});

/** Files that a save after an edit of one row must give back byte for byte, but for that row. */
const ENDS: Record<string, string> = {
  LF: '{"id":"1"}\n{"id":"2"}\n',
  CRLF: '{"id":"1"}\r\n{"id":"2"}\r\n',
  'mixed ends': '{"id":"1"}\r\n{"id":"x"}\n{"id":"y"}\r\n\n{"id":"2"}\n',
  'lone CR between tokens': '{"id":"1"}\n{\r"n":1\r}\r\n{"id":"2"}\n',
  'lone CR alone': '{"a":1}\r{"a":2}\r\n{"id":"1"}\n{"id":"2"}\n',
  'U+2028 in texts': '{"id":"1","t":"a\u2028b"}\n{"t":"\u0085"}\n{"id":"2"}\n',
};
const MARKED: Record<string, string> = {
  'a byte-order mark': '\ufeff{"id":"1"}\n{"id":"2"}\n',
  'a byte-order mark and CRLF': '\ufeff{"id":"1"}\r\n{"id":"2"}\r\n',
};
const UNENDED: Record<string, string> = {
  'no final newline': '{"id":"1"}\n{"id":"2"}',
  'a CR in front of the missing final newline': '{"id":"1"}\n{"id":"2"}\r',
};
const ODD: Record<string, string> = {
  'blank lines': '\n \n{"id":"1"}\n\t\n\n{"id":"2"}\n\n\n',
  'invalid lines': '{"id":"1"}\n{broken\nNaN\n{"a":1}}\n{"id":"2"}\n',
};
const FILES = { ...ENDS, ...MARKED, ...UNENDED, ...ODD };

async function oneEditChangesOneLine(_: string, content: string): Promise<void> {
  const opened = await openedOf(content);
  const id = await opened.dataset.keyOfId('2');
  await opened.setText(id ?? 'o0', 'id', '3');
  await opened.dataset.save(GO);
  expect((await opened.file()).toString('utf8')).toBe(content.replace('"id":"2"', '"id":"3"'));
}

describe('fault: dataset: BOM, CRLF, lone CR, U+2028, blank lines, no final newline in the editor', () => {
  it.each(Object.entries(ENDS))(
    'edge case: CRLF or mixed EOL: %s: one edit changes one line',
    oneEditChangesOneLine,
  );
  it.each(Object.entries(MARKED))(
    'edge case: BOM: %s: one edit changes one line',
    oneEditChangesOneLine,
  );
  it.each(Object.entries(UNENDED))(
    'edge case: no final newline: %s: one edit changes one line',
    oneEditChangesOneLine,
  );
  it.each(Object.entries(ODD))(
    'edge case: blank and invalid lines: %s: one edit changes one line',
    oneEditChangesOneLine,
  );

  it('edge case: blank and invalid lines: are shown, have no fields, and are mended as text', async () => {
    const opened = await openedOf('{"id":"1"}\n \n{broken\n');
    expect((await opened.dataset.rows(0, 9)).map(({ kind }) => kind)).toEqual([
      'record',
      'blank',
      'invalid',
    ]);
    for (const key of ['o1', 'o2']) {
      const { fields, stamp } = await opened.dataset.record(key);
      expect(fields).toEqual([]);
      await expect(opened.dataset.setField(key, stamp, 0, 'text', 'x')).rejects.toMatchObject({
        code: 'data.invalid',
      });
    }
    await opened.set('o2', '{"id":"3"}');
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe('{"id":"1"}\n \n{"id":"3"}\n');
  });

  it.each(Object.entries(FILES))('%s: has the rows and ids of a clean copy', async (_, content) => {
    const clean = content.replace(/\ufeff/u, '').replace(/\r\n/gu, '\n');
    const [own, other] = [await openedOf(content), await openedOf(clean)];
    const seen = async (of: typeof own): Promise<unknown[]> =>
      (await of.dataset.rows(0, 100)).map(({ id, kind, line }) => [id, kind, line]);
    expect(await seen(own)).toEqual(await seen(other));
    expect(await own.dataset.keyOfId('1')).toBe(await other.dataset.keyOfId('1'));
  });

  it('new rows end as their neighbours do', async () => {
    const opened = await openedOf('{"a":1}\r\n{"b":2}\n{"c":3}');
    await opened.dataset.insert('o0');
    await opened.dataset.insert('o1');
    await opened.dataset.insert('o2');
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe(
      '{"a":1}\r\n{"a":null}\r\n{"b":2}\n{"b":null}\n{"c":3}\r\n{"c":null}',
    );
  });

  it('a byte-order mark stays first, whatever row does', async () => {
    const opened = await openedOf('\ufeff{"a":1}\n{"b":2}\n');
    await opened.dataset.move(['o1'], 'o0');
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe('\ufeff{"b":2}\n{"a":1}\n');
    await opened.dataset.remove(['o0', 'o1']);
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe('\ufeff');
  });
});

describe('fault: invalid UTF-8, UTF-16, gzip, NUL, NaN/Infinity, 1e999 in the editor', () => {
  it('a line that is no UTF-8 is shown, kept, copied and moved, and not edited as text', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"a":"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('"}\n{"b":1}\n'),
    ]);
    const opened = await openedOf(bytes);
    const record = await opened.dataset.record('o0');
    expect(record).toMatchObject({ kind: 'invalid', rawEditable: false, fields: [] });
    expect(record.problem).toMatch(/UTF-8/u);
    await expect(opened.dataset.setLine('o0', record.stamp, '{}')).rejects.toMatchObject({
      code: 'data.invalid',
    });
    await opened.dataset.duplicate(['o0']);
    await opened.dataset.move(['o0'], null);
    await opened.dataset.save(GO);
    const line = bytes.subarray(0, bytes.indexOf(0x0a) + 1);
    expect(
      (await opened.file()).equals(Buffer.concat([line, Buffer.from('{"b":1}\n'), line])),
    ).toBe(true);
  });

  it.each([
    ['UTF-16', Buffer.from('\ufeff{"a":1}\n', 'utf16le')],
    ['gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0x0a, 1, 2])],
  ])('%s is shown and cannot be edited', async (name, bytes) => {
    const opened = await openedOf(bytes);
    expect(opened.dataset.state().readOnly).toContain(name);
    await expect(opened.dataset.insert(null)).rejects.toMatchObject({ code: 'store.denied' });
    await expect(opened.dataset.save(GO)).rejects.toMatchObject({ code: 'store.denied' });
    expect((await opened.file()).equals(bytes)).toBe(true);
  });

  it.each(['{"a":NaN}', '{"a":-Infinity}', '{"a":"\u0000"}', '{\u0000}'])(
    '%j can be mended as text',
    async (line) => {
      const opened = await openedOf(`${line}\n`);
      expect((await opened.dataset.record('o0')).kind).toBe('invalid');
      await opened.set('o0', '{"a":1}');
      expect(await opened.dataset.record('o0')).toMatchObject({
        kind: 'record',
        problem: null,
        state: 'edited',
      });
    },
  );

  it('edge case: ints > 2^53, 1e400, lone surrogates, \\u escapes and key order: outlive edits beside them', async () => {
    const kept =
      '"z":9007199254740993,"a":1e400,"s":"\\ud800","e":"caf\\u00e9 \\/ \\u0041","1":-0,"m":{"b":1.50,"a":[]}';
    const opened = await openedOf(`{"q":"old",${kept}}\n{"q":"other",${kept}}\n`);
    await opened.setText('o0', 'q', 'new');
    await opened.dataset.duplicate(['o1']);
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe(
      `{"q":"new",${kept}}\n{"q":"other",${kept}}\n{"q":"other",${kept}}\n`,
    );
  });

  it('numbers are what the file says, digit by digit', async () => {
    const opened = await openedOf('{"a":1e999,"b":12345678901234567890,"c":1.50,"d":-0}\n', {
      set: 'train',
    });
    const { fields } = await opened.dataset.record('o0');
    expect(fields.map(({ value }) => value)).toEqual([
      '1e999',
      '12345678901234567890',
      '1.50',
      '-0',
    ]);
    expect((await opened.dataset.rows(0, 1))[0]?.problem).toMatch(/id is missing/u);
  });
});

describe('fault: 100 MB line; 2 GB file; 1 M rows; nesting 100 k in the editor', () => {
  it('edge case: one line > 1 MB: is indexed, and clipped where it is shown', async () => {
    const long = 'x😀'.repeat(400_000);
    const opened = await openedOf(`{"id":"1"}\n{"id":"2","text":"${long}"}\n{"id":"3"}\n`);
    await settled(opened);
    const record = await opened.dataset.record('o1');
    const text = record.fields[1];
    expect(text).toMatchObject({ clipped: true, characters: long.length });
    expect(text?.value.length).toBeLessThanOrEqual(20_000);
    expect(long.startsWith(text?.value ?? '?')).toBe(true);
    expect(record).toMatchObject({ rawClipped: true, rawEditable: false });
    expect(await opened.dataset.fieldText('o1', 1)).toBe(long);
    await opened.setText('o1', 'text', `${long}!`);
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe(
      `{"id":"1"}\n{"id":"2","text":"${long}!"}\n{"id":"3"}\n`,
    );
  });

  it('a line too long to be parsed is kept, and can be moved and deleted', async () => {
    const long = Buffer.alloc(17 * 1024 * 1024, 'x');
    const bytes = Buffer.concat([Buffer.from('{"id":"1"}\n'), long, Buffer.from('\n{"id":"2"}\n')]);
    for (const wholeBytes of [0, 1 << 25]) {
      const opened = await openedOf(bytes, { wholeBytes });
      await settled(opened);
      expect(await opened.dataset.record('o1')).toMatchObject({
        kind: 'overlong',
        bytes: long.length,
        fields: [],
        rawEditable: false,
      });
      await expect(opened.dataset.duplicate(['o1'])).rejects.toMatchObject({
        code: 'data.invalid',
      });
      await opened.dataset.move(['o1'], null);
      await opened.dataset.save(GO);
      expect(
        (await opened.file()).equals(
          Buffer.concat([Buffer.from('{"id":"1"}\n{"id":"2"}\n'), long, Buffer.from('\n')]),
        ),
      ).toBe(true);
      await opened.dataset.remove(['o1']);
      await opened.dataset.save(GO);
      await opened.edits.at(-1)?.undo();
      await opened.dataset.save(GO);
      expect((await opened.file()).length).toBe(bytes.length);
    }
  });

  it('nesting of 100 k levels is an invalid line', async () => {
    const opened = await openedOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}\n`);
    expect((await opened.dataset.record('o0')).problem).toMatch(/nested too deeply/u);
  });

  it('an edit that would make a line too long to be read is refused', async () => {
    const opened = await openedOf('{"a":"x"}\n');
    await expect(opened.setText('o0', 'a', 'x'.repeat(17 * 1024 * 1024))).rejects.toMatchObject({
      code: 'data.invalid',
    });
  });
});

describe('an empty file', () => {
  it('edge case: 0 bytes: has no rows, and gets its first', async () => {
    const opened = await openedOf('', { set: 'train' });
    expect(opened.dataset.state()).toMatchObject({ rows: 0, read: 1, dirty: false });
    expect(await opened.dataset.rows(0, 10)).toEqual([]);
    const { keys } = await opened.dataset.insert(null);
    await opened.setText(keys[0] ?? 'o0', 'id', '1');
    await opened.dataset.save(GO);
    expect((await opened.file()).toString('utf8')).toBe(
      '{"id": "1", "question": "", "answer": ""}\n',
    );
  });
});
