import * as vscode from 'vscode';
import { REVIEW_COMMANDS } from '../shared/reviewCommands.ts';
import { systemClock } from '../node/storage/systemClock.ts';
import { registerCommands, type Edge } from './commands.ts';
import type { DisposableStore } from './disposableStore.ts';
import { reviewHandlers } from './reviewCommands.ts';
import { showReviewOnce } from './showReviewOnce.ts';
import { registerReview, type ReviewParts } from './webviews/registerReview.ts';
import { TRAINING_PANEL, TrainingPanel } from './webviews/trainingPanel.ts';

/** Review and Training: their places in the editor and their commands. */
export function registerViews(store: DisposableStore, parts: ReviewParts, edge: Edge): void {
  const { host, panel } = registerReview(store, parts);
  const { extension, projects, log } = parts;
  const training = store.add(new TrainingPanel({ extension, projects, clock: systemClock, log }));
  store.add(vscode.window.registerWebviewPanelSerializer(TRAINING_PANEL, training));
  const handlers = reviewHandlers({
    forward: (name) => host.forward(name),
    openPanel: async (root) => {
      await projects.known();
      // A row of the tree, or the result of a step, names the project that is meant.
      if (root !== undefined && projects.all.some((one) => one.root === root)) {
        projects.select(root);
      }
      panel.show();
    },
    showTraining: (root) => training.show(root),
  });
  registerCommands(store, REVIEW_COMMANDS, handlers, edge);
  void showReviewOnce(parts.projects, vscode.workspace.isTrusted, () => panel.show());
}
