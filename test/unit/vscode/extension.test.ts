import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TreeItem } from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { openRound, reduceRound } from '../../../src/core/round/state.ts';
import { activate } from '../../../src/extension.ts';
import { ALL_COMMANDS, COMMANDS } from '../../../src/shared/commands.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { openStore, writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

/** Activates the extension; the result ends it as the editor does. */
function start(): () => void {
  const context = extensionContext();
  activate(context);
  return () => context.subscriptions.forEach((one) => void one.dispose());
}

async function project(name = 'p'): Promise<string> {
  const root = join(await temporaryFolder(), name);
  await mkdir(root);
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  return root;
}

const run = (id: string): unknown => editor.commands.get(id)?.();

/** The tree as indented lines of label and description. */
async function shownTree(node?: unknown, depth = 0): Promise<string[]> {
  const tree = editor.trees.get('tailor.rounds')!;
  const lines: string[] = [];
  for (const child of (await tree.getChildren(node)) ?? []) {
    const item: TreeItem = await tree.getTreeItem(child);
    const label = typeof item.label === 'string' ? item.label : '';
    lines.push(`${'  '.repeat(depth)}${label}: ${String(item.description)}`);
    lines.push(...(await shownTree(child, depth + 1)));
  }
  return lines;
}

beforeEach(resetVscode);

describe('the extension', () => {
  it('registers every command of the table and the Rounds tree', () => {
    start();
    expect([...editor.commands.keys()].sort()).toEqual(Object.keys(ALL_COMMANDS).sort());
    expect([...editor.trees.keys()]).toEqual(['tailor.rounds']);
  });

  it('leaves nothing alive when it ends', () => {
    const end = start();
    expect(editor.live.size).toBeGreaterThan(Object.keys(ALL_COMMANDS).length);
    end();
    expect(editor.live.size).toBe(0);
    expect(editor.commands.size + editor.trees.size).toBe(0);
  });

  it('shows a project, its rounds and their steps from the files', async () => {
    const root = await project();
    editor.folders = [root];
    let state = openRound(0, { path: 'models/base', digest: 'x' });
    state = reduceRound(state, {
      type: 'exam-finished',
      set: 'dev',
      fingerprint: 'f',
      questions: 2,
      samples: 1,
    });
    state = reduceRound(state, {
      type: 'taught',
      purpose: 'annotate',
      profile: 'programmatic',
      programmatic: true,
      questions: 4,
      accepted: 8,
      humanQueue: 0,
    });
    await openStore(root).store.saveState(state);
    start();
    expect(await shownTree()).toEqual([
      'Test project: undefined',
      '  Data: undefined',
      '    train: data/train.jsonl',
      '    dev: data/dev.jsonl',
      '  Round 0: base',
      '    Exam: next',
      '    Teaching: 8 by a program',
      '    Review: ',
      '    Frozen set: ',
      '    Training: ',
    ]);
  });

  it('shows what changed on disk', async () => {
    const root = await project();
    editor.folders = [root];
    start();
    const tree = editor.trees.get('tailor.rounds')!;
    const changed = vi.fn();
    tree.onDidChangeTreeData?.(changed);
    expect(await shownTree()).toContain('  Round 0: ');
    await openStore(root).store.saveState(openRound(0, { path: 'models/base', digest: 'x' }));
    editor.fileEvents.forEach((fire) => fire());
    await vi.waitFor(async () => {
      expect(changed).toHaveBeenCalled();
      expect(await shownTree()).toContain('  Round 0: base');
    });
  });

  it('shows the other projects where one is broken, and logs why', async () => {
    const good = await project('good');
    const bad = await project('bad');
    await writeFile(join(bad, 'tailor.json'), '{"v":1,');
    editor.folders = [bad, good];
    start();
    const shown = await shownTree();
    expect(shown[0]).toContain('Test project');
    expect(shown.at(-1)).toContain('not valid JSON');
    expect(editor.log.join()).toContain('not valid JSON');
  });
});

describe('commands', () => {
  it('threat 17: run this editor’s own runtime with an array of arguments, never a shell', async () => {
    const root = await project('$(touch x); `id` && "q"');
    editor.folders = [root];
    start();
    await run('tailor.teacher');
    expect(editor.terminals).toHaveLength(1);
    expect(editor.terminals[0]).toMatchObject({
      shellPath: process.execPath,
      shellArgs: ['/opt/tailor/dist/cli.cjs', 'teacher', '--programmatic'],
      cwd: root,
    });
  });

  it('serve the teacher in no folder but a project of the workspace', async () => {
    const [root, other] = [await project(), await temporaryFolder()];
    editor.folders = [root];
    start();
    await editor.commands.get('tailor.teacher')?.({ root: other });
    expect(editor.terminals).toEqual([]);
    await editor.commands.get('tailor.teacher')?.({ root });
    expect(editor.terminals.map(({ cwd }) => cwd)).toEqual([root]);
  });

  it('run nothing in a folder that is not trusted, also when called by name', async () => {
    editor.folders = [await project()];
    editor.isTrusted = false;
    start();
    const reading = [
      'tailor.status',
      'tailor.compare',
      'tailor.decide',
      'tailor.stop',
      'tailor.showLog',
      'tailor.whatRuns',
      'tailor.copyCommandLine',
      'tailor.previewFreeze',
      'tailor.openRow',
      'tailor.report',
    ];
    const running = Object.keys(COMMANDS).filter((id) => !reading.includes(id));
    for (const id of running) await run(id);
    expect(editor.terminals).toEqual([]);
    expect(editor.errors).toHaveLength(running.length);
    for (const text of editor.errors) expect(text).toContain('Manage Workspace Trust');
  });

  it('still show the rounds of a folder that is not trusted', async () => {
    editor.folders = [await project()];
    editor.isTrusted = false;
    start();
    expect((await shownTree())[0]).toContain('Test project');
    await run('tailor.status');
    expect(editor.errors).toEqual([]);
    expect(editor.documents[0]?.text).toContain('No round has begun');
  });

  it('ask which project where there are several, and do nothing when nobody answers', async () => {
    const [one, two] = [await project('one'), await project('two')];
    editor.folders = [one, two];
    start();
    await run('tailor.status');
    expect(editor.picks).toEqual([['Test project', 'Test project']]);
    expect(editor.documents).toEqual([]);
    expect(editor.errors).toEqual([]);
    editor.answer = 'Test project';
    await run('tailor.status');
    expect(editor.documents).toHaveLength(1);
  });

  it('say what to do where no folder is open', async () => {
    start();
    await run('tailor.exam');
    expect(editor.errors[0]).toContain('create a project');
  });
});
