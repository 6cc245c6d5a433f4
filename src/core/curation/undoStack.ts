import type { RecordedDecision } from './activeDecisions.ts';
import type { Author, Decision } from './decision.ts';

/** One step back or forth: what it is about and what has to be appended. */
export interface UndoStep {
  /** The events that it takes back or brings back, oldest first. */
  readonly of: readonly RecordedDecision[];
  /** `action` groups what is appended. */
  decisions(author: Author, action: string): Decision[];
}

export interface UndoStack {
  readonly undo: UndoStep | null;
  readonly redo: UndoStep | null;
}

/** What undo would take back and redo would bring back, worked out from one round's journal alone. */
export function undoStack(
  events: readonly RecordedDecision[],
  mine: (event: RecordedDecision) => boolean,
): UndoStack {
  void events;
  void mine;
  return { undo: null, redo: null };
}
