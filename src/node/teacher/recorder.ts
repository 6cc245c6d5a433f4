import { isAppError } from '../../core/errors.ts';
import { billedUnknown, type TeacherReply, type Usage } from '../../core/teaching/records.ts';
import type { TeacherRequest, TeacherSpending } from '../../core/teaching/teacher.ts';
import { costOf, type Prices } from '../../core/teaching/prices.ts';
import { guessTokens, tokensOfBytes, type Reservation } from './budget.ts';
import { hadLeft, TeacherFailure } from './failure.ts';
import type { Ledger } from './ledger.ts';
import type { Redactor } from './redact.ts';
import type { TransportReply } from './transportReply.ts';

/** One request with its cache key. */
export interface Keyed {
  readonly key: string;
  readonly request: TeacherRequest;
}

/**
 * Keeps the books of a run: what leaves is written before it leaves, every outcome once and before anyone sees it,
 * its reservation is settled by it, and no secret is ever written.
 */
export class Recorder {
  readonly #ledger: Ledger;
  readonly #redact: Redactor;
  readonly #origin: { readonly profile: string; readonly model: string };
  readonly #prices: Prices | undefined;
  #spent: TeacherSpending;

  constructor(
    ledger: Ledger,
    redact: Redactor,
    origin: {
      readonly profile: string;
      readonly model: string;
      readonly prices?: Prices | undefined;
    },
  ) {
    this.#prices = origin.prices;
    this.#ledger = ledger;
    this.#redact = redact;
    this.#origin = { profile: origin.profile, model: origin.model };
    const { requests, promptTokens, completionTokens, possiblyBilled } = ledger.before;
    this.#spent = { requests, promptTokens, completionTokens, possiblyBilled, cacheHits: 0 };
  }

  get spent(): TeacherSpending {
    return this.#spent;
  }

  /** The complete reply of an earlier request, counted as a cache hit. */
  hit(key: string): TeacherReply | undefined {
    const known = this.#ledger.hit(key);
    if (known !== undefined) this.#spend({ cacheHits: 1 });
    return known;
  }

  /** The request leaves now. */
  async leaves(work: Keyed, { tokens, cost }: Reservation): Promise<void> {
    const { templateId, templateHash } = work.request;
    await this.#ledger.intent({
      type: 'intent',
      ...aboutOf(work),
      ...this.#origin,
      templateId,
      templateHash,
      reservedTokens: tokens,
      ...(this.#prices === undefined
        ? {}
        : { reservedCost: cost, currency: this.#prices.currency }),
    });
    this.#spend({ requests: 1 });
  }

  async replied(work: Keyed, raw: TransportReply, reservation: Reservation): Promise<TeacherReply> {
    const { thoughtBytes, ...kept } = raw;
    const usage = raw.usage ?? estimate(work.request, raw.text, thoughtBytes);
    const { promptTokens, completionTokens } = usage;
    const prices = this.#prices;
    const cost = prices && costOf(usage, prices);
    const reply: TeacherReply = {
      type: 'reply',
      ...aboutOf(work),
      attempt: this.#ledger.attempts(work.key) + 1,
      ...kept,
      ...(work.request.form === undefined ? {} : { form: work.request.form }),
      text: this.#redact(raw.text),
      usage,
      ...(prices === undefined ? {} : { cost, currency: prices.currency }),
    };
    const used = promptTokens + completionTokens;
    if (billedUnknown(reply)) {
      reservation.settle(Math.max(used, reservation.tokens), Math.max(cost ?? 0, reservation.cost));
      this.#spend({ promptTokens, completionTokens, possiblyBilled: 1 });
    } else {
      reservation.settle(used, cost);
      this.#spend({ promptTokens, completionTokens });
    }
    await this.#ledger.reply(reply);
    return reply;
  }

  /** Writes a failure, and gives it back fit to be shown. */
  async failed(work: Keyed, error: unknown, reservation: Reservation): Promise<unknown> {
    const failure = error instanceof TeacherFailure ? error : null;
    if (failure?.partial && failure.partial.text !== '') {
      // What had arrived is paid for: it is kept as a reply without a finish, which no one will ever be given.
      await this.replied(work, { ...failure.partial, finishReason: null }, reservation);
      return failure.cleaned(this.#redact);
    }
    const possiblyBilled = failure?.possiblyBilled ?? true;
    const code = failure?.code ?? (isAppError(error) ? error.code : 'unexpected');
    if (possiblyBilled) {
      reservation.settle(reservation.tokens, reservation.cost);
      this.#spend({ possiblyBilled: 1 });
    } else if (hadLeft({ code, possiblyBilled })) reservation.refused();
    await this.#ledger.fail({
      type: 'fail',
      ...aboutOf(work),
      attempt: this.#ledger.attempts(work.key) + 1,
      code,
      message: this.#redact(error instanceof Error ? error.message : 'unknown'),
      status: failure?.status ?? null,
      retryAfterMs: failure?.retryAfterMs ?? null,
      possiblyBilled,
    });
    return failure === null ? error : failure.cleaned(this.#redact);
  }

  #spend(more: Partial<TeacherSpending>): void {
    const now = this.#spent;
    this.#spent = {
      requests: now.requests + (more.requests ?? 0),
      promptTokens: now.promptTokens + (more.promptTokens ?? 0),
      completionTokens: now.completionTokens + (more.completionTokens ?? 0),
      possiblyBilled: now.possiblyBilled + (more.possiblyBilled ?? 0),
      cacheHits: now.cacheHits + (more.cacheHits ?? 0),
    };
  }
}

function aboutOf({
  key,
  request,
}: Keyed): Pick<TeacherReply, 'key' | 'questionId' | 'purpose' | 'draw'> {
  const { questionId, purpose, draw } = request;
  return { key, questionId, purpose, draw };
}

function estimate(request: TeacherRequest, text: string, thoughtBytes: number): Usage {
  return {
    promptTokens: request.messages.reduce((sum, { content }) => sum + guessTokens(content), 0),
    completionTokens: guessTokens(text) + tokensOfBytes(thoughtBytes),
    cachedTokens: 0,
    estimated: true,
  };
}
