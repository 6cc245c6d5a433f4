import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** One token of an answer, as a server would tell of it. */
export interface AnswerToken {
  readonly text: string;
  readonly logprob: number;
  readonly id: number;
}

/** What one sample is asked for. */
export interface Asked {
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature: number;
  readonly topP: number;
  readonly topK: number;
  readonly seed: number | null;
  /** Which of the `n` of one request. */
  readonly index: number;
}

export interface Answer {
  readonly tokens: readonly AnswerToken[];
  readonly reason: string | null;
}

/** Some way of going wrong before anything is answered, or in the middle of a stream. */
export type Trouble =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly retryAfter?: string;
    }
  | { readonly kind: 'cut' }
  | { readonly kind: 'hang' }
  | { readonly kind: 'redirect'; readonly to: string }
  | { readonly kind: 'body'; readonly body: string };

/** What of the OpenAI form a server has; vLLM's by default. */
export interface Manners {
  readonly models: readonly string[] | null;
  readonly ids: boolean;
  /** What a list of token ids for a prompt is: such, refused, or taken for a text. */
  readonly promptIds: 'ids' | 'refused' | 'text';
  readonly logprobs: 'completions' | 'content' | 'none';
  readonly refuses: readonly string[];
  readonly completions: boolean;
  readonly context: number | null;
  readonly key: string | null;
}

const bodySchema = z.looseObject({
  model: z.string(),
  prompt: z.union([z.string(), z.array(z.number().int())]).optional(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })).optional(),
  max_tokens: z.number().int(),
  temperature: z.number().default(1),
  top_p: z.number().default(1),
  top_k: z.number().int().default(64),
  seed: z.number().int().optional(),
  n: z.number().int().default(1),
  stream: z.boolean().default(false),
  logprobs: z.number().int().optional(),
});

