import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Why a request is turned away before it is read; null when it may come in. */
export interface Refusal {
  readonly status: number;
  readonly message: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Who may speak to the server (security.md §4): the exact loopback host and port (DNS rebinding), no browser (any
 * Origin), the token of this start. The order matters: nothing about tokens is told to a page in a browser.
 */
export function refuseAtDoor(
  request: IncomingMessage,
  port: number,
  token: string,
): Refusal | null {
  const { host, origin, authorization } = request.headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return { status: 403, message: 'This host name is not served.' };
  }
  if (origin !== undefined) return { status: 403, message: 'Browsers are not served.' };
  const given = /^Bearer (\S{1,200})$/u.exec(authorization ?? '')?.[1] ?? '';
  if (!timingSafeEqual(digest(given), digest(token))) {
    return { status: 401, message: 'The token is wrong or missing.' };
  }
  return null;
}

/** Reads a JSON request's body, at most 4 MB of it. */
export async function readBody(request: IncomingMessage): Promise<Buffer | Refusal> {
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json(?:\s*;|$)/iu.test(type)) {
    return { status: 415, message: 'Only application/json is read.' };
  }
  if (request.headers['content-encoding'] !== undefined) {
    return { status: 415, message: 'Compressed bodies are not read.' };
  }
  const tooLarge = { status: 413, message: 'The body is larger than 4 MB.' };
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    const bytes = Buffer.isBuffer(part) ? part : Buffer.from(String(part));
    size += bytes.length;
    if (size > MAX_BODY_BYTES) return tooLarge;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
