import type { Decision } from './decision.ts';

/** A decision as it stands in a journal: named by its writer and that writer's sequence number. */
export type RecordedDecision = Decision & {
  readonly writer: string;
  readonly seq: number;
  readonly at: string;
};

const nameOf = (writer: string, seq: number): string => `${writer}#${seq}`;

/**
 * The decisions of one round that stand, in merge order. An undo takes back one event, a redo takes back one undo;
 * both name their target, so two people's undo histories never mix.
 */
export function activeDecisions(events: readonly RecordedDecision[]): RecordedDecision[] {
  const byName = new Map(events.map((event) => [nameOf(event.writer, event.seq), event]));
  const takenBack = new Set<string>();
  for (const event of events) {
    if (event.type === 'undo') takenBack.add(nameOf(event.ofWriter, event.ofSeq));
    if (event.type === 'redo') {
      const undo = byName.get(nameOf(event.ofWriter, event.ofSeq));
      if (undo?.type === 'undo') takenBack.delete(nameOf(undo.ofWriter, undo.ofSeq));
    }
  }
  return events.filter(
    (event) =>
      event.type !== 'undo' &&
      event.type !== 'redo' &&
      !takenBack.has(nameOf(event.writer, event.seq)),
  );
}
