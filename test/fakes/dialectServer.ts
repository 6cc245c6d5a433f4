import { chunk, event, type Fault, type Seen } from './faultServer.ts';

/** How a server behaves toward the parameters of a request. */
export interface Behaviour {
  /** Parameters that it refuses with a 400, as OpenAI words it. */
  readonly refuses?: readonly string[];
  /** Parameters that it takes without a word and without an effect. */
  readonly ignores?: readonly string[];
  readonly reasons?: boolean;
  readonly cached?: number;
  readonly usage?: boolean;
  /** The tokens that it tells for every prompt; otherwise they go by the prompt's length. */
  readonly counts?: number;
  /** Its list of models; without one the address is not known. */
  readonly models?: readonly string[];
  /** What it says to questions that are no probe's. */
  readonly says?: string;
}

const NUMBERS = Array.from({ length: 60 }, (_, at) => at + 1);

/** A whole answer to the questions of a probe, and to any other question, by a server of this behaviour. */
export function speak(
  behaviour: Behaviour,
  { body, path = '' }: Pick<Seen, 'body'> & Partial<Pick<Seen, 'path'>>,
): Fault {
  if (path.endsWith('/models')) return listOf(behaviour);
  const { refuses = [], ignores = [], reasons = false, cached = 0, usage = true } = behaviour;
  const refused = refuses.find((name) => Object.hasOwn(body, name));
  if (refused !== undefined) {
    const message = `Unsupported parameter: '${refused}' is not supported with this model.`;
    const error = { message, type: 'invalid_request_error', param: refused, code: null };
    return { kind: 'status', status: 400, body: { error } };
  }
  const given = (name: string): unknown => (ignores.includes(name) ? undefined : body[name]);
  let text = textFor(body.messages.at(-1)?.content ?? '', given('response_format') !== undefined);
  text ??= behaviour.says ?? 'A first step.\nAnswer: 7\nEND';
  const stop = given('stop');
  if (Array.isArray(stop)) text = text.split(String(stop[0]))[0] ?? '';
  const limit = given('max_tokens') ?? given('max_completion_tokens');
  const words = text.split(/(?<= )/u);
  const isCut = typeof limit === 'number' && words.length > limit;
  const kept = isCut ? words.slice(0, limit) : words;
  const n = given('n') === 2 ? 2 : 1;
  const piece = (index: number, delta: object, reason: string | null): string =>
    event({ model: 'm-1', choices: [{ index, delta, finish_reason: reason }] });
  const streamed = Array.from({ length: n }, (_, index) => [
    ...(reasons ? [chunk({ reasoning_content: 'hm' })] : []),
    piece(index, { content: kept.join('') }, null),
    piece(index, {}, isCut ? 'length' : 'stop'),
  ]).flat();
  const figures = {
    prompt_tokens: behaviour.counts ?? promptTokens(body),
    completion_tokens: kept.length * n,
    prompt_tokens_details: { cached_tokens: cached },
  };
  const isTold = usage && given('stream_options') !== undefined;
  const last = isTold ? [event({ choices: [], usage: figures })] : [];
  const all = [...streamed, ...last, 'data: [DONE]\n\n'];
  return { kind: 'pieces', pieces: [Buffer.from(all.join(''))] };
}

function listOf({ models }: Behaviour): Fault {
  if (models === undefined) return { kind: 'status', status: 404 };
  const data = models.map((id) => ({ id, object: 'model' }));
  return { kind: 'body', type: 'application/json', body: JSON.stringify({ object: 'list', data }) };
}

/** Four bytes are a token, and there is a frame around every prompt. */
export function promptTokens({ messages }: Seen['body']): number {
  return messages.reduce((sum, { content }) => sum + Math.ceil(content.length / 4), 36);
}

function textFor(asked: string, isJson: boolean): string | undefined {
  if (asked.includes('17 + 25')) return '42';
  if (asked.includes('1 to 9')) return NUMBERS.slice(0, 9).join(' ');
  if (asked.includes('1 to 60')) return NUMBERS.join(' ');
  if (asked.includes('2 + 3')) return isJson ? '{"sum":5}' : 'It is 5.';
  return undefined;
}
