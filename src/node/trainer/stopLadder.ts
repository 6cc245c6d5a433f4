import type { Clock, Signal } from '../../core/ports.ts';

/** How long each rung of the ladder is given, in ms. */
export interface StopTimings {
  /** From the request to a sign that the trainer is stopping. */
  readonly stoppingMs: number;
  /** While it reports that it is stopping or saving: a checkpoint of a large student takes minutes on a slow disk. */
  readonly savingMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly termMs: number;
}

export const STOP_TIMINGS: StopTimings = {
  stoppingMs: 20_000,
  savingMs: 600_000,
  termMs: 30_000,
};

export interface StopLadderParts {
  readonly clock: Clock;
  readonly timings: StopTimings;
  /** Writes the request file. False when the run was already asked to stop: then nobody waits a second time. */
  requestCancel(): Promise<boolean>;
  signalGroup(signal: 'SIGTERM' | 'SIGKILL'): Promise<boolean>;
  /** Whether the trainer reports that it is stopping or saving. */
  isSaving(): boolean;
}

const TICK_MS = 100;

/**
 * Stops a run with as little loss as it allows: request file → SIGTERM to the group → SIGKILL to the group.
 * Waiting is counted in ticks and not by the clock, so that a computer that slept does not skip a rung.
 */
export class StopLadder {
  readonly #parts: StopLadderParts;
  #hurried = 0;
  #passed = 0;

  constructor(parts: StopLadderParts) {
    this.#parts = parts;
  }

  /** A further request: the current rung is not waited out. */
  hurry(): void {
    this.#hurried += 1;
  }

  /** Climbs until the signal says that the run has ended; rejects only where the request cannot be written. */
  async climb(ended: Signal): Promise<void> {
    const { timings } = this.#parts;
    if (!(await this.#parts.requestCancel())) this.hurry();
    if (await this.#waitOut(timings.stoppingMs, ended)) return;
    await this.#parts.signalGroup('SIGTERM');
    if (await this.#waitOut(timings.termMs, ended)) return;
    await this.#parts.signalGroup('SIGKILL');
  }

  /** True when the run ended while waiting. */
  async #waitOut(patienceMs: number, ended: Signal): Promise<boolean> {
    for (let waited = 0; ; waited += TICK_MS) {
      if (ended.aborted) return true;
      if (this.#hurried > this.#passed) {
        this.#passed += 1;
        return false;
      }
      const patience = this.#parts.isSaving() ? this.#parts.timings.savingMs : patienceMs;
      if (waited >= Math.max(patience, patienceMs)) return false;
      try {
        await this.#parts.clock.sleep(TICK_MS, ended);
      } catch {
        return true;
      }
    }
  }
}