export interface SeenRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A small OpenAI-compatible server on loopback, for students. */
export class StudentServer {
  readonly seen: SeenRequest[] = [];
  readonly loaded: { readonly lora_name: string; readonly lora_path: string }[] = [];
  manners: Manners;
  /** Asked for each completion request, by its number and what it says; null: answer it. */
  trouble: (number: number, body: SeenRequest['body']) => Trouble | null = () => null;
  answer: (asked: Asked) => Promise<Answer> | Answer;
  /** Told behind the last word of a stream, and with an answer at once; null: never. */
  usage: { readonly prompt_tokens: number; readonly completion_tokens: number } | null = null;
  inFlight = 0;
  peak = 0;
  #completions = 0;
  readonly #server = createServer((request, response) => {
    this.#serve(request, response).catch(() => response.destroy());
  });

  constructor(answer: StudentServer['answer'], manners: Partial<Manners> = {}) {
    this.answer = answer;
    this.manners = {
      models: ['student'],
      ids: true,
      promptIds: 'ids',
      logprobs: 'completions',
      refuses: [],
      completions: true,
      context: 2048,
      key: null,
      ...manners,
    };
  }

  async listen(port = 0): Promise<string> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    // SAFETY: a server that listens on a port has an address of this form.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { url: path = '', headers } = request;
    const body: Record<string, unknown> =
      text === '' ? {} : z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    this.seen.push({ path, headers, body });
    const { key, models, context } = this.manners;
    if (key !== null && headers.authorization !== `Bearer ${key}`) {
      json(response, 401, { error: { message: `bad key ${headers.authorization ?? ''}` } });
      return;
    }
    if (path === '/v1/models') {
      if (models === null) {
        json(response, 404, { detail: 'Not Found' });
        return;
      }
      const names = [...models, ...this.loaded.map(({ lora_name }) => lora_name)];
      const data = names.map((id) => ({ id, object: 'model', max_model_len: context }));
      json(response, 200, { object: 'list', data });
      return;
    }
    if (path === '/v1/load_lora_adapter') {
      this.loaded.push(z.object({ lora_name: z.string(), lora_path: z.string() }).parse(body));
      response.writeHead(200).end('Success: the adapter was added.');
      return;
    }
    const chat = path === '/v1/chat/completions';
    if (!chat && (path !== '/v1/completions' || !this.manners.completions)) {
      json(response, 404, { detail: 'Not Found' });
      return;
    }
    this.inFlight += 1;
    this.peak = Math.max(this.peak, this.inFlight);
    try {
      await this.#complete(response, body, chat);
    } finally {
      this.inFlight -= 1;
    }
  }

  async #complete(
    response: ServerResponse,
    raw: Record<string, unknown>,
    chat: boolean,
  ): Promise<void> {
    const trouble = this.trouble(this.#completions++, raw);
    if (trouble !== null && trouble.kind !== 'cut') {
      play(response, trouble);
      return;
    }
    const refused = this.manners.refuses.find(
      (name) => name in raw && !(name === 'n' && raw['n'] === 1),
    );
    if (refused !== undefined) {
      const message = `Unsupported parameter: ${refused}`;
      json(response, 400, { error: { message, type: 'invalid_request_error' } });
      return;
    }
    const body = bodySchema.parse(raw);
    const known = [...(this.manners.models ?? []), ...this.loaded.map((one) => one.lora_name)];
    if (this.manners.models !== null && !known.includes(body.model)) {
      json(response, 404, { error: { message: `The model ${body.model} does not exist.` } });
      return;
    }
    const asIds = Array.isArray(body.prompt) ? body.prompt : null;
    if (asIds !== null && this.manners.promptIds === 'refused') {
      json(response, 400, { error: { message: 'prompt: a string is expected' } });
      return;
    }
    const read = Array.isArray(body.prompt) ? JSON.stringify(body.prompt) : body.prompt;
    const prompt = read ?? (body.messages ?? []).map(({ content }) => content).join('\n');
    const answers = await Promise.all(
      Array.from({ length: body.n }, async (_, index) =>
        this.answer({
          model: body.model,
          prompt,
          maxTokens: body.max_tokens,
          temperature: body.temperature,
          topP: body.top_p,
          topK: body.top_k,
          seed: body.seed ?? null,
          index,
        }),
      ),
    );
    if (!body.stream) {
      const choices = answers.map((one, index) => this.#choice(one, index, chat, body.logprobs));
      const counted =
        this.manners.promptIds === 'text' ? JSON.stringify(asIds).length : (asIds?.length ?? 0);
      const byIds = { prompt_tokens: counted, completion_tokens: 1 };
      const told = asIds === null ? this.usage : byIds;
      const usage = told === null ? {} : { usage: told };
      json(response, 200, { object: 'text_completion', choices, ...usage });
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const longest = Math.max(0, ...answers.map(({ tokens }) => tokens.length));
    for (let at = 0; at <= longest; at += 1) {
      for (const [index, { tokens, reason }] of answers.entries()) {
        const token = tokens[at];
        if (token === undefined && at !== tokens.length) continue;
        if (trouble?.kind === 'cut' && at === 2) {
          response.destroy();
          return;
        }
        const text = token?.text ?? '';
        const said = chat ? { delta: { content: text } } : { text };
        const choice = { index, ...said, finish_reason: token === undefined ? reason : null };
        response.write(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
      }
      // Each token is written by itself, as it would come.
      if (at % 8 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (response.destroyed) return;
    }
    if (this.usage !== null && 'stream_options' in raw) {
      response.write(`data: ${JSON.stringify({ choices: [], usage: this.usage })}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  }

  #choice({ tokens, reason }: Answer, index: number, chat: boolean, asked: number | undefined) {
    const text = tokens.map((token) => token.text).join('');
    const { ids, logprobs } = this.manners;
    const told =
      asked === undefined || logprobs === 'none'
        ? null
        : logprobs === 'completions'
          ? {
              tokens: tokens.map((token) => token.text),
              token_logprobs: tokens.map(({ logprob }) => logprob),
            }
          : { content: tokens.map(({ text: token, logprob }) => ({ token, logprob })) };
    return {
      index,
      ...(chat ? { message: { role: 'assistant', content: text } } : { text }),
      logprobs: told,
      ...(ids ? { token_ids: tokens.map(({ id }) => id) } : {}),
      finish_reason: reason,
    };
  }
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function play(response: ServerResponse, trouble: Trouble): void {
  switch (trouble.kind) {
    case 'status': {
      if (trouble.retryAfter !== undefined) response.setHeader('retry-after', trouble.retryAfter);
      json(response, trouble.status, trouble.body ?? { error: { message: 'trouble' } });
      return;
    }
    case 'redirect':
      response.writeHead(307, { location: trouble.to }).end();
      return;
    case 'body':
      response.writeHead(200, { 'content-type': 'text/html' }).end(trouble.body);
      return;
    case 'cut':
    case 'hang':
      // A hang ends when the client goes.
      return;
  }
}

/** An answer whose every word is a token, for scripted students. */
export function wordsOf(text: string, reason: string | null = 'stop'): Answer {
  const tokens = (text.match(/\s*\S+|\s+$/gu) ?? []).map((word) => ({
    text: word,
    logprob: -0.25,
    id: Array.from(word).reduce((sum, one) => (sum * 31 + (one.codePointAt(0) ?? 0)) % 50_000, 7),
  }));
  return { tokens, reason };
}
