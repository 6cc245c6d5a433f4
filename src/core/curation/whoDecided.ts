import type { RecordedDecision } from './activeDecisions.ts';

/** A writer's name without the number of its window: one person's on one computer. */
export function installationOf(writer: string): string {
  return writer.replace(/-[^-]*$/u, '');
}

/**
 * Whose word a decision is: a name may stand for two people, as in containers, and one person on two computers can
 * decide without knowing of it.
 */
export function whoOf({ author, writer }: Pick<RecordedDecision, 'author' | 'writer'>): string {
  return `${author.name}\u0000${installationOf(writer)}`;
}
