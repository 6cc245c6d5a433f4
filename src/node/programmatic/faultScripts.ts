import type { Completion } from './completion.ts';
import { withContentFault } from './contentFaults.ts';
import { errorBody } from './errorBody.ts';
import type { Fault } from './faultPlan.ts';
import { DONE, eventBytes, plainBody, streamEvents, type BodyOptions } from './sse.ts';
import { faultySteps } from './streamFaults.ts';
import { sendAll, type WireScript, type WireStep } from './wire.ts';

export interface Wanted {
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** Headers that every reply of this request carries. */
  readonly headers: Readonly<Record<string, string>>;
  readonly pace: Pace | undefined;
}

/** How fast a reply comes, so that progress, cancelling and remaining time can be seen; instant when absent. */
export interface Pace {
  readonly latencyMs: number;
  readonly tokensPerSecond: number;
}

const PIECE = 2;
const html = '<!doctype html><html><body><h1>Sign in to the network</h1></body></html>';

function jsonScript(status: number, body: unknown, headers: Wanted['headers'] = {}): WireScript {
  const bytes = Buffer.from(JSON.stringify(body), 'utf8');
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'content-length': String(bytes.length),
      ...headers,
    },
    untilClose: false,
    steps: sendAll(bytes),
  };
}

/** The completion as a fault changes it before it is put on the wire: what is sent is also what is billed. */
export function changedBy(completion: Completion, fault: Fault | null): Completion {
  if (fault?.type === 'content') return withContentFault(completion, fault.form);
  if (fault?.type === 'finish') {
    const choices = completion.choices.map((choice) => ({ ...choice, finish: fault.reason }));
    return { ...completion, choices };
  }
  if (fault?.type === 'drift') {
    return fault.what === 'model'
      ? { ...completion, model: 'another-model-2' }
      : { ...completion, fingerprint: 'fp_another00000' };
  }
  if (fault?.type === 'form' && fault.form === 'everyByte') {
    // Characters of two, three and four bytes, so that the cuts fall inside code points too.
    const choices = completion.choices.map((one) => ({
      ...one,
      text: `Zoë’s way 😀\n${one.text}`,
    }));
    return { ...completion, choices };
  }
  const [only, second] = completion.choices;
  if (fault?.type === 'form' && fault.form === 'interleaved' && only && !second) {
    const other = { text: 'A second choice nobody asked for.\nAnswer: 0\nEND', finish: 'stop' };
    return { ...completion, choices: [only, other] };
  }
  return completion;
}

function optionsOf(fault: Fault | null, wanted: Wanted): BodyOptions {
  const form = fault?.type === 'form' ? fault.form : null;
  return {
    includeUsage: wanted.includeUsage,
    usage: fault?.type === 'usage' ? fault.form : undefined,
    interleaved: form === 'interleaved',
    reasoning: form === 'reasoning',
    nullContent: fault?.type === 'body' && fault.form === 'nullContent',
  };
}

/** The script of a reply (as `changedBy` its fault), with its fault. Faults that come before any reply are `refusalScript`'s. */
export function replyScript(
  completion: Completion,
  fault: Fault | null,
  wanted: Wanted,
): WireScript {
  const options = optionsOf(fault, wanted);
  if (fault?.type === 'body' && (fault.form === 'html' || fault.form === 'empty')) {
    return wholeBodyFault(fault.form, wanted);
  }
  if (fault?.type === 'body' && fault.form === 'error') {
    return jsonScript(200, errorBody(500, 'The upstream model is overloaded.'), wanted.headers);
  }
  const script = wanted.stream
    ? streamScript(completion, fault, options, wanted)
    : plainScript(completion, fault, options, wanted);
  return timed(script, fault);
}

function wholeBodyFault(form: 'html' | 'empty', wanted: Wanted): WireScript {
  const bytes = Buffer.from(form === 'html' ? html : '', 'utf8');
  const headers = {
    'content-type': form === 'html' ? 'text/html' : 'application/json',
    'content-length': String(bytes.length),
    ...wanted.headers,
  };
  return { status: 200, headers, untilClose: false, steps: sendAll(bytes) };
}

function plainScript(
  completion: Completion,
  fault: Fault | null,
  options: BodyOptions,
  wanted: Wanted,
): WireScript {
  const body = plainBody(completion, options);
  const form = fault?.type === 'body' ? fault.form : null;
  if (form === 'noChoices') delete body['choices'];
  const text = JSON.stringify(body);
  const whole = `${form === 'bom' ? '\uFEFF' : ''}${text}`;
  const bytes = Buffer.from(form === 'truncated' ? text.slice(0, text.length / 2) : whole, 'utf8');
  const half = bytes.subarray(0, Math.floor(bytes.length / 2));
  const headers: Record<string, string> = {
    'content-type': form === 'contentType' ? 'text/plain' : 'application/json',
    ...wanted.headers,
  };
  const cut = fault?.type === 'fin';
  if (!cut) headers['content-length'] = String(bytes.length);
  if (cut) headers['connection'] = 'close';
  const stalls = fault?.type === 'stall' && fault.at !== 'headers';
  const steps: WireStep[] = cut || stalls ? sendAll(half) : sendAll(bytes);
  if (stalls) steps.push({ do: 'hang', keepAliveMs: null });
  const latency: WireStep[] = wanted.pace ? [{ do: 'wait', ms: wanted.pace.latencyMs }] : [];
  return { status: 200, headers, untilClose: cut, steps: [...latency, ...steps] };
}

