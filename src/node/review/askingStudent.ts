import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Progress, Report } from '../../core/ports.ts';
import type { StudentChoice } from '../../core/round/againStudent.ts';
import { askAgain, type AskedAgain, type Draws } from '../../core/round/askAgain.ts';
import { sentence } from '../../core/sentence.ts';
import type { AbortSignalLike } from '../../shared/contract.ts';
import type { Job } from '../../shared/reviewContract.ts';
import { openStudent } from '../session/openStudent.ts';
import type { Opened, ReviewService } from './service.ts';
import { sayIn } from './say.ts';
import { stale, unknown } from './stale.ts';
import { asStoppableJob, StoppableWork } from './stoppableWork.ts';

export interface HowAgain {
  readonly student: StudentChoice;
  readonly draws: Draws;
  readonly samples?: number | undefined;
}

/** Asks a student one question under review again, through whoever sits the exams: one such work at a time. */
export class AskingStudent {
  readonly #service: ReviewService;
  readonly #work = new StoppableWork();

  constructor(service: ReviewService) {
    this.#service = service;
  }

  get job(): Job | null {
    return this.#work.job;
  }

  /** Why nobody can be asked now, in the person's language; null where somebody can. */
  refusal(): string | null {
    const { outside, opened, asking } = this.#service;
    const say = sayIn(this.#service.options.actions);
    if (!outside.trusted) return say('host.again.untrusted');
    if (!opened || opened.review.reading) return say('host.reason.loading');
    const { state, round } = opened.facts;
    if (state?.exams['train'] === undefined) return say('host.again.noExam', round);
    const busy = outside.job !== null || asking.job !== null || this.#work.underWay;
    return busy ? say('host.again.busy') : null;
  }

  /** `round` is the one that was looked at; null where nobody looks. */
  async ask(
    id: string,
    how: HowAgain,
    signal: AbortSignalLike,
    round: number | null = null,
  ): Promise<AskedAgain> {
    if (!this.#service.outside.trusted) {
      throw new AppError(
        'trust.required',
        sentence`Restricted Mode: the student cannot be asked again.`,
        { hint: sentence`Trust the workspace first.` },
      );
    }
    if (this.#work.underWay) {
      throw new AppError('lock.held', sentence`The student is being asked already.`, {
        hint: sentence`Wait until it has answered, or stop it.`,
      });
    }
    const service = this.#service;
    return this.#work.run(signal, (abort) => this.#run(id, how, round, abort), {
      after: async () => {
        // Also what was answered before it was stopped is shown.
        if (!service.signal.aborted) await service.refresh().catch(() => undefined);
        service.changed();
      },
    });
  }

  /** Stops what is under way; true when there was something. */
  stop(): Promise<boolean> {
    return this.#work.stop();
  }

  async #run(
    id: string,
    how: HowAgain,
    round: number | null,
    abort: AbortController,
  ): Promise<AskedAgain> {
    const opened = await this.#service.ready();
    if (round !== null && round !== opened.review.round) throw stale();
    if (!opened.review.index.item(id)) throw unknown(id);
    return opened.session.alone(() => this.#asJob(opened, id, how, abort));
  }

  #asJob(opened: Opened, id: string, how: HowAgain, abort: AbortController): Promise<AskedAgain> {
    const { asJob, actions } = this.#service.options;
    const job = { title: sayIn(actions)('host.job.again'), round: opened.review.round };
    return asStoppableJob(asJob, job, abort, (report) =>
      this.#ask(opened, id, how, abort.signal, report),
    );
  }

  #ask(
    { session, review }: Opened,
    questionId: string,
    { student, draws, samples }: HowAgain,
    signal: AbortSignal,
    tell: Report,
  ): Promise<AskedAgain> {
    const report: Report = (progress) => {
      this.#show(progress);
      tell(progress);
    };
    const { store, waits, surroundings } = session;
    report({
      stage: sentence`asking the student again`,
      done: 0,
      total: samples ?? 1,
      etaMs: null,
    });
    return askAgain(
      {
        store,
        student: openStudent(
          { store, waits, surroundings: { ...surroundings, report, signal } },
          review.round,
        ),
        report,
        signal,
      },
      { round: review.round, questionId, student, draws, samples, asking: randomUUID() },
    );
  }

  #show({ stage, done, total, etaMs, note }: Progress): void {
    const { actions } = this.#service.options;
    this.#work.job = {
      stage: actions.said(stage),
      done,
      total,
      etaMs,
      note: note === undefined ? null : actions.said(note),
    };
    this.#service.changed();
  }
}
