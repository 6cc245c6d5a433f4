import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock, Log, Progress, Report } from '../../core/ports.ts';
import { isTerminal, type TrainerEvent } from '../../core/training/events.ts';
import { tailLines } from '../storage/tail.ts';
import type { ExitFacts } from './classify.ts';
import { parseEventLine } from './eventLine.ts';
import { isGroupRunning, type ProcessIdentity } from './processGroup.ts';
import { notResponding, progressAfter, STARTING } from './progressOf.ts';
import type { RunPaths } from './runFolder.ts';
import { readRunState } from './runState.ts';
import { SilenceWatch } from './silence.ts';

export interface FollowTimings {
  /** How long a trainer may take to say hello. */
  readonly helloMs: number;
  /** How often events.jsonl is looked at. */
  readonly pollMs: number;
  /** How often the process is looked at. */
  readonly aliveMs: number;
  readonly silenceMs: number;
}

export interface FollowParts {
  readonly paths: RunPaths;
  readonly runId: string;
  readonly attempt: number;
  readonly process: ProcessIdentity;
  /** Of a process that this host started itself; null after a re-attach, where only the process table is left. */
  readonly exit: Promise<ExitFacts> | null;
  /** Byte offset of the last line at the start: what stands before it is history, handed on but not reported. */
  readonly historyEndsAt: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly timings: FollowTimings;
  readonly report: Report;
  readonly onEvent: (event: TrainerEvent) => void;
}

export type Outcome =
  | { readonly kind: 'terminal'; readonly event: TrainerEvent }
  /** The process is gone and left no terminal record. */
  | { readonly kind: 'exited'; readonly exit: ExitFacts }
  | { readonly kind: 'noHello' };

const UNSEEN: ExitFacts = { code: null, signal: null };
const MAX_WARNINGS = 5;
const MAX_CATCH_UP_POLLS = 50;

/** Follows one attempt of a run until it ends. Every record of the run is handed on once, in order, from the first. */
export class Follower {
  readonly #parts: FollowParts;
  readonly #stop = new AbortController();
  readonly #silence: SilenceWatch;
  #progress: Progress = STARTING;
  #phase: string | null = null;
  /** The step of the last checkpoint, of whichever attempt. */
  #kept = 0;
  #workerPid: number | null = null;
  #saidHello = false;
  #readTo = -1;
  #warnings = 0;

  constructor(parts: FollowParts) {
    this.#parts = parts;
    this.#silence = new SilenceWatch(parts.clock.now(), parts.timings.silenceMs);
  }

  get saidHello(): boolean {
    return this.#saidHello;
  }

  get workerPid(): number | null {
    return this.#workerPid;
  }

  /** Whether the trainer reports that it is stopping or writing a checkpoint. */
  get isSaving(): boolean {
    return this.#phase === 'stopping' || this.#phase === 'saving';
  }

  /** Resolves with the end of the attempt, or rejects with `cancelled` after `leave`. */
  async untilEnd(): Promise<Outcome> {
    const reading = this.#read();
    const watching = this.#watch();
    try {
      return await Promise.race([reading, watching]);
    } finally {
      this.#stop.abort();
      await Promise.allSettled([reading, watching]);
    }
  }

  /** Stops following; the run goes on. */
  leave(): void {
    this.#stop.abort();
  }

  async #read(): Promise<Outcome> {
    const { paths, clock, timings } = this.#parts;
    const lines = tailLines(paths.events, {
      signal: this.#stop.signal,
      clock,
      pollMs: timings.pollMs,
    });
    for await (const { line, byteOffset } of lines) {
      const event = this.#accept(line, byteOffset);
      this.#readTo = byteOffset;
      if (event !== null && event.attempt === this.#parts.attempt && isTerminal(event)) {
        return { kind: 'terminal', event };
      }
    }
    throw new AppError('cancelled', sentence`No longer following the run.`);
  }

  #accept(line: string, byteOffset: number): TrainerEvent | null {
    const parsed = parseEventLine(line, this.#parts.runId);
    if (parsed.kind === 'newer') {
      throw new AppError(
        'trainer.protocol',
        sentence`The trainer writes records of version ${parsed.version}.`,
        {
          hint: sentence`Update Tailor: this version reads version 1.`,
        },
      );
    }
    if (parsed.kind === 'bad') this.#warnOfBadLine(byteOffset, parsed.reason);
    if (parsed.kind !== 'event') return null;
    const { event } = parsed;
    this.#silence.heard(this.#parts.clock.now());
    if (event.type === 'checkpoint') this.#kept = event.step;
    this.#progress = progressAfter(this.#progress, event, this.#kept);
    if (event.attempt === this.#parts.attempt) this.#note(event);
    this.#parts.onEvent(event);
    if (byteOffset >= this.#parts.historyEndsAt) this.#parts.report(this.#progress);
    return event;
  }

  #note(event: TrainerEvent): void {
    if (event.type === 'hello') this.#saidHello = true;
    if (event.type === 'ready') this.#workerPid = event.workerPid;
    if (event.type === 'phase') this.#phase = event.name;
  }

  #warnOfBadLine(byteOffset: number, reason: string): void {
    this.#warnings += 1;
    if (this.#warnings > MAX_WARNINGS) return;
    this.#parts.log.warn(
      `${this.#parts.paths.events}, byte ${byteOffset}: set aside one line (${reason}).`,
    );
  }

  /** Looks at the process rather than at what it writes: a dead one writes nothing. */
  async #watch(): Promise<Outcome> {
    const { clock, timings, exit } = this.#parts;
    let waited = 0;
    const end: { facts: ExitFacts | null } = { facts: null };
    const exited = exit?.then((facts) => {
      end.facts = facts;
    });
    for (;;) {
      const mayBeGone = exited === undefined || end.facts !== null;
      if (mayBeGone && !(await isGroupRunning(this.#parts.process, this.#workerPid))) {
        return await this.#readTheRest(end.facts ?? UNSEEN);
      }
      // Counted in ticks: a computer that slept has not waited.
      if (!this.#saidHello && waited >= timings.helloMs) return { kind: 'noHello' };
      const silent = this.#silence.silentFor(clock.now());
      if (silent !== null) this.#parts.report(notResponding(this.#progress, silent));
      const tick = clock.sleep(timings.aliveMs, this.#stop.signal);
      await (exited === undefined || mayBeGone ? tick : Promise.race([tick, exited]));
      tick.catch(() => undefined);
      waited += timings.aliveMs;
    }
  }

  /** The process is gone: what it wrote last may still be unread. */
  async #readTheRest(exit: ExitFacts): Promise<Outcome> {
    const { paths, runId, attempt, clock, timings } = this.#parts;
    const state = await readRunState(paths, runId);
    for (let polls = 0; this.#readTo < state.lastLineAt && polls < MAX_CATCH_UP_POLLS; polls += 1) {
      await clock.sleep(timings.pollMs, this.#stop.signal);
    }
    return state.terminal !== null && state.terminal.attempt === attempt
      ? { kind: 'terminal', event: state.terminal }
      : { kind: 'exited', exit };
  }
}
