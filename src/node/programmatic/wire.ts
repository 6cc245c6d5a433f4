import type { ServerResponse } from 'node:http';
import type { Clock } from '../../core/ports.ts';
import type { LedgerEntry } from './ledger.ts';

/** One thing that happens on the wire, in order. */
export type WireStep =
  | { readonly do: 'head' }
  | { readonly do: 'send'; readonly bytes: Buffer }
  | { readonly do: 'wait'; readonly ms: number }
  /** Says nothing more; with a distance, sends comment lines meanwhile. Ends with the connection. */
  | { readonly do: 'hang'; readonly keepAliveMs: number | null }
  /** RST: the connection is broken off, what was not yet delivered is lost. */
  | { readonly do: 'reset' };

export interface WireScript {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body ends with the connection (FIN) instead of with a length or a last chunk. */
  readonly untilClose: boolean;
  readonly steps: readonly WireStep[];
}

export function sendAll(bytes: Buffer): WireStep[] {
  return [{ do: 'head' }, { do: 'send', bytes }];
}

interface Stage {
  readonly response: ServerResponse;
  readonly entry: LedgerEntry;
  readonly clock: Clock;
  /** Aborts when the connection ends or the server closes. */
  readonly gone: AbortSignal;
}

/** Plays a script on a response; resolves when it is over, whoever ended it. */
export async function play(script: WireScript, stage: Stage): Promise<void> {
  const { response, gone } = stage;
  if (script.untilClose) response.useChunkedEncodingByDefault = false;
  for (const step of script.steps) {
    if (gone.aborted) return;
    await playStep(step, script, stage);
  }
  if (!gone.aborted) response.end();
}

async function playStep(step: WireStep, script: WireScript, stage: Stage): Promise<void> {
  const { response, entry } = stage;
  switch (step.do) {
    case 'head':
      entry.status = script.status;
      response.writeHead(script.status, script.headers);
      return;
    case 'send':
      await send(step.bytes, stage);
      return;
    case 'wait':
      await pause(step.ms, stage);
      return;
    case 'hang':
      await hang(step.keepAliveMs, stage);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      await ended(stage.gone);
  }
}

async function send(bytes: Buffer, { response, entry, gone }: Stage): Promise<void> {
  if (gone.aborted) return;
  const room = response.write(bytes);
  entry.bytesSent += bytes.length;
  if (room) return;
  await new Promise<void>((resolve) => {
    const go = (): void => {
      response.off('drain', go);
      gone.removeEventListener('abort', go);
      resolve();
    };
    response.on('drain', go);
    gone.addEventListener('abort', go);
  });
}

async function ended(gone: AbortSignal): Promise<void> {
  if (gone.aborted) return;
  await new Promise<void>((resolve) => {
    gone.addEventListener('abort', () => resolve());
  });
}

/** A pause of 0 gives the socket a turn, so that what was written before goes out by itself. */
async function pause(ms: number, { response, clock, gone }: Stage): Promise<void> {
  if (response.headersSent) response.flushHeaders();
  if (ms === 0) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    return;
  }
  // The only way for a sleep to fail is the end of the connection, which the caller looks for.
  await clock.sleep(ms, gone).catch(() => undefined);
}

async function hang(keepAliveMs: number | null, stage: Stage): Promise<void> {
  while (!stage.gone.aborted) {
    await pause(keepAliveMs ?? 3_600_000, stage);
    if (keepAliveMs !== null) await send(Buffer.from(': keep-alive\n\n'), stage);
  }
}
