import { cancelled, isAppError } from '../../core/errors.ts';
import type { ExamItem, ExamRequest, FinishedAttempt } from '../../core/exam/attempt.ts';
import { framedText } from '../../core/exam/chatFrame.ts';
import { serverSeed, TextStop } from '../../core/exam/served.ts';
import type { Report } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { TeacherFailure } from '../teacher/failure.ts';
import { Gate, type Went } from './concurrency.ts';
import { servedError } from './failure.ts';
import { askedBy, nothingMore } from './requests.ts';
import type { Meter, MeteredAnswer } from './meter.ts';
import type { MarkedPrompts } from './promptIds.ts';
import { pursue, type Patience } from './pursue.ts';
import { askStream, type ServerAccess } from './transport.ts';

/** An exam, the server that sits it, and whom it tells what. */
export interface SittingParts extends Patience {
  readonly access: ServerAccess;
  /** The name under which the server answers as this student. */
  readonly model: string;
  readonly request: ExamRequest;
  readonly signal: AbortSignal;
  readonly report: Report;
  /** Counts the requests; null where they cost nothing and are not limited. */
  readonly meter: Meter | null;
  /** The prompts with special marks inside. */
  readonly marked: MarkedPrompts;
  onAttempt(attempt: FinishedAttempt): void | Promise<void>;
}

/** Samples of one question that one request asks for. */
interface Ask {
  readonly questionId: string;
  readonly prompt: string;
  readonly samples: readonly number[];
}

/** One sample while it arrives. */
interface Row {
  readonly sample: number;
  readonly stop: TextStop;
  reason: string | null;
  over: boolean;
}

/** One exam over HTTP, from the first request to the last attempt. Gives how many requests were in flight at most. */
export async function sitServed(parts: SittingParts): Promise<number> {
  const { access, request, signal, clock } = parts;
  const asks = askOf(request.items, access.profile.samples === 'together');
  const gate = new Gate(access.profile.concurrency, clock);
  const halt = new AbortController();
  const linked = AbortSignal.any([signal, halt.signal]);
  const started = clock.now();
  const total = request.items.length;
  let done = 0;
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  // Attempts are handed over one after the other.
  let deliveries = Promise.resolve();
  const deliver = (attempt: FinishedAttempt): Promise<void> => {
    deliveries = deliveries.then(() => parts.onAttempt(attempt));
    return deliveries.then(() => {
      done += 1;
      const elapsed = clock.now() - started;
      const etaMs = Math.round((elapsed / done) * (total - done));
      const note = sentence`${gate.limit} requests at once`;
      parts.report({ stage: sentence`exam`, done, total, etaMs, note });
    });
  };
  const worker = async (): Promise<void> => {
    for (let ask = asks[next++]; ask !== undefined; ask = asks[next++]) {
      const attempts = await answersTo(parts, ask, gate, linked);
      for (const attempt of attempts) await deliver(attempt);
    }
  };
  const workers = Array.from({ length: Math.min(asks.length, access.profile.concurrency) }, () =>
    worker().catch((error: unknown) => {
      failure ??= { error };
      // What is under way is paid for: where only the limit is reached, it may end.
      if (!isAppError(error, 'student.budget')) halt.abort();
      next = asks.length;
    }),
  );
  await Promise.all(workers);
  await deliveries.catch((error: unknown) => {
    failure ??= { error };
  });
  if (signal.aborted) throw cancelled();
  if (failure !== undefined) throw failure.error;
  return gate.peak;
}

function askOf(items: readonly ExamItem[], together: boolean): readonly Ask[] {
  const asks: Ask[] = [];
  const open = new Map<string, number[]>();
  for (const { questionId, prompt, sample } of items) {
    const group = together ? open.get(questionId) : undefined;
    if (group !== undefined) {
      group.push(sample);
      continue;
    }
    const samples = [sample];
    open.set(questionId, samples);
    asks.push({ questionId, prompt, samples });
  }
  return asks;
}

