import * as z from 'zod';
import { trainerEventSchema, type TrainerEvent } from '../../core/training/events.ts';

/** What one line of events.jsonl turned out to be. */
export type EventLine =
  | { readonly kind: 'event'; readonly event: TrainerEvent }
  /** A record type of this version that this reader does not know: newer trainers may write it. */
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'blank' }
  | { readonly kind: 'bad'; readonly reason: string };

/** The longest record of the protocol, in characters. */
const MAX_LINE = 1 << 20;
const KNOWN_TYPES = new Set<string>(
  trainerEventSchema.options.flatMap((option) => [...option.shape.type.values]),
);
const headSchema = z.object({ v: z.number().int(), type: z.string() });

/** Parses one line; a bad one is described, never thrown, so that it cannot hide the rest. */
export function parseEventLine(line: string, runId: string): EventLine {
  if (line.trim() === '') return { kind: 'blank' };
  if (line.length > MAX_LINE) return { kind: 'bad', reason: `longer than ${MAX_LINE} characters` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'bad', reason: 'not valid JSON' };
  }
  const head = headSchema.safeParse(value);
  if (!head.success) return { kind: 'bad', reason: 'not an event record' };
  if (head.data.v > 1) return { kind: 'newer', version: head.data.v };
  const parsed = trainerEventSchema.safeParse(value);
  if (parsed.success) {
    return parsed.data.runId === runId
      ? { kind: 'event', event: parsed.data }
      : { kind: 'bad', reason: `belongs to run ${parsed.data.runId}` };
  }
  if (!KNOWN_TYPES.has(head.data.type)) return { kind: 'unknown', type: head.data.type };
  const issue = parsed.error.issues[0];
  return { kind: 'bad', reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}` };
}
