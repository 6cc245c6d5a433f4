import { cancelled } from '../../core/errors.ts';
import type { ChatMessage } from '../../core/teaching/teacher.ts';
import * as z from 'zod';
import { guessTokens } from './budget.ts';
import type { ProbeFindings, Tried } from './capabilities.ts';
import { SpokenDialect, type Dialect } from './dialect.ts';
import { TeacherFailure } from './failure.ts';
import { isListed, listedModels } from './modelList.ts';
import { sendChat, type TransportSettings } from './openaiTransport.ts';
import type { TransportReply } from './transportReply.ts';

/** What a probe found and what it took. */
export interface Probed {
  readonly dialect: Dialect;
  readonly findings: ProbeFindings;
  /** The replies to the plain questions. */
  readonly replies: readonly TransportReply[];
  /** The models that the server lists; null where it has no list. */
  readonly models: readonly string[] | null;
  /** Its list is no call to a model and not in here. */
  readonly spent: {
    readonly requests: number;
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly cachedTokens: number;
  };
}

const COUNT = 'Write the numbers from 1 to 9 in one line, with a space between them.';
const COUNT_FAR = 'Write the numbers from 1 to 60 in one line, with a space between them.';
const SMALL_LIMIT = 8;
/** A shorter text says little: the frame that a server puts around it has some dozens of tokens of its own. */
const COUNTABLE = 500;

/** More than 1,024 tokens, from where on servers remember what they have read; each line another, as in real prompts. */
const LONG_PREFIX = Array.from(
  { length: 90 },
  (_, at) =>
    `Rule ${at + 1}: in part ${at * 7 + 3} of the work, number ${at * 13 + 5} comes first.`,
).join('\n');

/** The schema that a server is tried with; its question does not speak of JSON, so that words alone cannot do it. */
const SUM_SCHEMA = {
  type: 'json_schema',
  json_schema: {
    name: 'sum',
    strict: true,
    schema: {
      type: 'object',
      properties: { sum: { type: 'integer' } },
      required: ['sum'],
      additionalProperties: false,
    },
  },
};

const choicesSchema = z.object({
  choices: z
    .array(
      z.object({
        index: z.number().nullish(),
        delta: z
          .object({ reasoning_content: z.unknown(), reasoning: z.unknown() })
          .partial()
          .nullish(),
      }),
    )
    .nullish(),
});

interface Call {
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

interface Heard {
  readonly reply: TransportReply;
  /** Places of the choices that came. */
  readonly choices: ReadonlySet<number>;
}

const user = (content: string): ChatMessage => ({ role: 'user', content });

/**
 * Finds out what a server takes, by a handful of small requests. The plain questions must work: parameters that they are
 * refused for are left out. Everything after them may be refused, which is a finding. Throws TeacherFailure, `cancelled`.
 */
export async function probeTeacher(
  settings: TransportSettings,
  questions: readonly string[],
  signal: AbortSignal,
): Promise<Probed> {
  const probe = new Probe(settings, signal);
  const replies: TransportReply[] = [];
  for (const question of questions) replies.push(await probe.answer(question));
  const models = await listedModels(settings, signal);
  const long: readonly ChatMessage[] = [{ role: 'system', content: LONG_PREFIX }, user(COUNT)];
  const stop = await probe.tries(
    { messages: long, maxTokens: 64, more: { stop: ['5'] } },
    (heard) => stopped(heard.reply.text),
  );
  const n = await probe.tries(
    { messages: long, maxTokens: 16, more: { n: 2 } },
    ({ choices }): Tried => (choices.size >= 2 ? 'taken' : 'ignored'),
  );
  const limit = (field: Dialect['tokenLimitField']): Promise<Tried> =>
    probe.tries({ messages: [user(COUNT_FAR)], maxTokens: SMALL_LIMIT }, limited, {
      tokenLimitField: field,
    });
  const limits = {
    max_tokens: await limit('max_tokens'),
    max_completion_tokens: await limit('max_completion_tokens'),
  };
  const json = await probe.json();
  return {
    dialect: { ...probe.dialect, tokenLimitField: limitFieldOf(probe.dialect, limits), json },
    findings: {
      n,
      stop,
      ...limits,
      ...probe.noticed,
      listed: models && isListed(settings.model, models),
    },
    replies,
    models,
    spent: probe.spent,
  };
}

function stopped(text: string): Tried {
  if (text.includes('5')) return 'ignored';
  return text.includes('4') ? 'taken' : 'unknown';
}

function limited({ reply }: Heard): Tried {
  if (reply.finishReason === 'length') return 'taken';
  const written = reply.usage?.completionTokens;
  return written !== undefined && written > SMALL_LIMIT ? 'ignored' : 'unknown';
}

/** The field that works; the one in use where both do, or nobody can tell. */
function limitFieldOf(
  { tokenLimitField: used }: Dialect,
  limits: Readonly<Record<Dialect['tokenLimitField'], Tried>>,
): Dialect['tokenLimitField'] {
  const other = used === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  return limits[used] !== 'taken' && limits[other] === 'taken' ? other : used;
}

class Probe {
  readonly #settings: TransportSettings;
  readonly #signal: AbortSignal;
  readonly #spoken: SpokenDialect;
  #rateHeaders = false;
  #reasoning = false;
  #cached = false;
  #usage = false;
  #counted: ProbeFindings['counted'] = null;
  spent = { requests: 0, promptTokens: 0, completionTokens: 0, cachedTokens: 0 };

