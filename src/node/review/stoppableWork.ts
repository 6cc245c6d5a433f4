import type { AbortSignalLike } from '../../shared/contract.ts';
import type { Job } from '../../shared/reviewContract.ts';
import type { Report } from '../../core/ports.ts';
import type { AsJob } from './ports.ts';

/** One piece of work at a time that a person may stop, in the view that began it or where jobs are shown. */
export class StoppableWork {
  /** What views show of it; null while nothing is shown. */
  job: Job | null = null;
  #abort: AbortController | null = null;
  #running: Promise<unknown> = Promise.resolve();

  get underWay(): boolean {
    return this.#abort !== null;
  }

  /**
   * Runs `work` until it ends, or ends by `signal` or `stop`. `done` comes where it went well, while it is still under
   * way but no longer waited for by `stop`; `after` comes in any case, once nothing is under way.
   */
  async run<T>(
    signal: AbortSignalLike,
    work: (abort: AbortController) => Promise<T>,
    { done, after }: { done?: () => Promise<void>; after: () => void | Promise<void> },
  ): Promise<T> {
    const abort = new AbortController();
    const stop = (): void => abort.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    this.#abort = abort;
    const running = work(abort);
    this.#running = running.catch(() => undefined);
    try {
      const result = await running;
      await done?.();
      return result;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#abort = null;
      this.job = null;
      await after();
    }
  }

  /** Stops what is under way; true when there was something. */
  async stop(): Promise<boolean> {
    if (!this.#abort) return false;
    this.#abort.abort();
    await this.#running;
    return true;
  }
}

/** Does work as a job, where somebody shows jobs; stopping the job is stopping the work. */
export function asStoppableJob<T>(
  asJob: AsJob | undefined,
  job: Parameters<AsJob>[0],
  abort: AbortController,
  work: (report: Report) => Promise<T>,
): Promise<T> {
  if (!asJob) return work(() => undefined);
  return asJob(job, async ({ signal, report }) => {
    const stop = (): void => abort.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      return await work(report);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  });
}
