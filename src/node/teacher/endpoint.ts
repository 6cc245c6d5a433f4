import type { Prices } from '../../core/teaching/prices.ts';
import { PLAIN_DIALECT, type Dialect } from './dialect.ts';
import type { TransportSettings } from './openaiTransport.ts';
import {
  PROGRAMMATIC,
  checkBaseURL,
  deadlinesSchema,
  isLoopback,
  type TeacherProfile,
} from './profiles.ts';
import type { EndpointIdentity } from './requestKey.ts';

/** A teacher that can be asked: where it is, who it is for the cache, and how fast to begin. */
export interface Endpoint extends TransportSettings {
  readonly profile: string;
  readonly identity: EndpointIdentity;
  readonly concurrency: number;
  readonly initialRate: number;
  readonly maxRate: number;
  readonly prices?: Prices | undefined;
}

/** Requests per second to begin with: nobody limits an address on this computer. */
const LOCAL_RATE = 1000;
const REMOTE_RATE = 16;

/** The endpoint of a person's own profile, spoken to as its server was found to take it. */
export function remoteEndpoint(
  profile: TeacherProfile,
  key: string | null,
  known: Dialect = PLAIN_DIALECT,
): Endpoint {
  const baseURL = checkBaseURL(profile.baseURL);
  const local = isLoopback(baseURL);
  return {
    profile: profile.name,
    identity: { kind: 'remote', origin: baseURL.origin, path: baseURL.pathname },
    baseURL,
    model: profile.model,
    key,
    headers: profile.headers,
    deadlines: profile.deadlines,
    topP: profile.topP,
    dialect: {
      ...known,
      tokenLimitField: profile.tokenLimitField ?? known.tokenLimitField,
      streamUsage: profile.streamUsage ?? known.streamUsage,
    },
    concurrency: profile.limits.concurrency ?? (local ? 4 : 16),
    initialRate: profile.limits.initialRate ?? (local ? LOCAL_RATE : REMOTE_RATE),
    maxRate: profile.limits.maxRate,
    prices: profile.prices,
  };
}

/** What the built-in teacher's server tells about itself when it has started. */
export interface ProgrammaticServer {
  /** e.g. http://127.0.0.1:40123/v1 */
  readonly baseURL: string;
  readonly token: string;
  readonly model: string;
  readonly version: string;
  readonly dataHash: string;
}

/** The endpoint of the built-in teacher; its cache identity does not hold the port, which changes at every start. */
export function programmaticEndpoint(server: ProgrammaticServer): Endpoint {
  return {
    profile: PROGRAMMATIC,
    identity: {
      kind: 'programmatic',
      name: server.model,
      version: server.version,
      dataHash: server.dataHash,
    },
    baseURL: checkBaseURL(server.baseURL),
    model: server.model,
    key: server.token,
    headers: {},
    deadlines: deadlinesSchema.parse({}),
    topP: 1,
    dialect: { ...PLAIN_DIALECT, json: 'json_schema' },
    concurrency: 8,
    initialRate: LOCAL_RATE,
    maxRate: 10_000,
  };
}
