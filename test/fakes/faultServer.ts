import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** How the server answers one request. Everything but `reply` is some way of going wrong. */
export type Fault =
  | {
      readonly kind: 'reply';
      readonly text?: string;
      readonly delayMs?: number;
      /** Holds the reply back until the test has seen what it wants to see. */
      readonly until?: Promise<void>;
      readonly more?: object;
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
    }
  /** Ends like `reply` with another finish reason (null: none), other usage (undefined: none), other sentinel. */
  | {
      readonly kind: 'finish';
      readonly reason: string | null;
      readonly usage?: unknown;
      readonly sentinel?: boolean;
      readonly text?: string;
    }
  | {
      readonly kind: 'hang';
      readonly after: 'nothing' | 'headers' | 'words';
      readonly comments?: boolean;
    }
  | { readonly kind: 'cut'; readonly how: 'end' | 'reset' }
  | { readonly kind: 'body'; readonly type: string; readonly body: string | Buffer }
  | { readonly kind: 'pieces'; readonly pieces: readonly Buffer[] };

/** What the server saw of one request, and what it would charge. */
export interface Seen {
  readonly headers: Readonly<Record<string, string>>;
  readonly path: string;
  readonly body: {
    readonly messages: readonly { readonly role: string; readonly content: string }[];
    readonly seed?: number;
    readonly [name: string]: unknown;
  };
  aborted: boolean;
  /** Tokens of replies that left whole. */
  billed: number;
}

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
  readonly announce: boolean;
}

export interface FaultServer {
  readonly baseURL: string;
  readonly seen: Seen[];
  readonly peak: () => number;
  readonly refused: () => number;
  close(): Promise<void>;
}

export const GOOD_REPLY = '3 * 4 = 12.\n12 - 5 = 7.\nAnswer: 7\nEND';
export const PROMPT_TOKENS = 50;
const WORDS = 4;

export function event(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  return event({
    id: 'x',
    object: 'chat.completion.chunk',
    model: 'fault-1',
    system_fingerprint: 'fp',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
}

/** A whole good stream as text. */
export function goodStream(text: string, more: object = {}): string {
  const size = Math.max(1, Math.ceil(text.length / WORDS));
  const parts = text.match(new RegExp(`[^]{1,${size}}`, 'gu')) ?? [];
  return [
    chunk({ role: 'assistant', content: '' }, null, more),
    ...parts.map((content) => chunk({ content }, null, more)),
    chunk({}, 'stop', more),
    usageEvent({ prompt_tokens: PROMPT_TOKENS, completion_tokens: text.length }),
    'data: [DONE]\n\n',
  ].join('');
}

function usageEvent(usage: unknown): string {
  return event({ model: 'fault-1', system_fingerprint: 'fp', choices: [], usage });
}

/** An OpenAI-compatible loopback server that answers the n-th request (from 1) as the plan says. */
export async function startFaultServer(
  plan: (nth: number, seen: Seen) => Fault,
  limit?: RateLimit,
): Promise<FaultServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const timers = new Set<NodeJS.Timeout>();
  let inFlight = 0;
  let peak = 0;
  let refused = 0;
  const bucket = { level: limit?.burst ?? 0, at: performance.now() };

  const later = (ms: number, work: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, ms);
    timers.add(timer);
  };

  const takeToken = (res: ServerResponse): boolean => {
    if (limit === undefined) return true;
    const now = performance.now();
    const refill = ((now - bucket.at) * limit.perSecond) / 1000;
    bucket.level = Math.min(limit.burst, bucket.level + refill);
    bucket.at = now;
    const free = bucket.level >= 1;
    if (free) bucket.level -= 1;
    else refused += 1;
    if (limit.announce) {
      const untilFull = (limit.burst - bucket.level) / limit.perSecond;
      res.setHeader('x-ratelimit-limit-requests', limit.burst);
      res.setHeader('x-ratelimit-remaining-requests', Math.floor(bucket.level));
      res.setHeader('x-ratelimit-reset-requests', `${Math.ceil(untilFull * 1000)}ms`);
    }
    return free;
  };

  const handle = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const parts: Buffer[] = [];
    for await (const part of req) parts.push(part as Buffer);
    const record: Seen = {
      headers: Object.fromEntries(
        Object.entries(req.headers).map(([name, value]) => [name, String(value)]),
      ),
      path: req.url ?? '',
      body: JSON.parse(Buffer.concat(parts).toString() || '{"messages":[]}') as Seen['body'],
      aborted: false,
      billed: 0,
    };
    seen.push(record);
    inFlight += 1;
    peak = Math.max(peak, inFlight);
    res.on('close', () => {
      inFlight -= 1;
      record.aborted = !res.writableFinished;
    });
    if (takeToken(res)) answer(plan(seen.length, record), res, record, later);
    else json(res, 429, { error: { message: 'Slow down', code: 'rate_limit_exceeded' } });
  };

  const server: Server = createServer((req, res) => void handle(req, res));
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    seen,
    peak: () => peak,
    refused: () => refused,
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function json(res: ServerResponse, status: number, body: unknown, headers = {}): void {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function answer(
  fault: Fault,
  res: ServerResponse,
  seen: Seen,
  later: (ms: number, work: () => void) => void,
): void {
  const stream = { 'content-type': 'text/event-stream' };
  switch (fault.kind) {
    case 'reply': {
      const text = fault.text ?? GOOD_REPLY;
      const send = (): void => {
        seen.billed = PROMPT_TOKENS + text.length;
        res.writeHead(200, stream);
        res.end(goodStream(text, fault.more));
      };
      if (fault.until === undefined) later(fault.delayMs ?? 0, send);
      else void fault.until.then(send);
      return;
    }
    case 'status':
      json(
        res,
        fault.status,
        fault.body ?? { error: { message: `status ${fault.status}` } },
        fault.headers,
      );
      return;
    case 'finish': {
      const text = fault.text ?? GOOD_REPLY;
      seen.billed = PROMPT_TOKENS + text.length;
      res.writeHead(200, stream);
      res.write(chunk({ content: text }));
      res.write(chunk({}, fault.reason));
      if (fault.usage !== undefined) res.write(usageEvent(fault.usage));
      res.end(fault.sentinel === false ? '' : 'data: [DONE]\n\n');
      return;
    }
    case 'hang': {
      if (fault.after === 'nothing') return;
      res.writeHead(200, stream);
      res.flushHeaders();
      if (fault.after === 'words') res.write(chunk({ content: 'First' }));
      const keepAlive = (): void => {
        if (res.destroyed) return;
        res.write(': still here\n\n');
        later(20, keepAlive);
      };
      if (fault.comments === true) keepAlive();
      return;
    }
    case 'cut':
      res.writeHead(200, stream);
      res.write(chunk({ content: 'First words' }));
      later(20, () => {
        if (fault.how === 'end') res.end();
        else res.socket?.resetAndDestroy();
      });
      return;
    case 'body':
      res.writeHead(200, { 'content-type': fault.type });
      res.end(fault.body);
      return;
    case 'pieces': {
      res.writeHead(200, stream);
      const send = (index: number): void => {
        const piece = fault.pieces[index];
        if (piece === undefined) res.end();
        else res.write(piece, () => setImmediate(() => send(index + 1)));
      };
      send(0);
    }
  }
}
