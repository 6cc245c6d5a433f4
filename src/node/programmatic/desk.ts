import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Question } from '../../core/dataset/question.ts';
import type { Clock } from '../../core/ports.ts';
import { TEACHER_NAME } from '../../core/teaching/programmatic/answer.ts';
import type { Imperfection } from '../../core/teaching/programmatic/imperfect.ts';
import { learnAll, type Knowledge } from '../../core/teaching/programmatic/knowledge.ts';
import { complete, type CompletionContext } from './completion.ts';
import { readBody, refuseAtDoor, type Refusal } from './door.ts';
import { errorBody } from './errorBody.ts';
import { FaultDesk } from './faultDesk.ts';
import { faultPlanSchema, type FaultPlan } from './faultPlan.ts';
import { changedBy, refusalScript, replyScript, type Pace } from './faultScripts.ts';
import { ServerLedger } from './ledger.ts';
import { chatRequestSchema, promptText, type ChatRequest } from './request.ts';
import { countTokens, PromptCache } from './tokens.ts';
import { play, type WireScript } from './wire.ts';

export interface DeskOptions {
  readonly questions: readonly Question[];
  /** `created`, rate limits and waits go by it. */
  readonly clock: Clock;
  readonly faults?: FaultPlan;
  readonly imperfect?: Imperfection;
  readonly pace?: Pace;
  /** Closes by itself after so long without a request. */
  readonly idleMs?: number;
}

/** Answers requests: the door, the routes, and the faults of the plan. */
export class Desk {
  readonly token = randomBytes(32).toString('base64url');
  readonly knowledge: Knowledge;
  readonly ledger = new ServerLedger();
  private readonly options: DeskOptions;
  private readonly faults: FaultDesk;
  private readonly context: CompletionContext;
  private readonly stopping = new AbortController();
  private port = 0;
  private count = 0;
  private inFlight = 0;
  private idle: NodeJS.Timeout | undefined;
  private closeServer: (() => Promise<void>) | null = null;

  constructor(options: DeskOptions) {
    this.options = options;
    this.knowledge = learnAll(options.questions);
    this.faults = new FaultDesk(options.faults ?? faultPlanSchema.parse({ v: 1 }), options.clock);
    this.context = {
      knowledge: this.knowledge,
      cache: new PromptCache(),
      counters: new Map(),
      imperfect: options.imperfect,
      now: () => options.clock.now(),
    };
  }

  opened(port: number, close: () => Promise<void>): void {
    this.port = port;
    this.closeServer = close;
    this.restartIdleTimer();
  }

  stop(): void {
    clearTimeout(this.idle);
    this.stopping.abort();
  }

  private restartIdleTimer(): void {
    clearTimeout(this.idle);
    if (this.options.idleMs === undefined || this.stopping.signal.aborted) return;
    this.idle = setTimeout(() => {
      if (this.inFlight === 0) void this.closeServer?.();
      else this.restartIdleTimer();
    }, this.options.idleMs);
    this.idle.unref();
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.inFlight += 1;
    try {
      await this.route(request, response);
    } finally {
      this.inFlight -= 1;
      this.restartIdleTimer();
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refuseAtDoor(request, this.port, this.token);
    if (refused) {
      this.turnAway(response, refused);
      return;
    }
    const path = (request.url ?? '').replace(/\?.*$/su, '');
    const isChat = path === '/v1/chat/completions';
    const isModels = path === '/v1/models' || path.startsWith('/v1/models/');
    if (!isChat && !isModels) {
      this.turnAway(response, { status: 404, message: 'There is nothing at this address.' });
    } else if (request.method !== (isChat ? 'POST' : 'GET')) {
      this.turnAway(response, { status: 405, message: 'This method is not served here.' });
    } else if (isModels) this.models(response, decodeURIComponentSafely(path.slice(11)));
    else await this.chat(request, response);
  }

  private turnAway(response: ServerResponse, { status, message }: Refusal): void {
    this.ledger.refuse(status);
    // The rest of a body is not read: the connection ends instead.
    json(response, status, errorBody(status, message), { connection: 'close' });
    response.once('finish', () => response.socket?.destroySoon());
  }

  private models(response: ServerResponse, id: string): void {
    const model = {
      id: TEACHER_NAME,
      object: 'model',
      created: 0,
      owned_by: 'tailor (programmatic)',
    };
    if (id === '') json(response, 200, { object: 'list', data: [model] });
    else if (this.faults.knowsModel(id)) json(response, 200, { ...model, id });
    else
      this.turnAway(response, { status: 404, message: `There is no model ${id.slice(0, 100)}.` });
  }

  private async chat(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    if (!Buffer.isBuffer(body)) {
      this.turnAway(response, body);
      return;
    }
    const parsed = parseChat(body);
    if (!parsed.ok) {
      json(response, 400, errorBody(400, parsed.message, null, parsed.param));
      return;
    }
    const { chat } = parsed;
    if (!this.faults.knowsModel(chat.model)) {
      json(response, 404, errorBody(404, 'There is no such model.', 'model_not_found', 'model'));
      return;
    }
    await this.answer(chat, request, response);
  }

  private async answer(
    chat: ChatRequest,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    this.count += 1;
    const nth = this.count;
    const plain = complete(chat, this.context);
    const { questionId } = plain;
    const tokens = countTokens(promptText(chat)) + (chat.max_tokens ?? 0);
    const decision = this.faults.decide({ nth, model: chat.model, questionId, tokens });
    const { fault, headers } = decision;
    const completion = changedBy(plain, fault);
    const all = { 'x-request-id': `req_${completion.id.slice(9)}`, ...headers };
    const entry = this.ledger.open({
      nth,
      headerNames: Object.keys(request.headers),
      model: chat.model,
      questionId,
      fault: fault?.type ?? null,
    });
    const refusal = fault && refusalScript(fault, all, this.options.clock.now());
    const script: WireScript =
      refusal ??
      replyScript(completion, fault, {
        stream: chat.stream ?? false,
        includeUsage: chat.stream_options?.include_usage ?? false,
        headers: all,
        pace: this.options.pace,
      });
    if (!refusal) {
      entry.billedPromptTokens = completion.usage.prompt;
      entry.billedCompletionTokens = completion.usage.completion;
    }
    const gone = new AbortController();
    const end = (): void => {
      gone.abort();
    };
    this.stopping.signal.addEventListener('abort', end);
    response.once('close', () => {
      this.stopping.signal.removeEventListener('abort', end);
      gone.abort();
      const whole = response.writableFinished && !script.untilClose;
      this.ledger.close(entry, !whole);
    });
    const { clock } = this.options;
    await play(script, { response, entry, clock, gone: gone.signal });
  }
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

type ParsedChat =
  | { readonly ok: true; readonly chat: ChatRequest }
  | { readonly ok: false; readonly message: string; readonly param: string | null };

function parseChat(body: Buffer): ParsedChat {
  let raw: unknown;
  try {
    raw = JSON.parse(body.toString('utf8'));
  } catch {
    return { ok: false, message: 'The body is not JSON.', param: null };
  }
  const parsed = chatRequestSchema.safeParse(raw);
  if (parsed.success) return { ok: true, chat: parsed.data };
  const issue = parsed.error.issues[0];
  const param = issue?.path.join('.') ?? null;
  return { ok: false, message: `${param ?? 'body'}: ${issue?.message ?? 'is wrong'}`, param };
}
