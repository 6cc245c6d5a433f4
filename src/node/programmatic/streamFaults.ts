import { errorBody } from './errorBody.ts';
import type { Fault } from './faultPlan.ts';
import { DONE } from './sse.ts';
import type { WireStep } from './wire.ts';

const send = (text: string): WireStep => ({ do: 'send', bytes: Buffer.from(text, 'utf8') });
const each = (events: readonly string[], write: (event: string) => string): WireStep[] => [
  send(events.map(write).join('')),
];

/** The steps of a stream whose form is the fault; none for faults that leave the stream's form alone. */
export function faultySteps(
  events: readonly string[],
  fault: Fault,
  body: string | null,
): WireStep[] {
  const start = (count: number): WireStep => send(firstChunks(events, count));
  if (fault.type === 'stall' && fault.at !== 'headers') {
    const head = firstChunks(events, fault.afterChunks);
    // A stalled body stops inside an event, a stalled stream between two.
    const shown = fault.at === 'body' ? head.slice(0, -20) : head;
    return [send(shown), { do: 'hang', keepAliveMs: fault.keepAliveMs ?? null }];
  }
  if (fault.type === 'fin') return [start(fault.afterChunks)];
  if (body === 'truncated') return [send(firstChunks(events, 3).slice(0, -20))];
  if (body === 'bom') return each(events, (event) => `data: ${event}\n\n`).map(withBom);
  return fault.type === 'form' ? formSteps(events, fault.form) : [];
}

const withBom = (step: WireStep): WireStep =>
  step.do === 'send'
    ? { do: 'send', bytes: Buffer.concat([Buffer.from('\uFEFF'), step.bytes]) }
    : step;

/** The role event and the first so many pieces of text. */
function firstChunks(events: readonly string[], count: number): string {
  return events
    .slice(0, count + 1)
    .map((event) => `data: ${event}\n\n`)
    .join('');
}

function formSteps(
  events: readonly string[],
  form: Extract<Fault, { type: 'form' }>['form'],
): WireStep[] {
  const plain = (event: string): string => `data: ${event}\n\n`;
  switch (form) {
    case 'crlf':
      return each(events, (event) => `data: ${event}\r\n\r\n`);
    case 'noSpace':
      return each(events, (event) => `data:${event}\n\n`);
    case 'multiLineData':
      return each(events, (event) => `${multiLine(event)}\n`);
    case 'comments':
      return each(events, (event) => `: still here\n\nevent: message\nid: 1\n${plain(event)}`);
    case 'twoEvents':
      return pairs(events).flatMap((pair): WireStep[] => [
        send(pair.map(plain).join('')),
        { do: 'wait', ms: 2 },
      ]);
    case 'everyByte':
      return [...Buffer.from(events.map(plain).join(''), 'utf8')].flatMap((byte): WireStep[] => [
        { do: 'send', bytes: Buffer.from([byte]) },
        { do: 'wait', ms: 0 },
      ]);
    case 'badEvent':
      return [
        send(`${firstChunks(events, 2)}data: {"id": "chatcmpl-\n\n`),
        send(`data: ${DONE}\n\n`),
      ];
    case 'errorEvent': {
      const error = JSON.stringify(errorBody(500, 'The model stopped in the middle.'));
      return [send(`${firstChunks(events, 2)}data: ${error}\n\n`)];
    }
    case 'reasoning':
    case 'interleaved':
      return [];
  }
}

function multiLine(event: string): string {
  if (event === DONE) return `data: ${event}\n`;
  return JSON.stringify(JSON.parse(event), null, 1)
    .split('\n')
    .map((line) => `data: ${line}\n`)
    .join('');
}

function pairs<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / 2) }, (_, at) => [
    ...items.slice(at * 2, at * 2 + 2),
  ]);
}
