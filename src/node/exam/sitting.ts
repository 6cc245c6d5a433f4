import { performance } from 'node:perf_hooks';
import { AppError, cancelled } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { fromWire } from '../../core/wireText.ts';
import type { ExamRequest, FinishedAttempt } from '../../core/exam/attempt.ts';
import type { ChildMessage } from '../../core/exam/engineContract.ts';
import type { Log, Report, Signal } from '../../core/ports.ts';
import { childError, EngineChild, type ChildExit } from './engineChild.ts';
import { HandOut } from './handOut.ts';
import type { ProcessPlan } from './processPlan.ts';

/** How often an exam goes on after an engine process was lost. */
const MAX_REPLACEMENTS = 2;
/** A step is rarely longer; what is not over by then is killed, so that all has stopped within a second. */
const KILL_AFTER_MS = 600;
/** At most this many lost items are named. */
const NAMED_ITEMS = 20;

export interface SittingParts {
  readonly bundle: string;
  readonly plan: ProcessPlan;
  readonly request: ExamRequest;
  readonly signal: Signal;
  readonly report: Report;
  readonly log: Log | undefined;
  onAttempt(attempt: FinishedAttempt): void | Promise<void>;
}

/** One engine process's part in a sitting. */
interface Seat {
  readonly child: EngineChild;
  readonly slots: number;
  tokens: number;
  done: boolean;
}

/** A promise that is settled from outside; the first settlement counts. */
class Outcome {
  readonly promise: Promise<void>;
  resolve: () => void = () => undefined;
  reject: (reason: unknown) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** One exam over several engine processes, from the first fork to the last exit. */
export class Sitting {
  private readonly parts: SittingParts;
  private readonly handOut: HandOut<Seat>;
  private readonly seats = new Set<Seat>();
  private readonly started = performance.now();
  private tokens = 0;
  private replacements = 0;
  private ending = false;
  /** Attempts are handed over one after the other. */
  private deliveries: Promise<void> = Promise.resolve();
  private readonly outcome = new Outcome();

  constructor(parts: SittingParts) {
    this.parts = parts;
    this.handOut = new HandOut(parts.request.items);
  }

  async run(): Promise<void> {
    const { signal, plan } = this.parts;
    const onAbort = (): void => this.cancel();
    signal.addEventListener('abort', onAbort);
    try {
      for (let i = 0; i < plan.processes; i++) this.seat(plan.slots);
      await this.outcome.promise;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await this.clear();
    }
  }

  private seat(slots: number): void {
    const { bundle, request, plan } = this.parts;
    const child = new EngineChild(bundle, {
      onMessage: (message) => this.onMessage(seat, message),
      onExit: (exit) => this.onExit(seat, exit),
    });
    const seat: Seat = { child, slots, tokens: 0, done: false };
    this.seats.add(seat);
    child.send({
      type: 'start',
      folder: request.student,
      head: request.head,
      ...(request.chat === undefined ? {} : { chat: request.chat }),
      sampling: request.sampling,
      seed: request.seed,
      maxNewTokens: request.maxNewTokens,
      stopAtAnswerLine: request.stopAtAnswerLine,
      slots,
      threads: 1,
      memoryBytes: plan.memoryBytes,
    });
  }

  private onMessage(seat: Seat, message: ChildMessage): void {
    switch (message.type) {
      case 'hello':
      case 'parityResult':
      case 'encoded':
        return;
      case 'loaded':
        this.parts.log?.debug(
          `exam engine: ${message.family} ${message.weights}, ${message.slots} slots, ${Math.round(message.ms)} ms to load`,
        );
        return;
      case 'need': {
        const items = this.handOut.take(seat, message.count, this.seats.size);
        seat.child.send({ type: 'items', items, last: this.handOut.empty });
        return;
      }
      case 'progress':
        this.tokens += message.tokens - seat.tokens;
        seat.tokens = message.tokens;
        this.reportProgress();
        return;
      case 'attempts':
        for (const attempt of message.attempts) this.deliver(seat, attempt);
        return;
      case 'warning':
        this.parts.log?.warn(String(fromWire(message.message)));
        return;
      case 'error':
        this.fail(childError(message));
        return;
      case 'done':
        seat.done = true;
        seat.child.kill();
        return;
      case 'cancelled':
        seat.child.kill();
        return;
    }
  }

