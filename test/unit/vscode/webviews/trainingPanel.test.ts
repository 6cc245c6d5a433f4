import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { connect } from '../../../../src/shared/connect.ts';
import { trainingContract } from '../../../../src/shared/trainingContract.ts';
import { TRAINING_PANEL } from '../../../../src/vscode/webviews/places.ts';
import { trainingPanel } from '../../../../src/vscode/webviews/trainingPanel.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { record, RUN_ID } from '../../../fakes/trainerRecords.ts';
import { editor, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { makePanel, webviews } from '../../../fakes/vscodeWebviews.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

async function projectWithRun(runId = RUN_ID): Promise<{ root: string; folder: string }> {
  const root = await temporaryFolder();
  const folder = join(root, 'rounds', '0', 'runs', runId);
  await mkdir(folder, { recursive: true });
  const line = JSON.stringify({ ...record('hello'), runId });
  await writeFile(join(folder, 'events.jsonl'), `${line}\n`);
  return { root, folder };
}

function set(...roots: string[]) {
  const state = { current: roots[0] ?? null };
  const listeners = new Set<() => void>();
  const tell = (): void => listeners.forEach((listener) => listener());
  const all = roots.map((root) => ({ root, name: 'P' }));
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const panel = trainingPanel({
    // SAFETY: the fake's URI has the members that are read.
    extension: vscodeModule.Uri.file('/opt/tailor') as unknown as vscode.Uri,
    projects: {
      all,
      get current() {
        return all.find(({ root }) => root === state.current) ?? null;
      },
      select: (root) => {
        state.current = root;
        tell();
      },
      pick: () => Promise.reject(new Error('not asked')),
      onDidChange: (listener) => {
        listeners.add(listener);
        return { dispose: () => listeners.delete(listener) };
      },
      known: () => Promise.resolve(),
    },
    clock: systemClock,
    log,
    pollMs: 10,
  });
  onTestFinished(() => panel.dispose());
  return { panel, log, listeners };
}

beforeEach(resetVscode);

describe('the Training panel', () => {
  it('shows a run as it grows, whoever started it', async () => {
    const { root, folder } = await projectWithRun();
    const { panel } = set(root);
    await panel.show();
    await panel.show();
    expect(webviews.panels).toHaveLength(1);
    const [shown] = webviews.panels;
    expect(shown?.webview.html).toContain('training.js');
    const client = connect(trainingContract, shown!.page);
    const { snapshot, strings } = await client.request('init', {});
    expect(snapshot).toMatchObject({ runId: RUN_ID, points: [] });
    expect(strings['stop']).toBe('Stop');
    const points: number[] = [];
    client.on('snapshot', (next) => points.push(next.points.length));
    await appendFile(join(folder, 'events.jsonl'), `${JSON.stringify(record('metrics'))}\n`);
    await vi.waitFor(() => expect(points.at(-1)).toBe(1), { timeout: 10_000 });
  });

  it('threat 24: runs fixed commands for verbs, on the project alone', async () => {
    const { root, folder } = await projectWithRun();
    await writeFile(join(folder, 'train.log'), 'words');
    const { panel } = set(root);
    await panel.show();
    const client = connect(trainingContract, webviews.panels[0]!.page);
    await client.request('run', { verb: 'train' });
    await client.request('run', { verb: 'stop' });
    await client.request('run', { verb: 'open-folder' });
    await client.request('run', { verb: 'show-log' });
    expect(editor.executed.map(({ id }) => id)).toEqual([
      'tailor.train',
      'tailor.stop',
      'revealInExplorer',
    ]);
    expect(editor.executed[0]?.args).toEqual([{ root }]);
    expect(editor.documents.map(({ path }) => path)).toEqual([join(folder, 'train.log')]);
  });

  it('opens no log that is missing or too large for a text editor', async () => {
    const { root, folder } = await projectWithRun();
    const { panel } = set(root);
    await panel.show();
    const client = connect(trainingContract, webviews.panels[0]!.page);
    const refused = client.request('run', { verb: 'show-log' });
    await expect(refused).rejects.toMatchObject({ code: 'store.missing' });
    await writeFile(join(folder, 'train.log'), 'x'.repeat(6 << 20));
    const tooLarge = client.request('run', { verb: 'show-log' });
    await expect(tooLarge).rejects.toMatchObject({ code: 'usage' });
    expect(editor.documents).toEqual([]);
  });

  it('goes over to the project that is asked for', async () => {
    const one = await projectWithRun();
    const two = await projectWithRun('r0-other');
    const { panel } = set(one.root, two.root);
    await panel.show();
    const [shown] = webviews.panels;
    const client = connect(trainingContract, shown!.page);
    await client.request('init', {});
    const before = shown!.webview.html;
    await panel.show(two.root);
    expect(shown!.webview.html).not.toBe(before);
    const { snapshot } = await client.request('init', {});
    expect(snapshot.runId).toBe('r0-other');
    await panel.show('/not/a/project');
    expect((await client.request('init', {})).snapshot.runId).toBe('r0-other');
  });

  it('says so where there is no project', async () => {
    const { panel } = set();
    await panel.show();
    const client = connect(trainingContract, webviews.panels[0]!.page);
    const refused = client.request('init', {});
    await expect(refused).rejects.toMatchObject({ code: 'project.missing' });
  });

  it('comes back with its window, once, and leaves nothing behind', async () => {
    const { root } = await projectWithRun();
    const { panel, listeners } = set(root);
    const back = makePanel(TRAINING_PANEL);
    const second = makePanel(TRAINING_PANEL);
    await panel.deserializeWebviewPanel(back.panel);
    await panel.deserializeWebviewPanel(second.panel);
    expect([back.disposed, second.disposed]).toEqual([false, true]);
    await connect(trainingContract, back.page).request('init', {});
    panel.dispose();
    expect(back.disposed).toBe(true);
    expect(back.listeners() + listeners.size).toBe(0);
  });
});
