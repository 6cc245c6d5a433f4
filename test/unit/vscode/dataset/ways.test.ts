import { join } from 'node:path';
import type * as vscode from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { dataFile, LINES, linesOf, start, startWindow } from '../../../fakes/datasetWindow.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { webviews } from '../../../fakes/vscodeWebviews.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

beforeEach(resetVscode);

describe('ways on from a row', () => {
  it('lead to its line as text, if the file is small', async () => {
    const path = await dataFile();
    const window = await start();
    const { client } = await window.open(path);
    const { rows } = await client.request('rows', { from: 2, count: 1 });
    await client.request('open', { key: rows[0]!.key, how: 'text' });
    expect(editor.documents.map((one) => one.path)).toEqual([path]);

    const large = await dataFile([...LINES, `{"id":"big","text":"${'x'.repeat(6 << 20)}"}`]);
    const big = await window.open(large);
    const first = await big.client.request('rows', { from: 1, count: 1 });
    const opened = big.client.request('open', { key: first.rows[0]!.key, how: 'text' });
    await expect(opened).rejects.toMatchObject({
      message: expect.stringMatching(/6 MB.*line 2/u) as string,
    });
    expect(editor.documents).toHaveLength(1);
  });

  it('say that unsaved edits are not in the text editor', async () => {
    const path = await dataFile();
    const { client, write, custom } = await (await start()).open(path);
    await write(0, 'answer', 'mine');
    const open = (): Promise<unknown> => client.request('open', { key: 'o0', how: 'text' });
    await expect(open()).rejects.toMatchObject({ code: 'cancelled' });
    expect(editor.documents).toEqual([]);
    editor.builtins.set('workbench.action.files.save', () => custom.save());
    editor.answer = 'Save and Open';
    await open();
    expect(editor.documents).toHaveLength(1);
    expect((await linesOf(path))[0]).toContain('mine');
  });

  it('lead to Review from training data only', async () => {
    const root = await temporaryFolder();
    await writeProject(root, { train: sums('t', 3, 10), dev: sums('d', 1, 10) });
    const window = startWindow(join(await temporaryFolder(), 's'), [root]);
    const train = await window.open(join(root, 'data', 'train.jsonl'));
    await train.client.request('open', { key: 'o1', how: 'review' });
    expect(editor.executed).toEqual([
      { id: 'tailor.openReview', args: [{ root, id: expect.any(String) as string }] },
    ]);
    const dev = await window.open(join(root, 'data', 'dev.jsonl'));
    await expect(dev.client.request('open', { key: 'o0', how: 'review' })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  it('lead to a field as a document, whose save is one edit of the row', async () => {
    const path = await dataFile();
    const { client, custom, state } = await (await start()).open(path);
    await client.request('open', { key: 'o1', how: 'field', index: 1 });
    const files = webviews.fileSystems.get('tailor-field')!;
    const query = JSON.stringify({ file: path, key: 'o1', index: 1, name: 'question', id: 'q-2' });
    const uri = vscodeModule.Uri.from({
      scheme: 'tailor-field',
      path: editor.documents[0]!.path,
      query,
    }) as unknown as vscode.Uri;
    expect(uri.path).toBe('/q-2 question.txt');
    expect(Buffer.from(await files.readFile(uri)).toString()).toBe('Two?');
    const before = await files.stat(uri);
    const events: number[] = [];
    files.onDidChangeFile((changes) => events.push(...changes.map(({ type }) => type)));
    const watching = files.watch(uri, { recursive: false, excludes: [] });

    const save = (text: string): Thenable<void> | void =>
      files.writeFile(uri, Buffer.from(text), { create: false, overwrite: true });
    await save('Two of them?\n');
    expect(custom.labels).toHaveLength(1);
    expect((await client.request('record', { key: 'o1' })).fields[1]?.value).toBe('Two of them?');
    expect((await files.stat(uri)).mtime).toBeGreaterThan(before.mtime);
    await save('Two of them?');
    expect(custom.labels).toHaveLength(1);
    events.length = 0;
    await custom.undo();
    await vi.waitFor(() => expect(events).toContain(vscodeModule.FileChangeType.Changed));
    expect(Buffer.from(await files.readFile(uri)).toString()).toBe('Two?');
    expect((await state()).dirty).toBe(false);
    watching.dispose();

    const number = vscodeModule.Uri.from({
      scheme: 'tailor-field',
      path: '/q-1 n.json',
      query: JSON.stringify({ file: path, key: 'o0', index: 3, name: 'n', id: 'q-1' }),
    }) as unknown as vscode.Uri;
    expect(Buffer.from(await files.readFile(number)).toString()).toBe('1.50');
    const bad = files.writeFile(number, Buffer.from('1.5.0'), { create: false, overwrite: true });
    await expect(bad).rejects.toThrow();
    custom.close();
    await expect(async () => files.readFile(uri)).rejects.toMatchObject({ code: 'Unavailable' });
  });

  it('take commands of the palette to the view in front', async () => {
    const window = await start();
    await editor.commands.get('tailor.dataset.insert')?.();
    expect(editor.errors.at(-1)).toContain('No file is open');
    const { client, custom } = await window.open(await dataFile());
    await editor.commands.get('tailor.dataset.remove')?.();
    expect(editor.errors.at(-1)).toContain('not shown yet');
    const heard: string[] = [];
    client.on('command', ({ name }) => heard.push(name));
    await client.request('init', {});
    await new Promise((resolve) => setImmediate(resolve));
    await editor.commands.get('tailor.dataset.moveUp')?.();
    await vi.waitFor(() => expect(heard).toEqual(['move-up']));
    custom.close();
    await editor.commands.get('tailor.dataset.insert')?.();
    expect(editor.errors.at(-1)).toContain('No file is open');
  });
});
