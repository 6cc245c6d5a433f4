import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import * as z from 'zod';
import { refusedParameter } from './dialect.ts';
import { TeacherFailure, type FailureParts } from './failure.ts';

const MAX_SAID = 300;

/** The error object of an OpenAI-shaped body, in the spellings that servers use. */
const errorBodySchema = z.object({
  message: z.unknown().optional(),
  code: z.union([z.string(), z.number()]).nullish(),
  type: z.string().nullish(),
  status: z.number().nullish(),
  param: z.unknown().optional(),
});

interface Said {
  readonly message: string;
  readonly names: string;
  readonly status: number | null;
  readonly param: string | null;
}

function readError(body: unknown): Said {
  if (typeof body === 'string')
    return { message: body.slice(0, MAX_SAID), names: '', status: null, param: null };
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return { message: '', names: '', status: null, param: null };
  const { message, code, type, status, param } = parsed.data;
  const numeric = typeof code === 'number' ? code : status;
  return {
    message: (typeof message === 'string' ? message : JSON.stringify(message ?? '')).slice(
      0,
      MAX_SAID,
    ),
    names: `${code ?? ''} ${type ?? ''}`.toLowerCase(),
    status: typeof numeric === 'number' && numeric >= 400 && numeric < 600 ? numeric : null,
    param: typeof param === 'string' ? param : null,
  };
}

const CONTEXT =
  /context[_ ]length|context window|maximum context|too many tokens|prompt is too long/iu;
const FILTER = /content[_ ](?:filter|policy|management)|moderation|responsible ?ai/iu;
/** Statuses that ask for another try later, whatever their words speak of. */
const TRANSIENT = [408, 409, 425];
const QUOTA = /insufficient_quota|billing|quota_exceeded|credit/iu;

/**
 * A failure that the server stated: by HTTP status, or inside a 200 body or stream (`status` null), where the code in
 * the body takes its place. `retryAfterMs` comes from the headers.
 */
export function classifyStated(
  status: number | null,
  body: unknown,
  headers: { readonly retryAfterMs: number | null; readonly shouldRetry: string | null },
): TeacherFailure {
  const said = readError(body);
  const effective = status ?? said.status;
  const base = { status: effective, retryAfterMs: headers.retryAfterMs };
  const make = (parts: Omit<FailureParts, 'message'>, what: Sentence): TeacherFailure =>
    new TeacherFailure({
      ...base,
      ...parts,
      message: said.message === '' ? what : joined([what, said.message], ': '),
    });

  const words = `${said.names} ${said.message}`;
  if (effective === 402 || (QUOTA.test(said.names) && effective !== 403)) {
    return make(
      {
        class: 'run',
        code: 'teacher.payment',
        hint: sentence`Check the credit and quota of the account, then run again: nothing is lost.`,
      },
      sentence`The teacher’s account has no credit or quota left`,
    );
  }
  if (effective === 401 || effective === 403) {
    return make(
      {
        class: 'run',
        code: 'teacher.auth',
        hint: sentence`Check the key that the profile names, and what it may be used for.`,
      },
      sentence`The teacher refused the key`,
    );
  }
  if (effective === 404) {
    return make(
      {
        class: 'run',
        code: 'teacher.model',
        hint: sentence`Check model and baseURL of the profile.`,
      },
      sentence`The teacher does not know this model or address`,
    );
  }
  const isLimited = effective === 429 || /rate_limit/u.test(said.names);
  // Only where the request itself is what is wrong are these words about it: "too many tokens" a minute pass by
  // waiting, and a moderation service that is down comes back.
  const isOfRequest =
    !isLimited && (effective === null || (effective < 500 && !TRANSIENT.includes(effective)));
  if (effective === 413 || (isOfRequest && CONTEXT.test(words))) {
    return make(
      { class: 'item', code: 'teacher.context' },
      sentence`The request is longer than the teacher’s context`,
    );
  }
  if (isOfRequest && FILTER.test(words)) {
    return make(
      { class: 'item', code: 'teacher.filtered' },
      sentence`The teacher’s filter refused this`,
    );
  }
  if (isLimited) {
    return make(
      { class: 'wait', code: 'teacher.rateLimited' },
      sentence`The teacher limits the rate`,
    );
  }
  if (effective === null || effective >= 500 || TRANSIENT.includes(effective)) {
    const obey = headers.shouldRetry === 'false';
    return make(
      {
        class: obey ? 'item' : 'retry',
        code: 'teacher.server',
        possiblyBilled: status === null,
      },
      effective === null
        ? sentence`The teacher’s server failed`
        : sentence`The teacher’s server failed (${effective})`,
    );
  }
  const refused = refusedParameter({ ...said, words: said.message });
  if (refused?.what === 'value') {
    // Every other request has the same value.
    return make(
      {
        class: 'run',
        code: 'teacher.badRequest',
        hint: sentence`Change this value: teaching in tailor.json holds temperature and maxTokens, the profile topP. Nothing is lost.`,
      },
      sentence`The teacher does not take this value of ${refused.parameter}`,
    );
  }
  return make(
    { class: 'item', code: 'teacher.badRequest', parameter: refused?.parameter ?? null },
    sentence`The teacher did not accept the request (${effective})`,
  );
}

