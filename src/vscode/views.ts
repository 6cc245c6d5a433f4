import * as vscode from 'vscode';
import { REVIEW_COMMANDS } from '../shared/reviewCommands.ts';
import { registerCommands, type Edge } from './commands.ts';
import type { DisposableStore } from './disposableStore.ts';
import { once } from './once.ts';
import { showReviewOnce } from './showReviewOnce.ts';
import type { ViewParts, Views } from './webviews/makeViews.ts';
import { DASHBOARD_PANEL, RECORD_SCHEME, REVIEW_PANEL, TRAINING_PANEL } from './webviews/places.ts';
import { RecordFiles } from './webviews/recordFiles.ts';

/** Review, Training and the Dashboard: their places in the editor and their commands. Made when the first of them is asked for. */
export function registerViews(store: DisposableStore, parts: ViewParts, edge: Edge): void {
  const { projects } = parts;
  const views = once(async (): Promise<Views> =>
    (await import('./webviews/makeViews.ts')).makeViews(store, parts),
  );
  const { window, workspace } = vscode;
  store.add(
    window.registerWebviewViewProvider('tailor.review', {
      resolveWebviewView: async (view) => (await views()).side.resolveWebviewView(view),
    }),
  );
  store.add(
    window.registerWebviewPanelSerializer(REVIEW_PANEL, {
      deserializeWebviewPanel: async (panel) =>
        (await views()).panel.deserializeWebviewPanel(panel),
    }),
  );
  store.add(
    window.registerWebviewPanelSerializer(TRAINING_PANEL, {
      deserializeWebviewPanel: async (panel) =>
        (await views()).training.deserializeWebviewPanel(panel),
    }),
  );
  store.add(
    window.registerWebviewPanelSerializer(DASHBOARD_PANEL, {
      deserializeWebviewPanel: async (panel) =>
        (await views()).dashboard.deserializeWebviewPanel(panel),
    }),
  );
  const peerOf = async (root: string) =>
    projects.current?.root === root ? (await views()).host.peer() : null;
  const files = store.add(new RecordFiles({ peerOf }, () => Date.now()));
  store.add(workspace.registerFileSystemProvider(RECORD_SCHEME, files, { isCaseSensitive: true }));
  const handlers = once(async () =>
    (await import('./reviewCommands.ts')).reviewHandlers({
      forward: async (name) => (await views()).host.forward(name),
      openPanel: async (root, id) => {
        await projects.known();
        // A row of the tree, or the result of a step, names the project that is meant.
        if (root !== undefined && projects.all.some((one) => one.root === root)) {
          projects.select(root);
        }
        const { host, panel } = await views();
        if (id !== undefined) host.showInPanel({ id });
        panel.show();
      },
      showTraining: async (root) => (await views()).training.show(root),
      showDashboard: async (root) => (await views()).dashboard.show(root),
    }),
  );
  registerCommands(store, REVIEW_COMMANDS, handlers, edge);
  void showReviewOnce(
    projects,
    workspace.isTrusted,
    () => void views().then(({ panel }) => panel.show()),
  );
}