/** The whole answers of a request, after as many tries as it takes. */
async function answersTo(
  parts: SittingParts,
  ask: Ask,
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly FinishedAttempt[]> {
  const { name } = parts.access.profile;
  const outcome = await pursue(() => tryOnce(parts, ask, gate, signal), name, parts, signal);
  if (!(outcome instanceof TeacherFailure)) return outcome;
  throw servedError(outcome, parts.redact, { profile: name, questionId: ask.questionId });
}

/** One request in its turn; a failure of the server is given back, for the caller to wait outside the gate. */
async function tryOnce(
  parts: SittingParts,
  ask: Ask,
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly FinishedAttempt[] | TeacherFailure> {
  const leave = await gate.enter(signal);
  let went: Went = 'failed';
  const clocked: { firstMs: number | null } = { firstMs: null };
  try {
    const attempts = await once(parts, ask, signal, clocked);
    went = 'well';
    return attempts;
  } catch (error) {
    if (!(error instanceof TeacherFailure)) throw error;
    if (error.class === 'wait') went = 'refused';
    return error;
  } finally {
    leave(went, clocked.firstMs);
  }
}

/** One request and its whole answers. */
async function once(
  parts: SittingParts,
  ask: Ask,
  signal: AbortSignal,
  clocked: { firstMs: number | null },
): Promise<readonly FinishedAttempt[]> {
  const { access, request, clock, redact, meter, marked } = parts;
  const { path, body } = requestOf(parts, ask);
  const rows = ask.samples.map((sample): Row => {
    return { sample, stop: new TextStop(request.stopAtAnswerLine), reason: null, over: false };
  });
  const started = clock.now();
  let arrived = '';
  const send = async (): Promise<MeteredAnswer> => {
    const usage = await askStream(access, path, body, signal, ({ choice, text, reason }) => {
      const row = rows[choice];
      arrived += text;
      if (row === undefined || row.over) return false;
      if (text !== '') clocked.firstMs ??= clock.now() - started;
      row.reason = reason ?? row.reason;
      row.over = row.stop.add(text) || reason !== null;
      // The usage comes behind the last word; where an answer is cut here, none comes.
      return rows.every(({ over }) => over) && (meter === null || reason === null);
    });
    return { usage, text: arrived };
  };
  if (meter === null) await send();
  else {
    const cost = { prompt: request.head + ask.prompt, maxTokens: request.maxNewTokens };
    const samples = ask.samples.length;
    await meter.ask({ ...cost, samples }, signal, send, (answer) => answer);
  }
  return rows.map(({ sample, stop, reason }) => {
    const ended = stop.finish(reason);
    if (ended === null) throw unfinished(reason);
    // A server knows the key: it may say it.
    const text = redact(ended.text);
    const { questionId } = ask;
    const marks = marked.read.has(ask.prompt) ? ({ marksRead: true } as const) : {};
    return { questionId, sample, text, ids: [], finish: ended.finish, minMargin: null, ...marks };
  });
}

/** Where a request goes, and what it says. */
function requestOf({ access, model, request, meter, marked }: SittingParts, ask: Ask) {
  const { api, kind, seed, topK } = access.profile;
  const { sampling, head, maxNewTokens, chat } = request;
  // A server's chat puts the student's template around a message by itself.
  const framed = api === 'completions' ? chat : undefined;
  const prompt = head + ask.prompt;
  const text = framed ? framedText(framed, prompt) : prompt;
  const { path, asked } = askedBy(api, marked.ids.get(ask.prompt) ?? text);
  const greedy = sampling.temperature === 0;
  const body = {
    model,
    ...asked,
    ...(framed ? { stop: [framed.end] } : {}),
    // A mark that is no text of the answer: vLLM's own name for it.
    ...(framed && kind === 'vllm' ? { stop_token_ids: [framed.endId] } : {}),
    max_tokens: maxNewTokens,
    temperature: sampling.temperature,
    top_p: greedy ? 1 : sampling.topP,
    ...nothingMore(kind),
    ...(topK && !greedy ? { top_k: sampling.topK } : {}),
    ...(seed ? { seed: serverSeed(request.seed, ask.questionId, ask.samples) } : {}),
    ...(ask.samples.length > 1 ? { n: ask.samples.length } : {}),
    ...(meter?.prices === undefined ? {} : { stream_options: { include_usage: true } }),
  };
  return { path, body };
}

/** An answer without an end of its own: cut off on its way, or by a filter. */
function unfinished(reason: string | null): TeacherFailure {
  return new TeacherFailure({
    class: 'retry',
    code: 'teacher.unfinished',
    message: reason ?? sentence`The answer was cut off.`,
    possiblyBilled: true,
  });
}
