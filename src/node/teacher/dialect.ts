import * as z from 'zod';

/** What a server's dialect of the chat interface takes. What it refuses is left out, or said in its other way. */
export const dialectSchema = z.strictObject({
  /** What it calls the reply's length limit. */
  tokenLimitField: z.enum(['max_tokens', 'max_completion_tokens']),
  /** Whether it may be asked for usage figures in the stream. */
  streamUsage: z.boolean(),
  seed: z.boolean(),
  temperature: z.boolean(),
  topP: z.boolean(),
  /** The strictest way in which it can be held to JSON; `none`: by words alone. */
  json: z.enum(['json_schema', 'json_object', 'none']),
});
export type Dialect = z.infer<typeof dialectSchema>;

/** What is sent to a server of which nothing is known; JSON is asked for by words until a server has shown more. */
export const PLAIN_DIALECT: Dialect = {
  tokenLimitField: 'max_tokens',
  streamUsage: true,
  seed: true,
  temperature: true,
  topP: true,
  json: 'none',
};

/** Parameters that a refusal can name, as they are called on the wire. */
const PARAMETERS = [
  'max_completion_tokens',
  'max_tokens',
  'stream_options',
  'response_format',
  'temperature',
  'top_p',
  'seed',
] as const;
export type Parameter = (typeof PARAMETERS)[number];

/** What a refusal says: the error's own field, its code and type, and its words. */
export interface Refusal {
  readonly param: string | null;
  readonly names: string;
  readonly words: string;
}

/** A parameter that a request was refused for: the server does not take it at all, or not with this value. */
export interface Refused {
  readonly parameter: Parameter;
  readonly what: 'parameter' | 'value';
}

const UNTAKEN_CODE = /(?:^| )(?:unsupported|unknown)_(?!error)/u;
const UNTAKEN =
  /un(?:supported|known|recogni[sz]ed|expected)|not (?:supported|allowed|permitted|available|implemented)|unavailable|deprecated|(?:does|is) not support|extra inputs/iu;
/** Words about how much is allowed: they are said of parameters that the server does take. */
const BOUNDS =
  /too (?:large|small|big|high|low|long|short)|at (?:most|least)|(?:less|greater|more|fewer|larger|smaller|higher|lower) than|[<>]=? ?-?\d|(?:max|min)imum (?:value|of)|between|out of range|exceeds?/iu;
const WRONG = /invalid|must be|should be|expected/iu;
/** Their values are not the person's but our own: a refused one is a refusal of what they ask for. */
const OURS: readonly Parameter[] = ['response_format', 'stream_options'];

/**
 * The parameter that a request was refused for, and whether it is the parameter or its value. A server that names the
 * field of a value that it does not like takes this field: without it, it would do as it likes.
 */
export function refusedParameter({ param, names, words }: Refusal): Refused | null {
  const isCode = UNTAKEN_CODE.test(names);
  const isBound = BOUNDS.test(words);
  const isUntaken = isCode || (UNTAKEN.test(words) && !isBound);
  const field = PARAMETERS.find((name) => param === name || param?.startsWith(`${name}.`) === true);
  const parameter = field ?? (isUntaken || isBound || WRONG.test(words) ? firstOf(words) : null);
  if (parameter === null) return null;
  const isOurs = field !== undefined && OURS.includes(field);
  return { parameter, what: isUntaken || isOurs ? 'parameter' : 'value' };
}

/** The first that is named is the refused one: "Unsupported: 'max_tokens'. Use 'max_completion_tokens' instead." */
function firstOf(words: string): Parameter | null {
  const at = (name: string): number =>
    words.search(new RegExp(`(?<![a-z_])${name}(?![a-z_])`, 'u'));
  const found = PARAMETERS.map((name) => ({ name, at: at(name) })).filter(
    ({ at: place }) => place >= 0,
  );
  return found.sort((a, b) => a.at - b.at)[0]?.name ?? null;
}

/** The dialect without the parameter that was refused; null where nothing is left to be changed. */
export function without(dialect: Dialect, parameter: Parameter): Dialect | null {
  switch (parameter) {
    case 'max_tokens':
      return dialect.tokenLimitField === 'max_tokens'
        ? { ...dialect, tokenLimitField: 'max_completion_tokens' }
        : null;
    case 'max_completion_tokens':
      return dialect.tokenLimitField === 'max_completion_tokens'
        ? { ...dialect, tokenLimitField: 'max_tokens' }
        : null;
    case 'stream_options':
      return dialect.streamUsage ? { ...dialect, streamUsage: false } : null;
    case 'seed':
      return dialect.seed ? { ...dialect, seed: false } : null;
    case 'temperature':
      return dialect.temperature ? { ...dialect, temperature: false } : null;
    case 'top_p':
      return dialect.topP ? { ...dialect, topP: false } : null;
    case 'response_format':
      return weakerJson(dialect);
  }
}

function weakerJson(dialect: Dialect): Dialect | null {
  if (dialect.json === 'none') return null;
  return { ...dialect, json: dialect.json === 'json_schema' ? 'json_object' : 'none' };
}

/**
 * The dialect of one server while it is being spoken: refused parameters are left out from then on. Each is given up
 * once, so a server that refuses everything ends in its refusal.
 */
export class SpokenDialect {
  #now: Dialect;
  readonly #gaveUp = new Set<string>();

  constructor(first: Dialect) {
    this.#now = first;
  }

  get now(): Dialect {
    return this.#now;
  }

  /** Whether a request that was refused for this parameter, sent as `used`, can be sent again in another way. */
  learn(parameter: Parameter, used: Dialect): boolean {
    // Another request's refusal has taught this already.
    if (used !== this.#now) return true;
    const next = without(this.#now, parameter);
    const step = `${parameter} ${this.#now.json}`;
    if (next === null || this.#gaveUp.has(step)) return false;
    this.#gaveUp.add(step);
    this.#now = next;
    return true;
  }
}
