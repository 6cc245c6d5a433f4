import { beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import type { Outside } from '../../../../src/node/review/ports.ts';
import { connect } from '../../../../src/shared/connect.ts';
import { reviewContract } from '../../../../src/shared/reviewContract.ts';
import { reviewHandlers } from '../../../../src/vscode/reviewCommands.ts';
import { ReviewHost } from '../../../../src/vscode/webviews/reviewHost.ts';
import { REVIEW_PANEL } from '../../../../src/vscode/webviews/places.ts';
import { ReviewPanel } from '../../../../src/vscode/webviews/reviewPanel.ts';
import { reviewActions, VERB_COMMANDS } from '../../../../src/vscode/webviews/reviewActions.ts';
import { ReviewViewProvider } from '../../../../src/vscode/webviews/reviewView.ts';
import type { OpenReview } from '../../../../src/vscode/webviews/reviewPeer.ts';
import { peerFactory, readySnapshot, recordWith } from '../../../fakes/reviewPeer.ts';
import { editor, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { TabInputWebview, texts } from '../../../fakes/vscodeLanguages.ts';
import { makePanel, showView, webviews, type FakeWebview } from '../../../fakes/vscodeWebviews.ts';
import type * as vscode from 'vscode';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

const OUTSIDE: Outside = {
  trusted: true,
  job: null,
  teacherReady: true,
  paced: null,
  singleKeys: true,
};
// SAFETY: the fake's URI has the members that are read.
const EXTENSION = vscodeModule.Uri.file('/opt/tailor') as unknown as vscode.Uri;
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

function set(given: { root?: string | null; open?: OpenReview; lingerMs?: number } = {}) {
  const factory = peerFactory(() => recordWith({ attempt: '', rationale: '' }));
  const project = { root: given.root === undefined ? '/p' : given.root };
  const changes = { project: new Set<() => void>(), outside: new Set<() => void>() };
  const outside = { value: OUTSIDE };
  const listen = (to: Set<() => void>) => (listener: () => void) => {
    to.add(listener);
    return { dispose: () => to.delete(listener) };
  };
  const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const host: ReviewHost = new ReviewHost({
    projects: {
      all: [],
      get current() {
        return project.root === null ? null : { root: project.root, name: 'P' };
      },
      select: () => undefined,
      pick: () => Promise.reject(new Error('not asked')),
      onDidChange: listen(changes.project),
      known: () => Promise.resolve(),
    },
    open: given.open ?? factory.open,
    actionsFor: (root) =>
      reviewActions({
        root,
        reload: () => host.reload(),
        openBadLine: () => Promise.resolve(),
        showInPanel: (id) => host.showInPanel({ id }),
        strings: () => ({}),
      }),
    outside: { now: () => outside.value, onDidChange: listen(changes.outside) },
    log,
    lingerMs: given.lingerMs ?? 0,
  });
  const panel = new ReviewPanel(EXTENSION, host);
  webviews.providers.set('tailor.review', new ReviewViewProvider(EXTENSION, host));
  webviews.serializers.set(REVIEW_PANEL, panel);
  const choose = (root: string | null): void => {
    project.root = root;
    changes.project.forEach((tell) => tell());
  };
  const change = (next: Outside): void => {
    outside.value = next;
    changes.outside.forEach((tell) => tell());
  };
  return { host, panel, choose, change, log, opened: factory.opened };
}

function load({ page }: FakeWebview) {
  const client = connect(reviewContract, page);
  const commands: string[] = [];
  const snapshots: number[] = [];
  const went: string[] = [];
  client.on('command', ({ name }) => commands.push(name));
  client.on('show', ({ id }) => went.push(id));
  client.on('list', ({ label }) => went.push(label));
  client.on('snapshot', ({ rev }) => snapshots.push(rev));
  return { client, commands, snapshots, went };
}

beforeEach(resetVscode);

describe('the host of Review', () => {
  it('serves the review of the current project to a view, over the webview’s own channel', async () => {
    const { opened } = set();
    const shown = showView('tailor.review');
    const { client, snapshots } = load(shown);
    const { snapshot } = await client.request('init', { view: 'side' });
    expect(snapshot).toMatchObject({ phase: 'ready', rev: 1 });
    expect(shown.view.badge).toEqual({ value: 3, tooltip: '3 items to review' });
    expect(editor.context.get('tailor.hasReview')).toBe(true);
    opened[0]!.tell(readySnapshot(2, 0));
    await turns();
    expect(snapshots).toEqual([2]);
    expect(shown.view.badge).toBeUndefined();
  });

  it('opens no review before a view asks, one for all views, and closes it with the last', async () => {
    const { opened, panel } = set();
    expect(opened).toHaveLength(0);
    const side = showView('tailor.review');
    panel.show();
    panel.show();
    expect(webviews.panels).toHaveLength(1);
    const wide = webviews.panels[0]!;
    expect(wide.revealed).toBe(1);
    await load(side).client.request('init', { view: 'side' });
    await load(wide).client.request('init', { view: 'panel' });
    expect(opened).toHaveLength(1);
    expect(opened[0]!.connections()).toBe(2);
    wide.close();
    expect(opened[0]!.connections()).toBe(1);
    side.close();
    await turns();
    expect(opened[0]!.disposed).toBe(true);
    expect(side.listeners() + wide.listeners()).toBe(0);
    expect(editor.context.get('tailor.hasReview')).toBe(false);
  });

  it('keeps a review for a while that nobody looks at: a view that comes back finds it', async () => {
    const { opened, host } = set({ lingerMs: 60_000 });
    const side = showView('tailor.review');
    await load(side).client.request('init', { view: 'side' });
    side.close();
    await turns();
    expect(opened[0]!.disposed).toBe(false);
    expect(editor.context.get('tailor.hasReview')).toBe(false);
    opened[0]!.tell(readySnapshot(2, 0));
    expect(editor.context.get('tailor.hasReview')).toBe(false);
    await load(showView('tailor.review')).client.request('init', { view: 'side' });
    expect(opened).toHaveLength(1);
    expect(editor.context.get('tailor.hasReview')).toBe(true);
    host.dispose();
    await turns();
    expect(opened[0]!.disposed).toBe(true);
  });

  it('closes a review that only a document asked for', async () => {
    const { opened, host } = set();
    await host.peer();
    await turns();
    expect(opened[0]!.disposed).toBe(true);
  });

  it('fault: webview reloaded or hidden mid-edit: the page that comes back is answered anew', async () => {
    const { opened } = set();
    const shown = showView('tailor.review');
    await load(shown).client.request('init', { view: 'side' });
    opened[0]!.tell(readySnapshot(7));
    shown.close();
    const again = showView('tailor.review');
    const { snapshot } = await load(again).client.request('init', { view: 'side' });
    expect(snapshot.phase).toBe('ready');
    expect(shown.listeners()).toBe(0);
  });

  it('brings its panel back after a reload of the window, and only one', async () => {
    const { panel } = set();
    const back = makePanel(REVIEW_PANEL);
    await webviews.serializers.get(REVIEW_PANEL)?.deserializeWebviewPanel(back.panel, {});
    expect(back.webview.html).toContain('review.js');
    await load(back).client.request('init', { view: 'panel' });
    const second = makePanel(REVIEW_PANEL);
    await panel.deserializeWebviewPanel(second.panel);
    expect(second.disposed).toBe(true);
    panel.show();
    expect(back.revealed).toBe(1);
  });

  it('takes the place of a tab that came back with the window and was not looked at yet', () => {
    const { panel } = set();
    const tab = (viewType: string) => ({ input: new TabInputWebview(viewType), isDirty: false });
    const foreign = tab('mainThreadWebview-other.panel');
    texts.tabs.push(tab(`mainThreadWebview-${REVIEW_PANEL}`), foreign);
    panel.show();
    expect(texts.tabs).toEqual([foreign]);
    expect(webviews.panels).toHaveLength(1);
  });

  it('shows a view also where there is no project, with its way out', async () => {
    const { opened } = set({ root: null });
    const { client } = load(showView('tailor.review'));
    const { snapshot } = await client.request('init', { view: 'side' });
    expect(snapshot).toMatchObject({ phase: 'no-project', primary: { verb: 'create-project' } });
    await client.request('run', { verb: 'create-project' });
    expect(editor.executed.map(({ id }) => id)).toEqual(['tailor.init']);
    await expect(client.request('undo', { round: null })).rejects.toMatchObject({ code: 'STALE' });
    expect(opened).toHaveLength(0);
  });

  it('says why a review cannot be opened, and tries again on request', async () => {
    let broken = true;
    const factory = peerFactory(() => recordWith({ attempt: '', rationale: '' }));
    const { log } = set({
      open: (parts) =>
        broken
          ? Promise.reject(
              new AppError('project.invalid', 'tailor.json is wrong.', { hint: 'Fix.' }),
            )
          : factory.open(parts),
    });
    const shown = showView('tailor.review');
    const { client } = load(shown);
    const { snapshot } = await client.request('init', { view: 'side' });
    expect(snapshot.phase).toBe('failed');
    expect(snapshot.banners[0]?.message).toBe('tailor.json is wrong. Fix.');
    expect(log.error).toHaveBeenCalledTimes(1);
    broken = false;
    const before = shown.webview.html;
    await client.request('run', { verb: 'reload' });
    expect(shown.webview.html).not.toBe(before);
    const again = await load(shown).client.request('init', { view: 'side' });
    expect(again.snapshot.phase).toBe('ready');
  });

  it('loads its views anew for another project, whose revisions are its own', async () => {
    const { opened, choose } = set();
    const shown = showView('tailor.review');
    const { client } = load(shown);
    await client.request('init', { view: 'side' });
    const before = shown.webview.html;
    choose('/q');
    await turns();
    expect(opened[0]!.disposed).toBe(true);
    expect(shown.webview.html).not.toBe(before);
    await load(shown).client.request('init', { view: 'side' });
    expect(opened.map(({ root }) => root)).toEqual(['/p', '/q']);
    opened[0]!.tell(readySnapshot(9));
    choose('/q');
    expect(opened).toHaveLength(2);
  });

  it('tells the review what happens outside', async () => {
    const { opened, change } = set();
    await load(showView('tailor.review')).client.request('init', { view: 'side' });
    change({ ...OUTSIDE, trusted: false });
    await turns();
    expect(opened[0]!.outsides.map(({ trusted }) => trusted)).toEqual([true, false]);
  });

  it('forwards a palette command to the view that had the keyboard last', async () => {
    const { host, panel } = set();
    const side = load(showView('tailor.review'));
    panel.show();
    const wide = load(webviews.panels[0]!);
    await side.client.request('init', { view: 'side' });
    await wide.client.request('init', { view: 'panel' });
    await side.client.request('focus', { where: 'list', selected: 'q-1' });
    expect(editor.context.get('tailor.reviewListFocused')).toBe(true);
    await side.client.request('focus', { where: 'none', selected: null });
    expect(editor.context.get('tailor.reviewListFocused')).toBe(false);
    const handlers = reviewHandlers({
      forward: (name) => host.forward(name),
      openPanel: () => panel.show(),
      showTraining: () => undefined,
      showDashboard: () => undefined,
    });
    await handlers['tailor.review.accept']({});
    await wide.client.request('focus', { where: 'editor', selected: null });
    await handlers['tailor.review.search']({});
    await turns();
    expect([side.commands, wide.commands]).toEqual([['accept'], ['search']]);
    webviews.panels[0]!.close();
    await handlers['tailor.review.undo']({});
    await turns();
    expect(side.commands).toEqual(['accept', 'undo']);
  });

  it('opens the view for a command that finds none, and hands it on once the page listens', async () => {
    const { host } = set();
    await host.forward('search');
    expect(editor.executed.map(({ id }) => id)).toEqual(['tailor.review.focus']);
    const { client, commands } = load(showView('tailor.review'));
    await client.request('init', { view: 'side' });
    await turns();
    expect(commands).toEqual(['search']);
    await client.request('init', { view: 'side' });
    await turns();
    expect(commands).toEqual(['search']);
  });

  it('hands on no command that decides to a page that nobody has seen, and says so', async () => {
    const { host } = set();
    for (const name of ['accept', 'reject', 'only-this', 'pair', 'undo'] as const) {
      await host.forward(name);
    }
    expect(editor.information.join()).toContain('Nothing was decided');
    expect(editor.executed.map(({ id }) => id)).toContain('tailor.review.focus');
    const { client, commands } = load(showView('tailor.review'));
    await client.request('init', { view: 'side' });
    await turns();
    expect(commands).toEqual([]);
    await host.forward('accept');
    await turns();
    expect(commands).toEqual(['accept']);
  });

  it('knows that the page of a hidden view is gone: nothing is decided in the one that comes', async () => {
    const { host, panel } = set();
    const side = showView('tailor.review');
    await load(side).client.request('init', { view: 'side' });
    panel.show();
    const wide = webviews.panels[0]!;
    for (const [shown, view] of [
      [side, 'side'],
      [wide, 'panel'],
    ] as const) {
      const before = load(shown);
      await before.client.request('init', { view });
      await before.client.request('focus', { where: 'list', selected: 'q-1' });
      shown.hide();
      expect(editor.context.get('tailor.reviewListFocused')).toBe(false);
      editor.information.length = 0;
      await host.forward('accept');
      expect(editor.information.join()).toContain('Nothing was decided');
      await host.forward('search');
      const after = load(shown);
      await after.client.request('init', { view });
      await turns();
      expect([before.commands, after.commands]).toEqual([[], ['search']]);
      await host.forward('accept');
      await turns();
      expect(after.commands).toEqual(['search', 'accept']);
    }
  });

  it('takes no page for loaded that was hidden before it was answered', async () => {
    const factory = peerFactory(() => recordWith({ attempt: '', rationale: '' }));
    let go = (): void => undefined;
    const slow = new Promise<void>((resolve) => (go = resolve));
    const { host } = set({ open: (parts) => slow.then(() => factory.open(parts)) });
    const shown = showView('tailor.review');
    void load(shown)
      .client.request('init', { view: 'side' })
      .catch(() => undefined);
    await turns();
    shown.hide();
    go();
    await turns();
    await host.forward('accept');
    expect(editor.information.join()).toContain('Nothing was decided');
  });

  it('goes to an item in a panel that is there at once, in another one when it has loaded', async () => {
    const { panel } = set();
    const side = load(showView('tailor.review'));
    await side.client.request('init', { view: 'side' });
    const open = (id: string): Promise<unknown> =>
      side.client.request('open', { id, how: 'panel', candidate: null, sample: null });
    await open('q-1');
    panel.show();
    const wide = webviews.panels[0]!;
    const first = load(wide);
    await first.client.request('init', { view: 'panel' });
    await turns();
    expect(first.went).toEqual(['q-1']);
    await open('q-2');
    await turns();
    expect(first.went).toEqual(['q-1', 'q-2']);
    expect(side.went).toEqual([]);

    wide.hide();
    await open('q-3');
    const second = load(wide);
    await second.client.request('init', { view: 'panel' });
    await turns();
    expect(second.went).toEqual(['q-3']);

    // What was never gone to is forgotten with its page: the next one stays where it was.
    wide.hide();
    await open('q-4');
    wide.close();
    panel.show();
    const third = load(webviews.panels[1]!);
    await third.client.request('init', { view: 'panel' });
    await turns();
    expect(third.went).toEqual([]);
  });

  it('shows a list in the panel, at once or as soon as that has loaded', async () => {
    const { host, panel } = set();
    const list = (label: string) => ({ label, ids: ['q-1'], round: null });
    host.showInPanel(list('one'));
    panel.show();
    const { client, went } = load(webviews.panels[0]!);
    await client.request('init', { view: 'panel' });
    await turns();
    expect(went).toEqual(['one']);
    host.showInPanel(list('two'));
    await turns();
    expect(went).toEqual(['one', 'two']);
  });

  it('threat 24: runs fixed commands for verbs, with nothing of the view’s in them', async () => {
    set();
    const { client } = load(showView('tailor.review'));
    for (const verb of Object.keys(VERB_COMMANDS) as (keyof typeof VERB_COMMANDS)[]) {
      if (verb !== 'reload') await client.request('run', { verb });
    }
    const expected = Object.values(VERB_COMMANDS).flatMap((one) =>
      one === 'host' ? [] : [{ id: one.command, args: [{ root: '/p' }] }],
    );
    expect(editor.executed.filter(({ id }) => id !== 'tailor.review.focus')).toEqual(expected);
    const sly = { verb: 'workbench.action.terminal.sendSequence', args: ['x'] };
    // SAFETY: a message that no page of ours sends.
    await expect(client.request('run', sly as never)).rejects.toMatchObject({ code: 'BAD_PARAMS' });
  });

  it('leaves nothing behind when it ends', async () => {
    const { host, opened, panel } = set();
    const shown = showView('tailor.review');
    await load(shown).client.request('init', { view: 'side' });
    panel.dispose();
    host.dispose();
    await turns();
    expect(opened[0]!.disposed).toBe(true);
    expect(shown.listeners()).toBe(0);
    await host.forward('next');
    expect(await host.peer()).toBeNull();
  });
});
