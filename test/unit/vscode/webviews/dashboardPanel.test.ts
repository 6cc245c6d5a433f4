import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../../src/node/storage/systemClock.ts';
import { connect } from '../../../../src/shared/connect.ts';
import {
  dashboardContract,
  type DashboardState,
  type ListName,
} from '../../../../src/shared/dashboardContract.ts';
import { OpenBoard } from '../../../../src/vscode/openBoard.ts';
import { dashboardPanel } from '../../../../src/vscode/webviews/dashboardPanel.ts';
import { DASHBOARD_PANEL } from '../../../../src/vscode/webviews/places.ts';
import type { Goal } from '../../../../src/vscode/webviews/reviewHost.ts';
import { reportProject } from '../../../fakes/reportProject.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { makePanel, webviews } from '../../../fakes/vscodeWebviews.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

interface Given {
  readonly roots: readonly string[];
  readonly pollMs?: number;
}

function set({ roots, pollMs = 60_000 }: Given) {
  const state = { current: roots[0] ?? null };
  const listeners = new Set<() => void>();
  const all = roots.map((root) => ({ root, name: 'P' }));
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const goals: { readonly root: string; readonly goal: Goal }[] = [];
  const panel = dashboardPanel({
    // SAFETY: the fake's URI has the members that are read.
    extension: vscodeModule.Uri.file('/opt/tailor') as unknown as vscode.Uri,
    projects: {
      all,
      get current() {
        return all.find(({ root }) => root === state.current) ?? null;
      },
      select: (root) => {
        state.current = root;
        listeners.forEach((listener) => listener());
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
    environment: { XDG_CONFIG_HOME: '/nowhere' },
    review: (root, goal) => void goals.push({ root, goal }),
    pollMs,
  });
  onTestFinished(() => panel.dispose());
  return { panel, log, listeners, goals };
}

/** A panel over a project of two rounds. */
async function shown(options: { readonly pollMs?: number; readonly rounds?: number } = {}) {
  const { rounds = 2, pollMs } = options;
  const project = await reportProject({ rounds });
  await project.run();
  const made = set({ roots: [project.root], ...(pollMs === undefined ? {} : { pollMs }) });
  await made.panel.show();
  const client = connect(dashboardContract, webviews.panels[0]!.page);
  const { state, strings } = await client.request('init', {});
  return { ...project, ...made, client, state, strings };
}

beforeEach(resetVscode);

describe('the Dashboard’s panel', () => {
  it('shows a project’s rounds, and hears when they change', async () => {
    const { client, state, strings, panel, store, sets } = await shown({ pollMs: 20 });
    expect(webviews.panels[0]?.webview.html).toContain('dashboard.js');
    await panel.show();
    expect(webviews.panels).toHaveLength(1);
    expect(state.rounds.map(({ round }) => round)).toEqual([0, 1, 2]);
    expect(state.comparison).toMatchObject({ from: 1, to: 2, set: 'dev' });
    expect([strings['board.title'], strings['step']]).toEqual([
      'Round Dashboard',
      'Step {0} of {1}',
    ]);
    const heard: DashboardState[] = [];
    client.on('state', (next) => heard.push(next));
    const author = { kind: 'person' as const, name: 'ada' };
    const questionId = sets.train[0]?.id ?? '';
    await store.decide(2, [{ type: 'leave-out', author, questionId }]);
    await vi.waitFor(() => expect(heard.at(-1)?.rounds[2]?.decisions.person).toBe(1), {
      timeout: 10_000,
    });
    expect(heard.at(-1)?.rev).toBeGreaterThan(state.rev);
  });

  it('compares, lists and chooses runs as its page asks', async () => {
    const { client } = await shown();
    const states: DashboardState[] = [];
    client.on('state', (next) => states.push(next));
    const { rev } = await client.request('compare', { from: 0, to: 2, set: 'dev' });
    await vi.waitFor(() => expect(states.at(-1)?.rev).toBeGreaterThanOrEqual(rev));
    const { comparison } = states.at(-1)!;
    expect(comparison).toMatchObject({ from: 0, to: 2 });
    const list = { kind: 'change', from: 0, to: 2, set: 'dev', group: 'fixed' } as const;
    const page = await client.request('list', { list, from: 0, count: 5 });
    expect(page.total).toBe(comparison?.fixed);
    const refused = client.request('compare', { from: 1, to: 1, set: 'dev' });
    await expect(refused).rejects.toMatchObject({ code: 'round.notReady' });
  });

  it('threat 24: runs fixed commands for verbs, on the project alone', async () => {
    const { client, root } = await shown({ rounds: 1 });
    for (const verb of ['train', 'stop', 'round', 'look-at-test', 'show-training'] as const) {
      await client.request('run', { verb });
    }
    expect(editor.executed).toEqual(
      [
        'tailor.train',
        'tailor.stop',
        'tailor.round',
        'tailor.lookAtTest',
        'tailor.showTraining',
      ].map((id) => ({ id, args: [{ root }] })),
    );
  });

  it('shows a list of training questions in Review, in its round and under its name', async () => {
    const { client, goals, root } = await shown();
    const list: ListName = { kind: 'exam', round: 1, set: 'train', group: 'wrong' };
    const { total, questions } = await client.request('list', { list, from: 0, count: 200 });
    await client.request('open', { list, id: null });
    expect(goals).toEqual([
      {
        root,
        goal: {
          label: `${total} questions: wrong in round 1, train`,
          ids: questions.map(({ id }) => id),
          round: 1,
        },
      },
    ]);
    const course = { kind: 'trajectory', group: 'known' } as const;
    await client.request('open', { list: course, id: null });
    expect(goals.at(-1)?.goal).toMatchObject({ round: null });
    const dev = client.request('open', { list: { ...list, set: 'dev' }, id: null });
    await expect(dev).rejects.toMatchObject({ code: 'usage' });
  });

  it('shows a question in Review, or, where that has it not, at its line in its data file', async () => {
    const { client, goals, root, sets } = await shown();
    const train: ListName = { kind: 'exam', round: 1, set: 'train', group: 'wrong' };
    const { questions } = await client.request('list', { list: train, from: 0, count: 1 });
    const id = questions[0]?.id ?? '';
    await client.request('open', { list: train, id });
    expect(goals).toEqual([{ root, goal: { id } }]);
    expect(editor.executed).toEqual([]);
    const dev: ListName = { kind: 'exam', round: 1, set: 'dev', group: 'wrong' };
    const of = await client.request('list', { list: dev, from: 1, count: 1 });
    const devId = of.questions[0]?.id ?? '';
    await client.request('open', { list: dev, id: devId });
    const line = sets.dev.findIndex((one) => one.id === devId) + 1;
    expect(line).toBeGreaterThan(0);
    expect(editor.executed).toEqual([
      {
        id: 'tailor.openDataset',
        args: [{ scheme: 'file', fsPath: join(root, 'data/dev.jsonl'), line }],
      },
    ]);
    const gone = client.request('open', { list: null, id: 'nowhere' });
    await expect(gone).rejects.toMatchObject({ code: 'data.missing' });
  });

  it('writes a picture where the person says, and nothing where they think better of it', async () => {
    const { client, root } = await shown({ rounds: 1 });
    const svg = { format: 'svg', name: 'accuracy', data: '<svg xmlns="x"/>' } as const;
    expect(await client.request('export', svg)).toEqual({ saved: false });
    editor.chosenFile = join(root, 'picture.svg');
    expect(await client.request('export', svg)).toEqual({ saved: true });
    expect(await readFile(editor.chosenFile, 'utf8')).toBe(svg.data);
    expect(editor.savedAs).toEqual([join(root, 'accuracy.svg'), join(root, 'accuracy.svg')]);
    const bytes = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.from('rest')]);
    editor.chosenFile = join(root, 'picture.png');
    await client.request('export', {
      format: 'png',
      name: '../../evil',
      data: bytes.toString('base64'),
    });
    expect(await readFile(editor.chosenFile)).toEqual(bytes);
    expect(editor.savedAs.at(-1)).toBe(join(root, 'picture.png'));
  });

  it('writes the report of what is shown, the rounds that were chosen included', async () => {
    const { client, root } = await shown();
    await client.request('compare', { from: 0, to: 2, set: 'dev' });
    for (const [format, extension] of [
      ['markdown', 'md'],
      ['html', 'html'],
      ['csv', 'csv'],
    ] as const) {
      editor.chosenFile = join(root, `my.${extension}`);
      expect(await client.request('export', { format })).toEqual({ saved: true });
      const text = await readFile(editor.chosenFile, 'utf8');
      expect(editor.savedAs.at(-1)).toBe(join(root, `report.${extension}`));
      expect(text.length).toBeGreaterThan(500);
      if (format !== 'csv') expect(text).toContain('round 0 → 2');
    }
  });

  it('tells others which rounds it shows, of its own project and while it is open', async () => {
    const { client, panel, root } = await shown();
    const board = new OpenBoard();
    expect(await board.of(root)).toBeNull();
    board.follow(panel);
    await client.request('compare', { from: 0, to: 1, set: 'far' });
    const view = await board.of(root);
    expect(view?.moment().compared).toMatchObject({ from: 0, to: 1, exam: { set: 'far' } });
    expect(await board.of(`${root}/other`)).toBeNull();
    webviews.panels[0]?.close();
    expect(await board.of(root)).toBeNull();
  });

  it('writes as a picture only what is one', async () => {
    const { client, root } = await shown({ rounds: 1 });
    editor.chosenFile = join(root, 'picture');
    for (const what of [
      { format: 'svg', name: 'a', data: '<script>' },
      { format: 'png', name: 'a', data: 'PHN2Zz4=' },
    ] as const) {
      const refused = client.request('export', what);
      await expect(refused).rejects.toMatchObject({ code: 'usage' });
    }
    await expect(readFile(editor.chosenFile)).rejects.toThrow();
  });

  it('goes over to the project that is asked for, and says so where there is none', async () => {
    const { panel, client } = await shown({ rounds: 1 });
    const other = await temporaryFolder();
    const none = set({ roots: [] });
    await none.panel.show();
    const refused = connect(dashboardContract, webviews.panels[1]!.page).request('init', {});
    await expect(refused).rejects.toMatchObject({ code: 'project.missing' });
    await panel.show(other);
    expect((await client.request('init', {})).state.project).toBe('Sums <b>&</b>');
  });

  it('comes back with its window, once, and leaves nothing behind', async () => {
    const { root } = await reportProject({ rounds: 1 });
    const { panel, listeners } = set({ roots: [root] });
    const back = makePanel(DASHBOARD_PANEL);
    const second = makePanel(DASHBOARD_PANEL);
    await panel.deserializeWebviewPanel(back.panel);
    await panel.deserializeWebviewPanel(second.panel);
    expect([back.disposed, second.disposed]).toEqual([false, true]);
    await connect(dashboardContract, back.page).request('init', {});
    panel.dispose();
    expect(back.disposed).toBe(true);
    expect(back.listeners() + listeners.size).toBe(0);
  });
});
