import { REVIEW_COMMANDS } from '../shared/reviewCommands.ts';
import { registerCommands, type Edge } from './commands.ts';
import type { DisposableStore } from './disposableStore.ts';
import { reviewHandlers } from './reviewCommands.ts';
import { registerReview, type ReviewParts } from './webviews/registerReview.ts';

/** Review and Training: their places in the editor and their commands. */
export function registerViews(store: DisposableStore, parts: ReviewParts, edge: Edge): void {
  const { host, panel } = registerReview(store, parts);
  const handlers = reviewHandlers({
    forward: (name) => host.forward(name),
    openPanel: () => panel.show(),
    showTraining: () => undefined,
  });
  registerCommands(store, REVIEW_COMMANDS, handlers, edge);
}
