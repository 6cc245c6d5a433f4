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

interface Action {
  readonly events: RecordedDecision[];
}

interface Undone {
  readonly action: Action;
  /** The undo events that took it back and stand. */
  readonly by: RecordedDecision[];
}

const nameOf = (writer: string, seq: number): string => `${writer}#${seq}`;

/** What a person did, or asked a rule to do in a command: an exam or a round's own curation is nobody's step. */
function isStep({ author, action }: RecordedDecision): boolean {
  return author.kind === 'person' || action !== undefined;
}

/**
 * What undo would take back and redo would bring back, worked out from one round's journal alone: so it survives
 * whatever the journal survives. Only steps that are mine count (what a rule decided only where a person's command
 * grouped it as an action), and whole actions move. As everywhere, a new decision after an undo ends the redo.
 */
export function undoStack(
  events: readonly RecordedDecision[],
  isMine: (event: RecordedDecision) => boolean,
): UndoStack {
  const mine = (event: RecordedDecision): boolean => isMine(event) && isStep(event);
  const actions = new Map<string, Action>();
  const actionOf = new Map<string, Action>();
  const byName = new Map<string, RecordedDecision>();
  const takenBack = new Set<string>();
  let undone: Undone[] = [];

  for (const event of events) {
    const name = nameOf(event.writer, event.seq);
    byName.set(name, event);
    if (event.type === 'undo') {
      const target = nameOf(event.ofWriter, event.ofSeq);
      takenBack.add(target);
      const action = actionOf.get(target);
      if (!action || !mine(event)) continue;
      const last = undone.at(-1);
      if (last?.action === action) last.by.push(event);
      else undone.push({ action, by: [event] });
    } else if (event.type === 'redo') {
      const undo = byName.get(nameOf(event.ofWriter, event.ofSeq));
      if (undo?.type !== 'undo') continue;
      takenBack.delete(nameOf(undo.ofWriter, undo.ofSeq));
      for (const one of undone) {
        const at = one.by.indexOf(undo);
        if (at >= 0) one.by.splice(at, 1);
      }
      undone = undone.filter(({ by }) => by.length > 0);
    } else if (mine(event)) {
      const key = event.action === undefined ? `event ${name}` : `action ${event.action}`;
      const action = actions.get(key) ?? { events: [] };
      actions.set(key, action);
      action.events.push(event);
      actionOf.set(name, action);
      undone = [];
    }
  }

  const stands = ({ writer, seq }: RecordedDecision): boolean =>
    !takenBack.has(nameOf(writer, seq));
  const last = [...actions.values()].findLast((action) => action.events.some(stands));
  const next = undone.findLast(({ action }) => !action.events.every(stands));
  return {
    undo: last ? undoing(last.events.filter(stands)) : null,
    redo: next ? redoing(next) : null,
  };
}

function undoing(of: readonly RecordedDecision[]): UndoStep {
  return {
    of,
    decisions: (author, action) =>
      // Backwards, so that a stop half-way leaves a state that once was.
      [...of].reverse().map(({ writer, seq }) => ({
        type: 'undo',
        author,
        action,
        ofWriter: writer,
        ofSeq: seq,
      })),
  };
}

function redoing({ action: { events }, by }: Undone): UndoStep {
  const named = new Set(
    by.map((undo) => (undo.type === 'undo' ? nameOf(undo.ofWriter, undo.ofSeq) : '')),
  );
  return {
    of: events.filter(({ writer, seq }) => named.has(nameOf(writer, seq))),
    decisions: (author, action) =>
      [...by].reverse().map(({ writer, seq }) => ({
        type: 'redo',
        author,
        action,
        ofWriter: writer,
        ofSeq: seq,
      })),
  };
}
