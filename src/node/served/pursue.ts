import type { Clock, Log } from '../../core/ports.ts';
import { backoffMs } from '../teacher/backoff.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { servedError } from './failure.ts';

const TRIES = 5;
const BACKOFF = { baseMs: 500, capMs: 30_000 };
/** A longer wait for the rate ends the exam, which goes on later with what is missing. */
const LONGEST_PAUSE_MS = 600_000;

/** How one waits between tries, and who is told of them. */
export interface Patience {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: () => number;
  readonly redact: (text: string) => string;
}

/** Tries until there is an answer, or a reason to stop: then the last failure. A limited rate uses up no try. */
export async function pursue<T>(
  once: () => Promise<T | TeacherFailure>,
  profile: string,
  { clock, log, random, redact }: Patience,
  signal: AbortSignal,
): Promise<T | TeacherFailure> {
  let limitedSince: number | null = null;
  for (let failures = 0, limits = 0; ;) {
    const outcome = await once();
    if (!(outcome instanceof TeacherFailure)) return outcome;
    if (outcome.class === 'run' || outcome.class === 'item') return outcome;
    const asked = outcome.retryAfterMs ?? 0;
    if (outcome.class === 'wait') {
      const now = clock.now();
      limitedSince ??= now;
      if (asked > LONGEST_PAUSE_MS || now - limitedSince > LONGEST_PAUSE_MS) return outcome;
      limits += 1;
    } else {
      failures += 1;
      if (failures >= TRIES) return outcome;
      const { message } = servedError(outcome, redact, { profile });
      log.info(`${profile}: ${message} Try ${failures + 1} of ${TRIES}.`);
    }
    const wait = backoffMs(Math.max(failures, limits), BACKOFF, random);
    await clock.sleep(Math.max(asked, wait), signal);
  }
}