  constructor(settings: TransportSettings, signal: AbortSignal) {
    this.#settings = settings;
    this.#signal = signal;
    this.#spoken = new SpokenDialect(settings.dialect);
  }

  get dialect(): Dialect {
    return this.#spoken.now;
  }

  get noticed(): Pick<
    ProbeFindings,
    'usage' | 'cachedTokens' | 'rateHeaders' | 'reasoning' | 'counted'
  > {
    return {
      usage: this.#usage,
      cachedTokens: this.#cached,
      rateHeaders: this.#rateHeaders,
      reasoning: this.#reasoning,
      counted: this.#counted,
    };
  }

  /** A plain question, without whatever it is refused for. Room for a model that thinks aloud before it answers. */
  async answer(question: string): Promise<TransportReply> {
    for (;;) {
      const used = this.#spoken.now;
      try {
        return (await this.#ask({ messages: [user(question)], maxTokens: 256 })).reply;
      } catch (error) {
        const parameter = error instanceof TeacherFailure ? error.parameter : null;
        if (parameter === null || !this.#spoken.learn(parameter, used)) throw error;
      }
    }
  }

  /** How one more request goes: what it shows, or that it is refused. Whatever is wrong with all requests is thrown. */
  async tries(
    call: Call,
    shows: (heard: Heard) => Tried,
    other: Partial<Dialect> = {},
  ): Promise<Tried> {
    try {
      return shows(await this.#ask(call, other));
    } catch (error) {
      if (this.#signal.aborted) throw cancelled();
      if (!(error instanceof TeacherFailure)) throw error;
      // A value of ours that is not allowed says nothing of others.
      if (error.class === 'run' && error.code !== 'teacher.badRequest') throw error;
      return error.class === 'item' ? 'refused' : 'unknown';
    }
  }

  /** The strictest way in which this server really holds its model to JSON. */
  async json(): Promise<Dialect['json']> {
    const holds = ({ reply }: Heard): Tried => (isSum(reply.text) ? 'taken' : 'ignored');
    const strict = { messages: [user('What is 2 + 3?')], maxTokens: 256 };
    if (
      (await this.tries({ ...strict, more: { response_format: SUM_SCHEMA } }, holds)) === 'taken'
    ) {
      return 'json_schema';
    }
    const loose = { messages: [user('What is 2 + 3? Give {"sum": …} as JSON.')], maxTokens: 256 };
    const more = { response_format: { type: 'json_object' } };
    return (await this.tries({ ...loose, more }, holds)) === 'taken' ? 'json_object' : 'none';
  }

  async #ask({ messages, maxTokens, more }: Call, other: Partial<Dialect> = {}): Promise<Heard> {
    const choices = new Set<number>();
    this.spent.requests += 1;
    const reply = await sendChat(
      { ...this.#settings, dialect: { ...this.#spoken.now, ...other } },
      { messages, temperature: 0, maxTokens, seed: 0, ...(more === undefined ? {} : { more }) },
      {
        signal: this.#signal,
        onAccepted: (info) => (this.#rateHeaders ||= info !== null),
        onLimited: () => undefined,
        onEvent: (event) => this.#listen(event, choices),
      },
    );
    const { usage } = reply;
    if (usage !== null) {
      this.spent.promptTokens += usage.promptTokens;
      this.spent.completionTokens += usage.completionTokens;
      this.spent.cachedTokens += usage.cachedTokens;
      this.#usage = true;
      this.#cached ||= usage.cachedTokens > 0;
      const guessed = messages.reduce((sum, { content }) => sum + guessTokens(content), 0);
      if (guessed >= COUNTABLE) this.#counted ??= { told: usage.promptTokens, guessed };
    }
    return { reply, choices };
  }

  #listen(event: unknown, choices: Set<number>): void {
    const parsed = choicesSchema.safeParse(event);
    for (const { index, delta } of parsed.data?.choices ?? []) {
      choices.add(index ?? 0);
      const thought = delta?.reasoning_content ?? delta?.reasoning;
      this.#reasoning ||= typeof thought === 'string' && thought !== '';
    }
  }
}

function isSum(text: string): boolean {
  try {
    return z.strictObject({ sum: z.literal(5) }).safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
