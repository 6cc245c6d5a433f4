import { connect } from 'node:net';
import type { Question } from '../../../src/core/dataset/question.ts';
import { systemClock } from '../../../src/node/storage/systemClock.ts';
import { faultPlanSchema } from '../../../src/node/programmatic/faultPlan.ts';
import {
  startProgrammaticTeacher,
  type ProgrammaticTeacher,
  type ProgrammaticTeacherOptions,
} from '../../../src/node/programmatic/server.ts';

export const QUESTIONS: Question[] = [
  {
    id: 'coins',
    question: 'Ana has 12 coins and finds 5 more coins. How many coins has Ana now?',
    answer: '17',
    equation: '12 + 5',
  },
  {
    id: 'cards',
    question: 'Ben has 3 packs of 12 cards and loses 10. How many cards has he left?',
    answer: '26',
    equation: '3 * 12 - 10',
  },
];

/** A clock whose calendar stands still, while waits are real. */
export const steadyClock = { ...systemClock, now: () => 1_700_000_000_000 };

export function start(
  options: Partial<ProgrammaticTeacherOptions> = {},
): Promise<ProgrammaticTeacher> {
  return startProgrammaticTeacher({ questions: QUESTIONS, clock: steadyClock, ...options });
}

export const plan = (...rules: unknown[]) => faultPlanSchema.parse({ v: 1, rules });

export interface Ask {
  readonly [field: string]: unknown;
}

export function bodyOf(fields: Ask = {}): Ask & { readonly model: unknown } {
  return {
    model: 'tailor-programmatic-1',
    messages: [{ role: 'user', content: `Solve this.\n${QUESTIONS[0]!.question}` }],
    ...fields,
  };
}

export function post(
  teacher: ProgrammaticTeacher,
  fields: Ask = {},
  init: RequestInit = {},
): Promise<Response> {
  return fetch(`${teacher.baseURL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${teacher.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(fields)),
    redirect: 'manual',
    ...init,
  });
}

export interface Raw {
  /** Everything that came, as bytes. */
  readonly bytes: Buffer;
  /** How the connection ended: a FIN, a reset, or not within the wait. */
  readonly end: 'fin' | 'reset' | 'open';
  /** Sizes of the segments in the order in which they came. */
  readonly segments: readonly number[];
}

/** Speaks HTTP by hand, so that what is on the wire is seen and not what a client makes of it. */
export function raw(port: number, request: string | Buffer, waitMs = 5000): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    const finish = (end: Raw['end']): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ bytes: Buffer.concat(parts), end, segments: parts.map((part) => part.length) });
    };
    const timer = setTimeout(() => finish('open'), waitMs);
    socket.on('data', (part) => parts.push(part));
    socket.on('end', () => finish('fin'));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') finish('reset');
      else reject(error);
    });
  });
}

export const portOf = (teacher: ProgrammaticTeacher): number =>
  Number(new URL(teacher.baseURL).port);

/** A chat request as bytes; `headers` replace the usual ones, null leaves one out. */
export function requestText(
  teacher: ProgrammaticTeacher,
  fields: Ask = {},
  headers: Readonly<Record<string, string | null>> = {},
): string {
  const body = JSON.stringify(bodyOf(fields));
  const all: Record<string, string | null> = {
    host: `127.0.0.1:${portOf(teacher)}`,
    authorization: `Bearer ${teacher.token}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  return `POST /v1/chat/completions HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The body behind a raw response's head, with chunked transfer coding taken off. */
export function rawBody(response: Raw): string {
  const text = response.bytes.toString('latin1');
  const at = text.indexOf('\r\n\r\n');
  const head = text.slice(0, at).toLowerCase();
  let rest = text.slice(at + 4);
  if (!head.includes('transfer-encoding: chunked'))
    return Buffer.from(rest, 'latin1').toString('utf8');
  let body = '';
  for (;;) {
    const size = /^([0-9a-f]+)\r\n/iu.exec(rest);
    if (!size || size[1] === '0') break;
    const length = Number.parseInt(size[1]!, 16);
    body += rest.slice(size[0].length, size[0].length + length);
    rest = rest.slice(size[0].length + length + 2);
  }
  return Buffer.from(body, 'latin1').toString('utf8');
}

export interface ChunkEvent {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly system_fingerprint: string;
  readonly choices?: readonly {
    readonly index: number;
    readonly delta: { readonly content?: string | null; readonly reasoning_content?: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: Record<string, number> | null;
  readonly error?: unknown;
}

export interface PlainReply {
  readonly model: string;
  readonly created: number;
  readonly system_fingerprint: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: { readonly content: string };
    readonly finish_reason: string | null;
  }[];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
    readonly prompt_tokens_details: { readonly cached_tokens: number };
  };
}

/** A plain reply's body, as the tests expect it: what is not so fails where it is read. */
export async function replyOf(response: Response): Promise<PlainReply> {
  return (await response.json()) as PlainReply;
}

/** The parsed events of a stream's text in plain form, without `[DONE]`. */
export function events(text: string): ChunkEvent[] {
  return text
    .split('\n\n')
    .filter((event) => event.startsWith('data: ') && event !== 'data: [DONE]')
    .map((event): ChunkEvent => JSON.parse(event.slice(6)) as ChunkEvent);
}

export function textOf(all: readonly ChunkEvent[], index = 0): string {
  return all
    .flatMap((event) => event.choices ?? [])
    .filter((choice) => choice.index === index)
    .map((choice) => choice.delta.content ?? '')
    .join('');
}

/** Asks by hand for a stream (or a plain reply) under a named fault; the answer is what was on the wire. */
export function wire(
  teacher: ProgrammaticTeacher,
  profile: string,
  stream = true,
  waitMs = 4000,
): Promise<Raw> {
  const model = `tailor-programmatic-1:${profile}`;
  const fields = { model, stream, seed: 0, stream_options: { include_usage: true } };
  return raw(portOf(teacher), requestText(teacher, fields), waitMs);
}

export const statusOf = (response: Raw): number =>
  Number(response.bytes.toString('latin1').slice(9, 12));

export const headOf = (response: Raw): string =>
  response.bytes.toString('latin1').split('\r\n\r\n')[0]!.toLowerCase();

export function finishesOf(body: string): (string | null)[] {
  return events(body)
    .flatMap((event) => event.choices ?? [])
    .map((choice) => choice.finish_reason);
}
