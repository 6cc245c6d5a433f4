import * as vscode from 'vscode';
import { AppError, cancelled, isAppError, textOf } from '../core/errors.ts';
import type { Clock, Progress } from '../core/ports.ts';
import type { CommandContext } from '../node/commands/context.ts';
import type { FollowedRun, OpenedTeaching, TrainerManners } from '../node/session/session.ts';
import type { Jobs, JobState, Stage } from './ports.ts';
import { said } from './said.ts';
import type { MakeContext } from './surroundings.ts';
import { requireTrust } from './trust.ts';

export interface JobRequest {
  readonly root: string;
  readonly stage: Stage;
  readonly round: number | null;
  readonly title: string;
  /** Follows a training run that is alive; starts none. */
  readonly attachOnly?: boolean;
}

interface Running {
  state: JobState;
  readonly abort: AbortController;
  run: FollowedRun | null;
  teaching: OpenedTeaching | null;
  ended: Promise<unknown>;
}

/** Why a job ended early. */
export interface JobFailure {
  readonly title: string;
  readonly message: string;
  readonly hint: string | null;
}

/** How often views hear of progress; an exam reports hundreds of times a second. */
const QUIET_MS = 200;

/** Asks a training run to stop; the second time at once. False when there is nothing to stop. */
export type StopRun = (run: FollowedRun, now: boolean) => Promise<boolean>;

/**
 * The long work of this window, one at a time in a project. It runs the functions of the command line in this
 * process; a training run is a process of its own, which outlives the window: closing lets go of it, stopping asks it
 * for a checkpoint.
 */
