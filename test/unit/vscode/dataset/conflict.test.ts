import { readFile, rm } from 'node:fs/promises';
import type * as vscode from 'vscode';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  dataFile,
  LINES,
  linesOf,
  start,
  tell,
  writeElsewhere,
} from '../../../fakes/datasetWindow.ts';
import { editor, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

beforeEach(resetVscode);

describe('a file that another hand changes', () => {
  const theirs = [LINES[0]!, '{"id":"q-2","question":"Zwei?","answer":"2"}', LINES[2]!];

  it('is read anew where nothing was edited', async () => {
    const path = await dataFile();
    const { client } = await (await start()).open(path);
    await writeElsewhere(path, theirs);
    tell(path);
    await vi.waitFor(async () => {
      const { rows } = await client.request('rows', { from: 1, count: 1 });
      expect(rows[0]?.title).toContain('Zwei');
    });
  });

  it('is read anew, and nothing asked, where a save without edits notices it', async () => {
    const path = await dataFile();
    const { custom, client } = await (await start()).open(path);
    await writeElsewhere(path, theirs);
    await custom.save();
    expect(editor.information).toEqual([]);
    expect(await linesOf(path)).toEqual(theirs);
    const { rows } = await client.request('rows', { from: 1, count: 1 });
    expect(rows[0]?.title).toContain('Zwei');
  });

  async function inConflict() {
    const path = await dataFile();
    const window = await start();
    const opened = await window.open(path);
    await opened.write(0, 'answer', 'mine');
    await writeElsewhere(path, theirs);
    tell(path);
    await vi.waitFor(async () => expect((await opened.state()).conflict).toBe('changed'));
    return { path, window, ...opened };
  }

  it('is not saved over without a yes', async () => {
    const { path, custom, state } = await inConflict();
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    expect(editor.information.at(-1)).toContain('x.jsonl was changed on disk');
    expect(await linesOf(path)).toEqual(theirs);
    expect([custom.dirty, (await state()).dirty]).toEqual([true, true]);

    editor.answer = 'Overwrite';
    await custom.save();
    expect((await linesOf(path))[0]).toContain('mine');
    expect((await linesOf(path))[1]).toBe(LINES[1]);
    expect(await state()).toMatchObject({ dirty: false, conflict: null });
  });

  it('is not saved over either where the change was not noticed before', async () => {
    const path = await dataFile();
    const { custom, write } = await (await start()).open(path);
    await write(0, 'answer', 'mine');
    await writeElsewhere(path, theirs);
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    expect(await linesOf(path)).toEqual(theirs);
  });

  it('edge case: changed on disk while dirty, Reload: it is taken as it is, through the editor’s own revert', async () => {
    const { custom, state, client } = await inConflict();
    editor.builtins.set('workbench.action.files.revert', () => custom.revert());
    editor.answer = 'Reload';
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    await vi.waitFor(async () =>
      expect(await state()).toMatchObject({ dirty: false, conflict: null }),
    );
    expect(custom.dirty).toBe(false);
    const { rows } = await client.request('rows', { from: 1, count: 1 });
    expect(rows[0]?.title).toContain('Zwei');
  });

  it('edge case: changed on disk while dirty, Compare: it is shown beside the document in the diff editor', async () => {
    const { path, custom, client } = await inConflict();
    editor.answer = 'Compare';
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    const [left, right, title] = editor.executed.find(({ id }) => id === 'vscode.diff')?.args ?? [];
    expect(left).toMatchObject({ fsPath: path });
    expect(title).toContain('x.jsonl');
    // SAFETY: our own URI.
    const text = await editor.providers
      .get('tailor-unsaved')
      ?.provideTextDocumentContent(right as vscode.Uri, undefined as never);
    expect(text?.split('\n')[0]).toContain('"answer":"mine"');
    await client.request('settle', { how: 'compare' });
    expect(editor.executed.filter(({ id }) => id === 'vscode.diff')).toHaveLength(2);
  });

  it('is not compared where a diff editor would hang', async () => {
    const { path, client } = await inConflict();
    await writeElsewhere(path, ['"x"'.padEnd(6 << 20)]);
    const compared = client.request('settle', { how: 'compare' });
    await expect(compared).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('6 MB') as string,
    });
    expect(editor.executed).toEqual([]);
  });

  it('edge case: changed on disk while dirty, Overwrite: is overwritten by the next save once the page’s “keep” settled it, unless it changes again', async () => {
    const { path, custom, state, client } = await inConflict();
    await client.request('settle', { how: 'keep' });
    expect((await state()).conflict).toBeNull();
    await writeElsewhere(path, [...theirs, '{}']);
    const before = await readFile(path, 'utf8');
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    expect(await readFile(path, 'utf8')).toBe(before);

    await client.request('settle', { how: 'keep' });
    await custom.save();
    expect((await linesOf(path))[0]).toContain('mine');
  });

  it('is asked about anew where it changes once more while the question stands', async () => {
    const { path, custom } = await inConflict();
    const newest = [...theirs, '{"id":"q-4","question":"Vier?","answer":"4"}'];
    const asked = vi.spyOn(vscodeModule.window, 'showWarningMessage');
    asked.mockImplementationOnce(async () => {
      await writeElsewhere(path, newest);
      return 'Overwrite';
    });
    onTestFinished(() => asked.mockRestore());
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    expect(asked).toHaveBeenCalledTimes(2);
    expect(await linesOf(path)).toEqual(newest);

    editor.answer = 'Overwrite';
    await custom.save();
    expect((await linesOf(path))[0]).toContain('mine');
  });

  it('is written again after it was deleted, if the person says so', async () => {
    const path = await dataFile();
    const { custom, write, state } = await (await start()).open(path);
    await write(0, 'answer', 'mine');
    await rm(path);
    tell(path);
    await vi.waitFor(async () => expect((await state()).conflict).toBe('deleted'));
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    expect(editor.information.at(-1)).toContain('deleted');
    editor.answer = 'Overwrite';
    await custom.save();
    expect((await linesOf(path))[0]).toContain('mine');
  });

  it('edge case: files.autoSave on: it is asked about once where the editor saves by itself', async () => {
    const { custom } = await inConflict();
    editor.settings.set('files.autoSave', 'afterDelay');
    for (let time = 0; time < 3; time += 1) {
      await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    }
    expect(editor.information).toHaveLength(1);
    editor.settings.set('files.autoSave', 'off');
    await expect(custom.save()).rejects.toMatchObject({ name: 'Canceled' });
    expect(editor.information).toHaveLength(2);
  });
});