function streamScript(
  completion: Completion,
  fault: Fault | null,
  options: BodyOptions,
  wanted: Wanted,
): WireScript {
  const cut = fault?.type === 'fin';
  const form = fault?.type === 'body' ? fault.form : null;
  const headers: Record<string, string> = {
    'content-type': form === 'contentType' ? 'text/plain' : 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    ...wanted.headers,
    ...(cut ? { connection: 'close' } : {}),
  };
  const events = streamEvents(completion, options);
  const ends = events.map((event) => /"finish_reason":"/u.test(event));
  let listed = [...events, DONE];
  if (fault?.type === 'ending' && fault.form === 'finishOnly') listed = events;
  if (fault?.type === 'ending' && fault.form === 'doneOnly') {
    listed = [...events.filter((_, at) => !ends[at]), DONE];
  }
  if (form === 'noChoices') listed = listed.map((event) => withoutChoices(event));
  const steps = fault === null ? [] : faultySteps(listed, fault, form);
  const sent = steps.length > 0 ? steps : goodSteps(listed, wanted.pace);
  return { status: 200, headers, untilClose: cut, steps: [{ do: 'head' }, ...sent] };
}

function withoutChoices(event: string): string {
  if (event === DONE) return event;
  const body: unknown = JSON.parse(event);
  return JSON.stringify({ ...(typeof body === 'object' ? body : {}), choices: undefined });
}

function goodSteps(events: readonly string[], pace: Pace | undefined): WireStep[] {
  if (!pace) return [{ do: 'send', bytes: Buffer.concat(events.map(eventBytes)) }];
  const steps = events.flatMap((event): WireStep[] => [
    { do: 'send', bytes: eventBytes(event) },
    // A piece of text is about two of this server's tokens.
    { do: 'wait', ms: Math.ceil((PIECE * 1000) / pace.tokensPerSecond) },
  ]);
  return [{ do: 'wait', ms: pace.latencyMs }, ...steps];
}

/** Faults of time and of breaking off, laid over a finished script. */
function timed(script: WireScript, fault: Fault | null): WireScript {
  const { steps } = script;
  const head = steps.findIndex((step) => step.do === 'head') + 1;
  if (fault?.type === 'slow') {
    const wait: WireStep = { do: 'wait', ms: fault.ms };
    const at = fault.at === 'headers' ? 0 : head;
    return { ...script, steps: [...steps.slice(0, at), wait, ...steps.slice(at)] };
  }
  if (fault?.type === 'stall' && fault.at === 'headers') {
    return { ...script, steps: [{ do: 'hang', keepAliveMs: null }] };
  }
  if (fault?.type === 'trickle') {
    const ms = Math.max(1, Math.round(1000 / fault.bytesPerSecond));
    const slow = steps.flatMap((step): WireStep[] =>
      step.do === 'send'
        ? [...step.bytes].flatMap((byte): WireStep[] => [
            { do: 'send', bytes: Buffer.from([byte]) },
            { do: 'wait', ms },
          ])
        : [step],
    );
    return { ...script, steps: slow };
  }
  if (fault?.type === 'reset') {
    const bytes = Buffer.concat(steps.flatMap((step) => (step.do === 'send' ? [step.bytes] : [])));
    const first = bytes.subarray(0, fault.afterBytes);
    // The pause lets the bytes go out: a reset throws away what is still waiting.
    return { ...script, steps: [...sendAll(first), { do: 'wait', ms: 20 }, { do: 'reset' }] };
  }
  return script;
}

/** The script of a request that is refused before any text is written; null for every other fault. */
export function refusalScript(
  fault: Fault,
  headers: Wanted['headers'],
  now: number,
): WireScript | null {
  if (fault.type === 'rate') {
    return jsonScript(429, errorBody(429, 'Rate limit reached.', 'rate_limit_exceeded'), headers);
  }
  if (fault.type === 'redirect') {
    return jsonScript(fault.status, {}, { ...headers, location: fault.location });
  }
  if (fault.type === 'status') return jsonScript(fault.status, statusBody(fault), headers);
  if (fault.type !== 'tooMany') return null;
  const { form, seconds } = fault;
  const extra: Partial<Record<typeof form, Record<string, string>>> = {
    seconds: { 'retry-after': String(seconds) },
    ms: { 'retry-after-ms': String(Math.round(seconds * 1000)) },
    date: { 'retry-after': new Date(now + seconds * 1000).toUTCString() },
    retryFalse: { 'x-should-retry': 'false' },
    retryTrue: { 'x-should-retry': 'true' },
  };
  return jsonScript(429, limitBody(form), { ...headers, ...extra[form] });
}

function limitBody(form: Extract<Fault, { type: 'tooMany' }>['form']): unknown {
  if (form === 'quota') {
    return errorBody(429, 'You exceeded your current quota.', 'insufficient_quota');
  }
  if (form === 'tokens') {
    return errorBody(429, 'Too many tokens, please wait before trying again.');
  }
  const words = form === 'tokensPerMinute' ? 'Too many tokens per minute.' : 'Rate limit reached.';
  return errorBody(429, words, 'rate_limit_exceeded');
}

function statusBody({ status, reason }: Extract<Fault, { type: 'status' }>): unknown {
  if (reason === 'contextLength') {
    const message = "This model's maximum context length is 512 tokens.";
    return errorBody(status, message, 'context_length_exceeded');
  }
  if (reason === 'contentFilter') {
    return errorBody(status, 'The response was filtered.', 'content_filter');
  }
  if (reason === 'contextWindow') {
    return errorBody(status, 'The worker failed while it set up its context window.');
  }
  if (reason === 'moderation') {
    return errorBody(status, 'The moderation service is not available.');
  }
  return errorBody(status, `The server answers ${status} on request.`);
}