/** Reads the code of a failed connection: Node puts the system's or TLS's own into the innermost cause. */
function causes(error: unknown): {
  readonly codes: string[];
  readonly messages: string[];
  readonly own: TeacherFailure | null;
} {
  const codes: string[] = [];
  const messages: string[] = [];
  let current = error;
  for (let depth = 0; depth < 6 && current instanceof Error; depth += 1) {
    if (current instanceof TeacherFailure) return { codes, messages, own: current };
    messages.push(current.message);
    if ('code' in current && typeof current.code === 'string') codes.push(current.code);
    current = current.cause;
  }
  return { codes, messages, own: null };
}

const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** What a person understands by the commonest of them. */
const UNREACHED: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: sentence`Nobody answers at the teacher’s address`,
  ENOTFOUND: sentence`The teacher’s host name is not known`,
  EAI_AGAIN: sentence`The teacher’s host name cannot be looked up`,
};
const TLS =
  /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO|UNABLE_TO_(?:GET|VERIFY)|HOSTNAME_MISMATCH|INVALID_CA/u;

/** A failure below HTTP: the connection, TLS, a redirect, or a body that is no event stream. */
export function classifyThrown(error: unknown): TeacherFailure {
  const { codes, messages, own } = causes(error);
  if (own !== null) return own;
  const first = codes.at(-1) ?? '';
  if (messages.some((message) => /unexpected redirect/iu.test(message))) {
    return new TeacherFailure({
      class: 'run',
      code: 'teacher.redirect',
      message: sentence`The teacher’s address redirects elsewhere, and redirects are never followed.`,
      hint: sentence`Set baseURL of the profile to the final address, if you trust it.`,
    });
  }
  if (codes.some((code) => TLS.test(code))) {
    return new TeacherFailure({
      class: 'run',
      code: 'teacher.tls',
      message: sentence`The secure connection to the teacher failed (${first}).`,
      hint: sentence`Certificate errors are never ignored: add your organisation’s authority with NODE_EXTRA_CA_CERTS.`,
    });
  }
  if (error instanceof SyntaxError) {
    return new TeacherFailure({
      class: 'retry',
      code: 'teacher.malformed',
      message: sentence`The teacher’s reply is not a stream of JSON events.`,
      possiblyBilled: true,
    });
  }
  const what = UNREACHED[first] ?? sentence`The connection to the teacher failed`;
  return new TeacherFailure({
    class: 'retry',
    code: 'teacher.network',
    message: first === '' ? sentence`${what}.` : sentence`${what} (${first}).`,
    hint: sentence`Check that its server runs, the network, and baseURL of the profile.`,
    possiblyBilled: !codes.some((code) => NEVER_SENT.has(code)),
  });
}

/** A 200 whose body held no event: what it was instead. `head` is the first part of the body. */
export function classifyEmptyStream(head: string): TeacherFailure {
  const text = head.trim();
  const malformed = (what: Sentence): TeacherFailure =>
    new TeacherFailure({
      class: 'retry',
      code: 'teacher.malformed',
      message: sentence`The teacher answered with ${what} instead of a stream of events.`,
      hint: sentence`A proxy or captive portal may stand between; check baseURL of the profile.`,
      possiblyBilled: true,
    });
  if (text === '') return malformed(sentence`an empty body`);
  if (text.startsWith('<')) return malformed(sentence`a web page`);
  try {
    const parsed = z.object({ error: z.unknown() }).safeParse(JSON.parse(text));
    if (parsed.success && parsed.data.error !== undefined) {
      return classifyStated(null, parsed.data.error, { retryAfterMs: null, shouldRetry: null });
    }
    return malformed(sentence`one JSON document`);
  } catch {
    return malformed(sentence`unreadable text`);
  }
}
