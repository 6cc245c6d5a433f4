import { REVIEW_ACTIONS, type REVIEW_COMMANDS } from '../shared/reviewCommands.ts';
import type { Handler } from './commands.ts';
import type { ViewCommand } from './webviews/reviewHost.ts';

type ActionId = keyof typeof REVIEW_ACTIONS;

/** What the palette's review commands act on. */
export interface ReviewPlaces {
  forward(name: ViewCommand): Promise<void>;
  /** Opens the wide panel, at an item where one is named. */
  openPanel(root: string | undefined, id: string | undefined): Promise<void> | void;
  showTraining(root: string | undefined): Promise<void> | void;
  showDashboard(root: string | undefined): Promise<void> | void;
}

/** Handlers of the view's commands: each goes to the Review view that had the keyboard last. */
export function reviewHandlers(
  places: ReviewPlaces,
): Readonly<Record<keyof typeof REVIEW_COMMANDS, Handler>> {
  const forwarded = Object.entries(REVIEW_ACTIONS).map(([id, { name }]): [string, Handler] => [
    id,
    () => places.forward(name),
  ]);
  return {
    // SAFETY: one handler for every key of the table, made from that table.
    ...(Object.fromEntries(forwarded) as Record<ActionId, Handler>),
    'tailor.openReview': ({ root, id }) => places.openPanel(root, id),
    'tailor.showTraining': ({ root }) => places.showTraining(root),
    'tailor.showDashboard': ({ root }) => places.showDashboard(root),
  };
}
