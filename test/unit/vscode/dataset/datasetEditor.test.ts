import { copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { DatasetDocument } from '../../../../src/vscode/dataset/datasetDocument.ts';
import { DATASET_EDITOR } from '../../../../src/vscode/dataset/names.ts';
import {
  dataFile,
  LINES,
  linesOf,
  start,
  startWindow,
  uriOf,
  writeElsewhere,
} from '../../../fakes/datasetWindow.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { FakeCustomEditor } from '../../../fakes/vscodeCustomEditors.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

beforeEach(resetVscode);

describe('the Dataset Editor', () => {
  it('shows a file and hands each act to the editor’s undo, with its name', async () => {
    const path = await dataFile();
    const { custom, client, state, write } = await (await start()).open(path);
    expect(custom.shown.webview.html).toContain('dataset.js');
    expect(await state()).toMatchObject({ rows: 3, dirty: false, readOnly: null, set: null });
    const { rows, rev } = await client.request('rows', { from: 0, count: 10 });
    expect(rows.map(({ id }) => id)).toEqual(['q-1', 'q-2', 'q-3']);
    expect(rev).toBe((await state()).rev);

    await write(1, 'answer', 'two');
    expect(custom.dirty).toBe(true);
    expect(custom.labels).toHaveLength(1);
    expect(custom.labels[0]).toContain('answer');
    await custom.undo();
    expect([custom.dirty, (await state()).dirty]).toEqual([false, false]);
    await custom.redo();
    expect([custom.dirty, (await state()).dirty]).toEqual([true, true]);
    expect(await linesOf(path)).toEqual(LINES);

    await custom.save();
    expect([custom.dirty, (await state()).dirty]).toEqual([false, false]);
    expect(await linesOf(path)).toEqual([
      LINES[0],
      '{"id":"q-2","question":"Two?","answer":"two"}',
      LINES[2],
    ]);
    await custom.undo();
    expect([custom.dirty, (await state()).dirty]).toEqual([true, true]);
    await custom.save();
    expect(await linesOf(path)).toEqual(LINES);
  });

  it('makes one step of each act on rows, and finds lines and problems', async () => {
    const path = await dataFile([...LINES, 'not json', LINES[0]!]);
    const { custom, client, state } = await (await start()).open(path);
    const keys = (await client.request('rows', { from: 0, count: 9 })).rows.map(({ key }) => key);
    // The only one: round the ends it is found again.
    expect((await client.request('nextProblem', { from: 3, back: false })).at).toBe(3);
    expect((await client.request('nextProblem', { from: 2, back: false })).at).toBe(3);
    const { found } = await client.request('onLine', { line: 4 });
    expect(found).toEqual({ key: keys[3], at: 3 });
    expect((await client.request('onLine', { line: 99 })).found).toBeNull();

    await client.request('remove', { keys: [keys[3]!, keys[4]!] });
    await client.request('move', { keys: [keys[2]!], before: keys[0]! });
    await client.request('duplicate', { keys: [keys[0]!] });
    await client.request('insert', { after: null });
    expect(custom.labels).toHaveLength(4);
    expect((await state()).rows).toBe(5);
    for (let back = 0; back < 4; back += 1) await custom.undo();
    expect([custom.dirty, (await state()).rows]).toEqual([false, 5]);
    const after = (await client.request('rows', { from: 0, count: 9 })).rows;
    expect(after.map(({ key }) => key)).toEqual(keys);
  });

  it('edge case: Revert: the rows are those of the file again', async () => {
    const path = await dataFile();
    const { custom, state, write } = await (await start()).open(path);
    await write(0, 'question', 'Uno?');
    await custom.revert();
    await vi.waitFor(async () => expect((await state()).dirty).toBe(false));
    expect(custom.dirty).toBe(false);
    expect(await linesOf(path)).toEqual(LINES);
  });

  it('edge case: Save As: the other file has the edits, and this one none of them', async () => {
    const path = await dataFile();
    const { custom, state, write } = await (await start()).open(path);
    await write(0, 'question', 'Eins?');
    const other = join(path, '..', 'other.jsonl');
    await custom.saveAs(uriOf(other));
    expect((await linesOf(other))[0]).toContain('Eins?');
    expect(await linesOf(path)).toEqual(LINES);
    expect([custom.dirty, (await state()).dirty]).toEqual([false, false]);
  });

  it('refuses what is no file of this computer', async () => {
    const window = await start();
    const git = vscodeModule.Uri.from({ scheme: 'git', path: '/x.jsonl' });
    const opened = FakeCustomEditor.open(DATASET_EDITOR, git as unknown as vscode.Uri);
    await expect(opened).rejects.toThrow(
      /files of this computer only, not “git”.*Open it as text/u,
    );
    await window.end();
    expect(editor.live.size).toBe(0);
  });

  it('says why a file cannot be opened', async () => {
    const window = await start();
    await expect(window.open('/nowhere/x.jsonl')).rejects.toThrow(/nowhere|x\.jsonl/u);
  });
});

describe('unsaved edits', () => {
  it('come back from the journal where the editor has no backup, and the tab says so', async () => {
    const [path, storage] = [await dataFile(), await temporaryFolder()];
    const first = startWindow(storage);
    const { write } = await first.open(path);
    await write(1, 'answer', 'deux');
    await first.end();

    const window = startWindow(storage);
    const again = await window.open(path);
    expect(again.custom.dirty).toBe(true);
    expect(await again.state()).toMatchObject({ dirty: true, edited: 1 });
    await again.custom.save();
    expect((await linesOf(path))[1]).toContain('deux');
    expect(again.custom.dirty).toBe(false);
    again.custom.close();
    const third = await window.open(path);
    expect([third.custom.dirty, (await third.state()).dirty]).toEqual([false, false]);
  });

  it('come back from the editor’s backup', async () => {
    const [path, storage] = [await dataFile(), await temporaryFolder()];
    const first = startWindow(storage);
    const { write, custom } = await first.open(path);
    await write(1, 'answer', 'deux');
    const { id } = await custom.backup(uriOf(join(storage, 'deep', 'er', 'backup')));
    await first.end();
    const again = await startWindow(storage).open(path, id);
    expect([again.custom.dirty, (await again.state()).edited]).toEqual([true, 1]);
  });

  it('edge case: hot exit with the extension updated in between: an older version’s backup is taken by the editor of the same name', async () => {
    // The editor finds what it kept by this name: under another one it would be lost.
    expect(DATASET_EDITOR).toBe('tailor.dataset');
    const [folder, storage] = [await temporaryFolder(), await temporaryFolder()];
    const path = join(folder, 'data.jsonl');
    await writeFile(path, '{"id":"a","n":1}\n{"id":"b","n":2}\r\n{"id":"c","n":3}');
    const backup = join(storage, 'backup');
    await copyFile('test/fixtures/editing/backup.v1.jsonl', backup);
    const again = await startWindow(storage).open(path, backup);
    expect(again.custom.dirty).toBe(true);
    await again.custom.save();
    expect(await readFile(path, 'utf8')).toBe(
      '{"id":"c","n":3}\n{"id":"first ü","n":1}\n{"id":"","n":null}',
    );
  });

  it('that do not fit the file any more are told of, and kept', async () => {
    const [path, storage] = [await dataFile(), await temporaryFolder()];
    const first = startWindow(storage);
    const { write } = await first.open(path);
    await write(1, 'answer', 'deux');
    await first.end();
    await writeElsewhere(path, [LINES[2] ?? '', LINES[1] ?? '']);
    editor.answer = 'Show Them';
    const again = await startWindow(storage).open(path);
    expect([again.custom.dirty, (await again.state()).dirty]).toEqual([false, false]);
    expect(editor.information.at(-1)).toMatch(/x\.jsonl has been changed.*kept in/u);
    await vi.waitFor(() => expect(editor.documents).toHaveLength(1));
    expect(await readFile(editor.documents[0]?.path ?? '', 'utf8')).toContain('deux');
  });

  it('that do not fit and are too large for a text editor are shown as lines', async () => {
    const [path, storage] = [await dataFile(), await temporaryFolder()];
    const first = startWindow(storage);
    const { write } = await first.open(path);
    await write(1, 'answer', 'deux '.repeat(1_200_000));
    await first.end();
    await writeElsewhere(path, [LINES[2] ?? '', LINES[1] ?? '']);
    editor.answer = 'Show Them';
    await startWindow(storage).open(path);
    await vi.waitFor(() =>
      expect(editor.executed.map(({ id }) => id)).toEqual(['vscode.openWith']),
    );
    expect(editor.executed[0]?.args[1]).toBe(DATASET_EDITOR);
    expect(editor.documents).toEqual([]);
  });

  it('that were dropped do not come back', async () => {
    const [path, storage] = [await dataFile(), await temporaryFolder()];
    const window = startWindow(storage);
    const { write, custom } = await window.open(path);
    await write(1, 'answer', 'deux');
    // The editor does not wait for a revert before it closes the tab.
    void custom.revert();
    custom.close();
    const again = await window.open(path);
    expect([again.custom.dirty, (await again.state()).dirty]).toEqual([false, false]);
  });
});

describe('what must not be changed', () => {
  it('is shown and refuses every edit, whatever the page asks', async () => {
    const root = await temporaryFolder();
    await writeProject(root, { train: sums('t', 3, 10), dev: sums('d', 1, 10) });
    await mkdir(join(root, 'rounds', '0'), { recursive: true });
    const frozen = join(root, 'rounds', '0', 'train.jsonl');
    await writeFile(frozen, `${LINES.join('\n')}\n`);
    const window = await start();
    const { client, state, custom, write } = await window.open(frozen);
    expect((await state()).readOnly).toContain('frozen set of round 0');
    await expect(write(0, 'answer', 'x')).rejects.toMatchObject({
      code: 'store.denied',
      message: expect.stringContaining('frozen set') as string,
    });
    await expect(client.request('insert', { after: null })).rejects.toMatchObject({
      code: 'store.denied',
    });
    await custom.save();
    expect(await linesOf(frozen)).toEqual(LINES);
    expect(custom.labels).toEqual([]);
    const dataPath = join(root, 'data', 'train.jsonl');
    const data = await window.open(dataPath);
    expect(await data.state()).toMatchObject({ set: 'train', readOnly: null });
    await expect(data.custom.saveAs(uriOf(frozen))).rejects.toThrow('frozen set');
  });

  it('is not saved where it was edited before', async () => {
    const path = await dataFile();
    const { custom, write } = await (await start()).open(path);
    await write(0, 'answer', 'x');
    const { document } = custom;
    if (!(document instanceof DatasetDocument)) throw new Error('no document of ours');
    editor.isTrusted = false;
    await document.look();
    await expect(custom.save()).rejects.toThrow('Restricted Mode');
    expect(await linesOf(path)).toEqual(LINES);
  });

  describe('edge case: untrusted', () => {
    it('threat 24: is anything in Restricted Mode, until the folder is trusted', async () => {
      editor.isTrusted = false;
      const path = await dataFile();
      const { state, write } = await (await start()).open(path);
      expect((await state()).readOnly).toContain('Restricted Mode');
      await expect(write(0, 'answer', 'x')).rejects.toMatchObject({ code: 'store.denied' });
      editor.isTrusted = true;
      editor.trustListeners.forEach((listener) => listener());
      await vi.waitFor(async () => expect((await state()).readOnly).toBeNull());
      await write(0, 'answer', 'x');
    });
  });
});

describe('closing', () => {
  it('leaves nothing alive and nothing locked', async () => {
    const window = await start();
    const path = await dataFile();
    const { custom } = await window.open(path);
    custom.close();
    const again = await window.open(path);
    again.custom.close();
    await window.end();
    await vi.waitFor(() => expect(editor.live.size).toBe(0));
    expect(custom.shown.listeners() + again.custom.shown.listeners()).toBe(0);
    expect(window.log.error).not.toHaveBeenCalled();
    expect((await stat(path)).isFile()).toBe(true);
  });
});