  private deliver(seat: Seat, attempt: FinishedAttempt): void {
    if (!this.handOut.settle(seat, attempt.questionId, attempt.sample)) return;
    this.deliveries = this.deliveries.then(() => this.parts.onAttempt(attempt));
    this.deliveries.catch((error: unknown) => this.fail(error));
    this.reportProgress();
  }

  private reportProgress(): void {
    const { done, total } = this.handOut;
    const elapsed = performance.now() - this.started;
    this.parts.report({
      stage: sentence`exam`,
      done,
      total,
      etaMs: done === 0 ? null : Math.round((elapsed / done) * (total - done)),
      note: sentence`${Math.round((this.tokens / elapsed) * 1000)} tokens/s`,
    });
  }

  private onExit(seat: Seat, exit: ChildExit): void {
    this.seats.delete(seat);
    const lost = this.handOut.reclaim(seat);
    if (this.ending) return;
    if (seat.done && lost.length === 0) {
      if (this.seats.size === 0) this.complete();
      return;
    }
    this.parts.log?.warn(
      `An engine process ended early (${exit.signal ?? `exit code ${exit.code ?? 'unknown'}`}); ${lost.length} items go to another.`,
    );
    if (this.replacements === MAX_REPLACEMENTS) {
      this.fail(crashed(lost, exit));
      return;
    }
    this.replacements++;
    // A process that was killed for its memory would be killed again: the next one holds fewer rows.
    this.seat(Math.max(1, Math.floor(seat.slots / 2)));
  }

  private complete(): void {
    if (!this.handOut.empty) {
      this.seat(this.parts.plan.slots);
      return;
    }
    this.ending = true;
    this.deliveries.then(
      () => this.outcome.resolve(),
      (error: unknown) => this.outcome.reject(error),
    );
  }

  private cancel(): void {
    if (this.ending) return;
    this.ending = true;
    for (const { child } of this.seats) child.send({ type: 'cancel' });
    const timer = setTimeout(() => {
      for (const { child } of this.seats) child.kill();
    }, KILL_AFTER_MS);
    const gone = Promise.all([...this.seats].map(({ child }) => child.exited));
    void gone.then(() => {
      clearTimeout(timer);
      this.deliveries.then(
        () => this.outcome.reject(cancelled()),
        (error: unknown) => this.outcome.reject(error),
      );
    });
  }

  private fail(error: unknown): void {
    this.ending = true;
    this.outcome.reject(error);
  }

  private async clear(): Promise<void> {
    this.ending = true;
    const seats = [...this.seats];
    for (const { child } of seats) child.kill();
    await Promise.all(seats.map(({ child }) => child.exited));
    // A failure of a late delivery was reported by the outcome already.
    await this.deliveries.catch(() => undefined);
  }
}

function crashed(
  lost: readonly { readonly questionId: string; readonly sample: number }[],
  exit: ChildExit,
): AppError {
  const names = lost.slice(0, NAMED_ITEMS).map((item) => `${item.questionId}#${item.sample}`);
  return new AppError(
    'engine.crashed',
    names.length === 0
      ? sentence`The exam engine’s process crashed three times.`
      : sentence`The exam engine’s process crashed three times while it worked on ${names.slice(0, 3).join(', ')}.`,
    {
      hint: sentence`What is finished is kept; run the exam again with fewer processes or more free memory.`,
      detail: {
        items: names,
        lost: lost.length,
        code: exit.code,
        signal: exit.signal,
        stderr: exit.stderr,
      },
    },
  );
}
