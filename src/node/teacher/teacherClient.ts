import { AppError, cancelled, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock, Log, Signal } from '../../core/ports.ts';
import { costOf } from '../../core/teaching/prices.ts';
import type { TeacherReply } from '../../core/teaching/records.ts';
import type { Teacher, TeacherRequest, TeacherSpending } from '../../core/teaching/teacher.ts';
import { amountIn } from '../../shared/money.ts';
import { abortSignalOf } from './abortSignal.ts';
import { backoffMs, type BackoffOptions } from './backoff.ts';
import {
  Budget,
  mostPromptTokens,
  mostTokens,
  type BudgetLimits,
  type Reservation,
} from './budget.ts';
import { credentialsOf } from './credentials.ts';
import { SpokenDialect, type Dialect } from './dialect.ts';
import type { Endpoint } from './endpoint.ts';
import { hadLeft, TeacherFailure } from './failure.ts';
import { incompleteness } from './incompleteness.ts';
import type { Ledger } from './ledger.ts';
import { sendChat } from './openaiTransport.ts';
import { otherCurrency } from './otherCurrency.ts';
import { Pacer, type Lease } from './pacing.ts';
import { Recorder, type Keyed } from './recorder.ts';
import { createRedactor } from './redact.ts';
import { responseFormat } from './responseFormat.ts';
import { ReplyLength } from './replyLength.ts';
import { requestKey } from './requestKey.ts';
import type { TransportReply } from './transportReply.ts';
import { Voice } from './voice.ts';

export interface TeacherDeps {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: BudgetLimits;
  /** 0 ≤ x < 1, for the jitter of waits. */
  readonly random: () => number;
  readonly options?: Partial<ClientOptions>;
  /** Told when the server makes everyone wait, so that the person sees until when. */
  readonly onPause?: (until: number) => void;
  /** Told when a refusal has taught how this server wants to be asked. */
  readonly onLearned?: (dialect: Dialect) => void;
}

export interface ClientOptions {
  /** Failed tries of one request before it is given up. Refusals for the rate are not tries. */
  readonly attempts: number;
  readonly backoff: BackoffOptions;
  /** A longer wait for the rate limit ends the run, cleanly; so does this long without any reply but refusals. */
  readonly longestPauseMs: number;
  /** Requests given up in a row before the run ends. */
  readonly breaker: number;
  readonly cooldownMs: number;
}

const DEFAULTS: ClientOptions = {
  attempts: 5,
  backoff: { baseMs: 500, capMs: 30_000 },
  longestPauseMs: 600_000,
  breaker: 5,
  cooldownMs: 1000,
};

const LIMITED_BACKOFF: BackoffOptions = { baseMs: 250, capMs: 30_000 };

/** What one request is known by while it is tried; `order` is its age, `waiting` also ends when the run does. */
interface Work extends Keyed {
  readonly order: number;
  readonly signal: AbortSignal;
  readonly waiting: AbortSignal;
}

/** A teacher behind an OpenAI-compatible address. Many questions may be asked at once; it does the pacing. */
export class TeacherClient implements Teacher {
  readonly profile: string;
  readonly programmatic: boolean;
  readonly #endpoint: Endpoint;
  readonly #deps: TeacherDeps;
  readonly #options: ClientOptions;
  readonly #budget: Budget;
  readonly #pacer: Pacer;
  readonly #recorder: Recorder;
  readonly #voice = new Voice();
  readonly #lengths = new ReplyLength();
  readonly #spoken: SpokenDialect;
  readonly #halt = new AbortController();
  readonly #inFlight = new Map<string, Promise<TeacherReply>>();
  #order = 0;
  #stopped: AppError | null = null;
  #givenUpInARow = 0;
  #limitedSince: number | null = null;

  constructor(endpoint: Endpoint, deps: TeacherDeps) {
    this.profile = endpoint.profile;
    this.programmatic = endpoint.identity.kind === 'programmatic';
    this.#endpoint = endpoint;
    this.#spoken = new SpokenDialect(endpoint.dialect);
    this.#deps = deps;
    this.#options = { ...DEFAULTS, ...deps.options };
    const { budgetTokens: tokens, budgetRequests: requests, budgetMoney } = deps.ledger.before;
    const { profile, prices } = endpoint;
    // What has no price cannot be limited by money: tokens and requests still hold.
    const { maxRequests, maxTotalTokens, maxCost } = deps.budget;
    const limits = { maxRequests, maxTotalTokens };
    const cost = amountIn(prices?.currency, budgetMoney);
    const before = { tokens, requests, cost };
    this.#budget = new Budget(prices === undefined ? limits : { ...limits, maxCost }, before);
    const { concurrency, initialRate, maxRate } = endpoint;
    const { cooldownMs } = this.#options;
    this.#pacer = new Pacer({ concurrency, initialRate, maxRate, cooldownMs }, deps.clock);
    for (const { intent, usage, form } of deps.ledger.earlier) {
      const isOwn = intent.profile === endpoint.profile && intent.model === endpoint.model;
      if (isOwn) this.#lengths.remember({ ...intent, form }, usage);
    }
    const secrets = credentialsOf(endpoint.key, endpoint.headers);
    this.#recorder = new Recorder(deps.ledger, createRedactor(secrets), endpoint);
    const mixed = otherCurrency({ code: 'teacher.budget', profile, prices, maxCost }, budgetMoney);
    // What is answered already is still given: that costs nothing in any currency.
    if (mixed !== null) this.#stop(mixed);
  }

