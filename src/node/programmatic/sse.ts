import type { Completion, CompletionUsage } from './completion.ts';

type UsageForm = 'missing' | 'null' | 'zero' | 'cumulative' | 'absurd';

export interface BodyOptions {
  readonly includeUsage: boolean;
  readonly usage?: UsageForm | undefined;
  /** Sends the choices' chunks in turn instead of one after another. */
  readonly interleaved?: boolean;
  /** Sends thoughts as `reasoning_content` before the text. */
  readonly reasoning?: boolean;
  /** The text comes as null. */
  readonly nullContent?: boolean;
}

const THOUGHT = 'The numbers first, then the operation.';

function usageObject(usage: CompletionUsage): Record<string, unknown> {
  return {
    prompt_tokens: usage.prompt,
    completion_tokens: usage.completion,
    total_tokens: usage.prompt + usage.completion,
    prompt_tokens_details: { cached_tokens: usage.cached },
  };
}

function reportedUsage(completion: Completion, form: UsageForm | undefined): unknown {
  if (form === 'null') return null;
  if (form === 'zero') return usageObject({ prompt: 0, completion: 0, cached: 0 });
  if (form === 'absurd') {
    return {
      prompt_tokens: -5,
      completion_tokens: 9e15,
      total_tokens: 1.5,
      prompt_tokens_details: {},
    };
  }
  return usageObject(completion.usage);
}

/** The JSON body of a reply that is not streamed. */
export function plainBody(completion: Completion, options: BodyOptions): Record<string, unknown> {
  const body: Record<string, unknown> = {
    id: completion.id,
    object: 'chat.completion',
    created: completion.created,
    model: completion.model,
    system_fingerprint: completion.fingerprint,
    choices: completion.choices.map((choice, index) => ({
      index,
      message: {
        role: 'assistant',
        content: options.nullContent ? null : choice.text,
        refusal: null,
        ...(options.reasoning ? { reasoning_content: THOUGHT } : {}),
      },
      logprobs: null,
      finish_reason: choice.finish,
    })),
  };
  if (options.usage !== 'missing') body['usage'] = reportedUsage(completion, options.usage);
  return body;
}

/** Cuts a text into pieces of 2–17 code points; the sizes follow from the seed. */
function pieces(text: string, seed: string): string[] {
  let state = Number.parseInt(seed.slice(-8), 16) || 1;
  const found: string[] = [];
  // A long text comes in larger pieces, so that five megabytes are not a million events.
  const factor = Math.max(1, Math.floor(text.length / 20_000));
  for (let at = 0; at < text.length;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    let end = at + (2 + (state >>> 28)) * factor;
    const last = text.charCodeAt(end - 1);
    if (last >= 0xd800 && last < 0xdc00) end += 1;
    found.push(text.slice(at, end));
    at = end;
  }
  return found;
}

interface Delta {
  readonly index: number;
  readonly delta: Record<string, unknown>;
  readonly finish: string | null;
}

function deltasOf(completion: Completion, index: number, options: BodyOptions): Delta[] {
  const choice = completion.choices[index];
  if (!choice) return [];
  const content = options.nullContent ? [null] : pieces(choice.text, completion.id);
  const thoughts = options.reasoning ? pieces(THOUGHT, completion.id) : [];
  return [
    { index, delta: { role: 'assistant', content: '' }, finish: null },
    ...thoughts.map((piece) => ({ index, delta: { reasoning_content: piece }, finish: null })),
    ...content.map((piece) => ({ index, delta: { content: piece }, finish: null })),
    { index, delta: {}, finish: choice.finish },
  ];
}

function inTurn(lists: readonly Delta[][]): Delta[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => (list[at] ? [list[at]] : [])),
  ).flat();
}

/** The JSON texts of a stream's events, `[DONE]` not included. */
export function streamEvents(completion: Completion, options: BodyOptions): string[] {
  const base = {
    id: completion.id,
    object: 'chat.completion.chunk',
    created: completion.created,
    model: completion.model,
    system_fingerprint: completion.fingerprint,
  };
  const lists = completion.choices.map((_, index) => deltasOf(completion, index, options));
  const deltas = options.interleaved ? inTurn(lists) : lists.flat();
  const inEvery = options.usage === 'cumulative';
  const wanted = options.includeUsage && options.usage !== 'missing';
  const events = deltas.map(({ index, delta, finish }, at) => {
    const choices = [{ index, delta, logprobs: null, finish_reason: finish }];
    const soFar = Math.ceil((completion.usage.completion * (at + 1)) / deltas.length);
    const running = usageObject({ ...completion.usage, completion: soFar });
    const usage = inEvery ? { usage: running } : options.includeUsage ? { usage: null } : {};
    return JSON.stringify({ ...base, choices, ...usage });
  });
  if (wanted && !inEvery) {
    const usage = reportedUsage(completion, options.usage);
    events.push(JSON.stringify({ ...base, choices: [], usage }));
  }
  return events;
}

export const DONE = '[DONE]';

/** One server-sent event with its separator. */
export const eventBytes = (data: string): Buffer => Buffer.from(`data: ${data}\n\n`, 'utf8');