export class EditorJobs implements Jobs, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #ended = new vscode.EventEmitter<void>();
  readonly #running = new Map<string, Running>();
  readonly #makeContext: MakeContext;
  readonly #clock: Clock;
  readonly #failures = new Map<string, JobFailure>();
  readonly #stopRun: StopRun;
  readonly #isCurrent: (root: string) => boolean;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #disposed = false;

  constructor(parts: {
    readonly makeContext: MakeContext;
    readonly clock: Clock;
    readonly stopRun: StopRun;
    /** Whether this is the project that commands and views mean. */
    readonly isCurrent: (root: string) => boolean;
  }) {
    this.#makeContext = parts.makeContext;
    this.#clock = parts.clock;
    this.#stopRun = parts.stopRun;
    this.#isCurrent = parts.isCurrent;
  }

  get current(): JobState | null {
    const all = [...this.#running.values()].map(({ state }) => state);
    return all.find(({ root }) => this.#isCurrent(root)) ?? all[0] ?? null;
  }

  of(root: string): JobState | null {
    return this.#running.get(root)?.state ?? null;
  }

  /** Why the project's last work ended before it was done; null where it was done or stopped on request. */
  failureOf(root: string): JobFailure | null {
    return this.#failures.get(root) ?? null;
  }

  /** Of the project that commands mean, or of any. */
  get failure(): JobFailure | null {
    const all = [...this.#failures.entries()];
    return (all.find(([root]) => this.#isCurrent(root)) ?? all[0])?.[1] ?? null;
  }

  /** A job is over, however it ended. */
  onDidEnd(listener: () => void): vscode.Disposable {
    return this.#ended.event(listener);
  }

  onDidChange(listener: () => void): vscode.Disposable {
    return this.#changed.event(listener);
  }

  /** Does the work with progress, cost and stop; a second work in the same project is refused. */
  async run<T>(request: JobRequest, work: (context: CommandContext) => Promise<T>): Promise<T> {
    requireTrust();
    const { root, stage, round, title } = request;
    const other = this.#running.get(root);
    if (other) {
      throw new AppError('lock.held', vscode.l10n.t('{0} is still running.', other.state.title), {
        hint: vscode.l10n.t('Wait for it, or stop it first with Tailor: Stop.'),
      });
    }
    const job: Running = {
      state: {
        root,
        stage,
        round,
        title,
        progress: null,
        startedAt: this.#clock.now(),
        stopping: false,
        spent: null,
        left: null,
        currency: null,
        pausedUntil: null,
      },
      abort: new AbortController(),
      run: null,
      teaching: null,
      ended: Promise.resolve(),
    };
    this.#running.set(root, job);
    this.#failures.delete(root);
    const done = this.#do(job, request, work);
    job.ended = done.catch(() => undefined);
    this.#tell();
    // In the view, not as a notification: the bar at its top moves while anything runs.
    void vscode.window.withProgress({ location: { viewId: 'tailor.rounds' } }, () => job.ended);
    return done;
  }

  async #do<T>(
    job: Running,
    request: JobRequest,
    work: (context: CommandContext) => Promise<T>,
  ): Promise<T> {
    const trainer: TrainerManners = { detach: true, attachOnly: request.attachOnly === true };
    try {
      // The first turn belongs to whoever shows that the job has begun.
      await Promise.resolve();
      return await work(
        this.#makeContext({
          root: request.root,
          signal: job.abort.signal,
          report: (progress) => this.#progress(job, progress),
          trainer,
          watch: {
            teacher: (teaching) => {
              job.teaching = teaching;
              if (teaching) this.#update(job, costOf(teaching));
            },
            paused: (pausedUntil) => this.#update(job, { pausedUntil }),
            training: (run) => (job.run = run ?? job.run),
          },
        }),
      );
    } catch (error) {
      // Stopped by this window's own request, which the trainer cannot tell from anybody else's.
      if (job.state.stopping && isAppError(error, 'trainer.cancelled')) throw cancelled();
      this.#noteFailure(job, error, request.attachOnly === true);
      throw error;
    } finally {
      this.#running.delete(request.root);
      this.#ended.fire();
      this.#tell();
    }
  }

  /** Stops the project's work (the current one's where none is named). What was done so far is on disk. */
  async stop(root?: string): Promise<void> {
    const job = this.#running.get(root ?? this.current?.root ?? '');
    if (!job) return;
    const again = job.state.stopping;
    this.#update(job, { stopping: true });
    const { run } = job;
    if (run && (await this.#stopRun(run, again))) return;
    job.abort.abort();
    if (!run) return;
    // Between being started and being known the trainer could not be asked: it is, now that nobody follows it.
    await job.ended;
    await this.#stopRun(run, again);
  }

  /** Lets go of everything: exams and teaching end, training runs go on by themselves. */
  dispose(): void {
    this.#disposed = true;
    for (const { abort } of this.#running.values()) abort.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#changed.dispose();
    this.#ended.dispose();
  }

  /** Resolves when everything that was running has ended. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #noteFailure({ state }: Running, error: unknown, attachOnly: boolean): void {
    if (attachOnly || isAppError(error, 'cancelled') || isAppError(error, 'trainer.cancelled')) {
      return;
    }
    const { title, root } = state;
    const hint = isAppError(error) ? error.said.hint : undefined;
    this.#failures.set(root, {
      title,
      message: said(textOf(error)),
      hint: hint === undefined ? null : said(hint),
    });
  }

  #progress(job: Running, progress: Progress): void {
    const { pausedUntil } = job.state;
    const over = pausedUntil !== null && pausedUntil <= this.#clock.now();
    job.state = {
      ...job.state,
      progress,
      ...(job.teaching ? costOf(job.teaching) : {}),
      ...(over ? { pausedUntil: null } : {}),
    };
    if (!this.#disposed) this.#timer ??= setTimeout(() => this.#tell(), QUIET_MS);
  }

  #update(job: Running, change: Partial<JobState>): void {
    job.state = { ...job.state, ...change };
    this.#tell();
  }

  #tell(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#changed.fire();
  }
}

function costOf(teaching: OpenedTeaching): Pick<JobState, 'spent' | 'left' | 'currency'> {
  const { requests, promptTokens, completionTokens, cost = 0 } = teaching.spending();
  const { money } = teaching;
  const tokens = promptTokens + completionTokens;
  return {
    currency: money?.currency ?? null,
    spent: { requests, tokens, ...(money ? { money: cost } : {}) },
    left: {
      requests: Math.max(0, teaching.maxRequests - requests),
      tokens: Math.max(0, teaching.maxTotalTokens - tokens),
      ...(money ? { money: Math.max(0, money.most - cost) } : {}),
    },
  };
}
