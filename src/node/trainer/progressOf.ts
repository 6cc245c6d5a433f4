import { sentence, type Sentence } from '../../core/sentence.ts';
import type { Progress } from '../../core/ports.ts';
import type { TrainerEvent } from '../../core/training/events.ts';

/** Before the trainer's first phase. */
export const STARTING: Progress = { stage: sentence`starting`, done: 0, total: 0, etaMs: null };

const PHASES: Readonly<Record<Extract<TrainerEvent, { type: 'phase' }>['name'], Sentence>> = {
  importing: sentence`importing`,
  loading: sentence`loading`,
  referencing: sentence`referencing`,
  probing: sentence`probing`,
  training: sentence`training`,
  evaluating: sentence`evaluating`,
  saving: sentence`saving`,
  stopping: sentence`stopping`,
  exporting: sentence`exporting`,
  parity: sentence`parity`,
};

/**
 * What the person is shown after an event: the phase, optimizer steps done of all, the time left. `kept` is the step of
 * the last checkpoint, from which the next attempt goes on.
 */
export function progressAfter(shown: Progress, event: TrainerEvent, kept = 0): Progress {
  const { note: _, ...plain } = shown;
  switch (event.type) {
    case 'accepted':
      return { ...plain, total: event.steps };
    case 'phase':
      return {
        ...plain,
        stage: PHASES[event.name],
        etaMs: event.name === 'training' ? plain.etaMs : null,
      };
    case 'progress':
      return {
        ...plain,
        done: event.step,
        total: event.steps,
        // A trainer whose clock jumped back may report a time below zero.
        etaMs: event.etaMs === null || event.etaMs < 0 ? null : event.etaMs,
      };
    case 'reference':
      return { ...plain, stage: sentence`referencing (${event.done} of ${event.of})` };
    case 'oom':
      return {
        ...plain,
        note: sentence`memory ran out: micro-batch ${event.microBatch} → ${event.newMicroBatch}`,
      };
    case 'warning':
      return { ...plain, note: event.message };
    case 'hello':
      return { ...STARTING, done: kept, total: plain.total };
    case 'checkpoint':
      return { ...plain, note: sentence`checkpoint at step ${event.step}` };
    case 'eval':
      return {
        ...plain,
        note: sentence`after epoch ${event.epoch}: ${event.correct} of ${event.n} probes are right`,
      };
    case 'done':
      return { ...plain, stage: sentence`done`, done: plain.total, etaMs: 0 };
    case 'cancelled':
      return { ...plain, stage: sentence`stopped`, etaMs: null };
    case 'ready':
    case 'metrics':
    case 'sample':
    case 'log':
    case 'heartbeat':
    case 'error':
      return shown;
  }
}

/** The same progress while the trainer says nothing. */
export function notResponding(shown: Progress, silentMs: number): Progress {
  const seconds = Math.round(silentMs / 1000);
  return {
    ...shown,
    etaMs: null,
    note: sentence`not responding for ${seconds} s; it is left running`,
  };
}
