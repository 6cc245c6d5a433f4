import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { datasetHandlers } from '../../../../src/vscode/dataset/datasetHandlers.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { front } from '../../../fakes/vscodeCustomEditors.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

async function project(): Promise<string> {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('t', 3, 10), dev: sums('d', 1, 10) });
  return root;
}

function open(roots: readonly string[]) {
  const all = roots.map((root) => ({ root, name: 'P' }));
  const handlers = datasetHandlers({
    forward: () => Promise.resolve(),
    showLine: () => Promise.resolve(),
    projects: {
      all,
      current: all[0] ?? null,
      select: () => undefined,
      pick: () => Promise.reject(new Error('not asked')),
      onDidChange: () => ({ dispose: () => undefined }),
      known: () => Promise.resolve(),
    },
  });
  return handlers['tailor.openDataset'];
}

/** The files that the Dataset Editor was opened with. */
const opened = (): unknown[] =>
  editor.executed.map(({ id, args }) => {
    expect([id, args[1]]).toEqual(['vscode.openWith', 'tailor.dataset']);
    return (args[0] as { toString(): string }).toString();
  });

beforeEach(resetVscode);

describe('Open in Dataset Editor', () => {
  it('takes the file that was pointed at, whatever is open', async () => {
    front.input = new vscodeModule.TabInputText(vscodeModule.Uri.file('/w/other.jsonl'));
    await open([await project()])({ scheme: 'file', fsPath: '/w/a [1].jsonl' });
    await open([])({ scheme: 'git', fsPath: '/w/b.jsonl' });
    expect(opened()).toEqual(['file:/w/a [1].jsonl', 'git:/w/b.jsonl']);
  });

  it('takes the file in front, if it is one of lines', async () => {
    const root = await project();
    front.input = new vscodeModule.TabInputText(vscodeModule.Uri.file('/w/big.jsonl'));
    await open([root])({});
    front.input = new vscodeModule.TabInputText(vscodeModule.Uri.file('/w/readme.md'));
    editor.answer = 'dev';
    await open([root])({});
    expect(editor.picks).toEqual([['train', 'dev', 'Another file…']]);
    expect(opened()).toEqual(['file:/w/big.jsonl', `file:${join(root, 'data', 'dev.jsonl')}`]);
  });

  it('takes a row of the Rounds tree: a set, or a frozen set', async () => {
    const root = await project();
    front.input = new vscodeModule.TabInputText(vscodeModule.Uri.file('/w/other.jsonl'));
    await open([root])({ root, set: 'train' });
    await expect(open([root])({ root, set: 'unseen' })).rejects.toMatchObject({
      code: 'data.missing',
    });
    await expect(open([root])({ root, round: 0 })).rejects.toMatchObject({
      code: 'round.notFrozen',
    });
    await mkdir(join(root, 'rounds', '0'), { recursive: true });
    await writeFile(join(root, 'rounds', '0', 'train.jsonl'), '{}\n');
    await open([root])({ root, round: 0 });
    expect(opened()).toEqual([
      `file:${join(root, 'data', 'train.jsonl')}`,
      `file:${join(root, 'rounds', '0', 'train.jsonl')}`,
    ]);
  });

  it('asks for a file where there is no project, and does nothing when none is chosen', async () => {
    await expect(open([])({})).rejects.toMatchObject({ code: 'cancelled' });
    editor.chosenFile = '/w/c.jsonl';
    await open([])({});
    const root = await project();
    await expect(open([root])({})).rejects.toMatchObject({ code: 'cancelled' });
    editor.answer = 'Another file…';
    await open([root])({});
    expect(opened()).toEqual(['file:/w/c.jsonl', 'file:/w/c.jsonl']);
  });
});
