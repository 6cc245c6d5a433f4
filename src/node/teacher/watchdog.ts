import { sentence, type Sentence } from '../../core/sentence.ts';
import { TeacherFailure } from './failure.ts';
import type { Deadlines } from './profiles.ts';

/** Ends a request whose server has gone silent. Its own timers: the package's do not see a stalled stream. */
export class Watchdog {
  readonly #deadlines: Deadlines;
  readonly #outer: AbortSignal;
  readonly #control = new AbortController();
  readonly #total: NodeJS.Timeout;
  readonly #onAbort = (): void => this.#control.abort();
  #silence: NodeJS.Timeout;
  #begun = false;
  failure: TeacherFailure | null = null;

  constructor(deadlines: Deadlines, outer: AbortSignal) {
    this.#deadlines = deadlines;
    this.#outer = outer;
    outer.addEventListener('abort', this.#onAbort);
    this.#total = setTimeout(() => {
      this.#fire(
        'teacher.timeout.total',
        sentence`The teacher did not finish within ${deadlines.totalMs / 1000} s.`,
      );
    }, deadlines.totalMs);
    this.#silence = setTimeout(() => {
      this.#fire(
        'teacher.timeout.firstToken',
        sentence`The teacher did not begin within ${deadlines.firstTokenMs / 1000} s.`,
      );
    }, deadlines.firstTokenMs);
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  /** A real event has come. Before the reply begins, the first deadline stands. */
  event(begun: boolean): void {
    this.#begun ||= begun;
    if (!this.#begun || this.failure !== null) return;
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => {
      this.#fire(
        'teacher.timeout.idle',
        sentence`The teacher was silent for ${this.#deadlines.idleMs / 1000} s.`,
      );
    }, this.#deadlines.idleMs);
  }

  /** The work, or its end as soon as the request is aborted, whatever the work still waits for. */
  guard(work: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
      if (this.signal.aborted) reject(new Error('aborted'));
      work.then(resolve, reject);
    });
  }

  end(): void {
    clearTimeout(this.#total);
    clearTimeout(this.#silence);
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.#control.abort();
  }

  #fire(
    code: 'teacher.timeout.total' | 'teacher.timeout.firstToken' | 'teacher.timeout.idle',
    message: Sentence,
  ): void {
    this.failure = new TeacherFailure({
      class: 'retry',
      code,
      message,
      possiblyBilled: true,
    });
    this.#control.abort();
  }
}