  spending(): TeacherSpending {
    const { spent } = this.#recorder;
    return this.#endpoint.prices === undefined ? spent : { ...spent, cost: this.#budget.spentCost };
  }

  drifted(reply: TeacherReply): boolean {
    return this.#voice.differs(reply);
  }

  stored(request: TeacherRequest): TeacherReply | undefined {
    return this.#known(requestKey(this.#endpoint.identity, this.#endpoint, request));
  }

  #known(key: string): TeacherReply | undefined {
    const known = this.#recorder.hit(key);
    if (known !== undefined) this.#voice.hear(known);
    return known;
  }

  /** Requests in flight at most so far. */
  get peak(): number {
    return this.#pacer.peak;
  }

  /** Refuses what waits and what comes; replies on their way are still kept. */
  close(): void {
    this.#stop(cancelled());
  }

  /** The reply, from the ledger or the server; it is on the disk when this resolves. */
  async ask(request: TeacherRequest, signal: Signal): Promise<TeacherReply> {
    const key = requestKey(this.#endpoint.identity, this.#endpoint, request);
    for (;;) {
      if (signal.aborted) throw cancelled();
      const known = this.#known(key);
      if (known !== undefined) return known;
      const running = this.#inFlight.get(key);
      if (running === undefined) break;
      // The same request twice at once is paid once; if the first fails, this one tries for itself.
      await running.catch(() => undefined);
    }
    const linked = abortSignalOf(signal);
    const waiting = AbortSignal.any([linked.signal, this.#halt.signal]);
    this.#order += 1;
    const work = { key, order: this.#order, request, signal: linked.signal, waiting };
    const answer = this.#pursue(work);
    this.#inFlight.set(key, answer);
    try {
      return await answer;
    } finally {
      this.#inFlight.delete(key);
      linked.unlink();
    }
  }

  /** Tries until there is a whole reply, or a reason to stop. */
  async #pursue(work: Work): Promise<TeacherReply> {
    let failures = 0;
    let limits = 0;
    for (;;) {
      this.#throwIfStopped();
      const used = this.#spoken.now;
      try {
        return await this.#attempt(work, used);
      } catch (error) {
        if (!(error instanceof TeacherFailure)) throw this.#ended(error, work);
        if (this.#learns(error, used)) continue;
        if (error.class === 'wait') {
          limits += 1;
          await this.#sitOut(error, limits, work);
          continue;
        }
        failures += 1;
        if (error.class === 'item' || failures >= this.#options.attempts) {
          throw this.#giveUp(error, work);
        }
        const wait = backoffMs(failures, this.#options.backoff, this.#deps.random);
        await this.#sleep(Math.max(wait, error.retryAfterMs ?? 0), work);
      }
    }
  }

  /** One request: reserved, paced, journalled, sent, and its outcome journalled before anyone sees it. */
  async #attempt(work: Work, dialect: Dialect): Promise<TeacherReply> {
    const { messages, maxTokens } = work.request;
    const most = mostTokens(messages, maxTokens);
    const { prices } = this.#endpoint;
    const dearest = { promptTokens: mostPromptTokens(messages), completionTokens: maxTokens };
    const cost = prices && costOf(dearest, prices);
    const reservation = await this.#budget.reserve(most, work.waiting, cost);
    let lease: Lease | undefined;
    let answered = false;
    try {
      lease = await this.#pacer.acquire(work.order, work.waiting);
      this.#throwIfStopped();
      const raw = await this.#send(work, dialect, lease, reservation);
      const reply = await this.#recorder.replied(work, raw, reservation);
      answered = true;
      this.#limitedSince = null;
      const failure = incompleteness(reply);
      if (failure !== null) throw failure;
      this.#givenUpInARow = 0;
      this.#notice(work.request, reply);
      return reply;
    } finally {
      reservation.release();
      lease?.end(answered);
    }
  }

  async #send(
    work: Work,
    dialect: Dialect,
    lease: Lease,
    reservation: Reservation,
  ): Promise<TransportReply> {
    const { messages, temperature, maxTokens, draw } = work.request;
    await this.#recorder.leaves(work, reservation);
    try {
      return await sendChat(
        { ...this.#endpoint, dialect },
        {
          messages,
          temperature,
          maxTokens,
          seed: draw,
          more: responseFormat(work.request, dialect),
        },
        {
          signal: work.signal,
          onAccepted: (info) => lease.accepted(info),
          onLimited: (info, retryAfterMs) => lease.limited(info, retryAfterMs),
        },
      );
    } catch (error) {
      const failure = await this.#recorder.failed(work, error, reservation);
      // Before this request's place is given to the next one, which could only fail as well.
      if (failure instanceof TeacherFailure && failure.class === 'run') {
        throw this.#stop(failure.toAppError('run', { profile: this.profile, ...aboutOf(work) }));
      }
      throw failure;
    }
  }

  /** Says what may mean that another model answers than before. */
  #notice(request: TeacherRequest, reply: TeacherReply): void {
    const { log } = this.#deps;
    if (this.#voice.hear(reply)) {
      log.warn('The teacher answers with another model or build than before.');
    }
    // A program writes what its questions ask for: it has no model and no limits that could change.
    const drift = this.programmatic ? null : this.#lengths.hear(request, reply.usage);
    if (drift === null) return;
    const how = drift.now > drift.before ? 'longer' : 'shorter';
    log.warn(
      `The teacher’s replies have become ${how}: their median is ${drift.now} tokens now, it was ${drift.before}. Its model or its limits may have changed.`,
    );
  }

  /** Whether a request that was refused for one of its parameters can leave again without it. */
  #learns({ parameter }: TeacherFailure, used: Dialect): boolean {
    if (parameter === null) return false;
    const before = this.#spoken.now;
    if (!this.#spoken.learn(parameter, used)) return false;
    if (this.#spoken.now !== before) {
      this.#deps.log.warn(`The teacher does not take ${parameter}: it is asked without it.`);
      this.#deps.onLearned?.(this.#spoken.now);
    }
    return true;
  }

  #throwIfStopped(): void {
    if (this.#stopped !== null) throw this.#stopped;
  }

  /** Waits for the rate limit without using up a try; too long a wait ends the run, to be taken up again later. */
  async #sitOut(failure: TeacherFailure, limits: number, work: Work): Promise<void> {
    const now = this.#deps.clock.now();
    this.#limitedSince ??= now;
    const asked = failure.retryAfterMs ?? 0;
    const { longestPauseMs } = this.#options;
    if (asked > longestPauseMs || now - this.#limitedSince > longestPauseMs) {
      throw this.#stop(failure.toAppError('run', { ...aboutOf(work), resumeAt: now + asked }));
    }
    if (this.#pacer.pausedUntil > now) this.#deps.onPause?.(this.#pacer.pausedUntil);
    const wait = backoffMs(limits, LIMITED_BACKOFF, this.#deps.random);
    await this.#sleep(Math.max(asked, wait), work);
  }

  async #sleep(ms: number, work: Work): Promise<void> {
    try {
      await this.#deps.clock.sleep(ms, work.waiting);
    } catch (error) {
      throw this.#ended(error, work);
    }
  }

  /** This request is over; several that failed in a row mean that nothing gets through. */
  #giveUp(failure: TeacherFailure, work: Work): AppError {
    const about = { profile: this.profile, ...aboutOf(work) };
    // Nobody was reached, try after try: others would fare no better, and no question is marked as asked for it.
    if (!hadLeft(failure)) return this.#stop(failure.toAppError('run', about));
    if (failure.class === 'retry' || failure.code === 'teacher.badRequest') {
      this.#givenUpInARow += 1;
    }
    if (this.#givenUpInARow < this.#options.breaker) return failure.toAppError('item', about);
    return this.#stop(failure.toAppError('run', { ...about, failedInARow: this.#givenUpInARow }));
  }

  /** Something else than the teacher's answer ended this: the person, the run's end, the budget or the disk. */
  #ended(error: unknown, work: Work): AppError {
    if (isAppError(error, 'cancelled')) {
      return this.#stopped !== null && !work.signal.aborted ? this.#stopped : error;
    }
    if (isAppError(error)) return this.#stop(error);
    return this.#stop(
      new AppError('unexpected', sentence`The teacher client failed.`, { cause: error }),
    );
  }

  #stop(error: AppError): AppError {
    if (this.#stopped === null) {
      this.#stopped = error;
      this.#pacer.stop(error);
      this.#halt.abort();
    }
    return this.#stopped;
  }
}

function aboutOf({ request }: Work): Readonly<Record<string, unknown>> {
  return { questionId: request.questionId, draw: request.draw };
}
