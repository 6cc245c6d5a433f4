import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import { pricesFor, type Prices } from '../../core/teaching/prices.ts';
import { cachedIsCheaper, loadPrices, priceFields, pricesPath } from './priceFile.ts';
import { readProfiles, type ProfilesKind } from './profilesFile.ts';

/** Node's own fetch gives up on headers and on a silent body after 300 s; deadlines stay below. */
const MAX_WAIT_MS = 290_000;
const RESERVED_HEADERS =
  /^(?:authorization|host|cookie|content-|transfer-|connection|proxy-|te$|upgrade|expect|openai-|x-stainless-)/iu;

export const deadlinesSchema = z.strictObject({
  /** Until the first word of the reply. */
  firstTokenMs: z.number().int().min(1).max(MAX_WAIT_MS).default(90_000),
  /** Between two events of the reply; comments that only keep the line open do not count. */
  idleMs: z.number().int().min(1).max(MAX_WAIT_MS).default(60_000),
  totalMs: z.number().int().min(1).max(3_600_000).default(900_000),
});
export type Deadlines = z.infer<typeof deadlinesSchema>;

export const limitsSchema = z.strictObject({
  /** Most requests in flight; 4 for an address on this computer, 16 elsewhere, when absent. */
  concurrency: z.number().int().min(1).max(256).optional(),
  /** Requests per second to begin with, and never to exceed. */
  initialRate: z.number().gt(0).max(10_000).optional(),
  maxRate: z.number().gt(0).max(10_000).default(1000),
});

/** One teacher of this computer's settings; the key itself is never in it, only the name of its variable. */
export const teacherProfileSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,99}$/iu),
  baseURL: z.url().max(500),
  model: z.string().min(1).max(200),
  keyEnv: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/u)
    .optional(),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]+$/u), z.string().max(1000))
    .refine((headers) => !Object.keys(headers).some((name) => RESERVED_HEADERS.test(name)), {
      message: String(sentence`sets a header that is not yours to set`),
    })
    .default({}),
  limits: limitsSchema.prefault({}),
  deadlines: deadlinesSchema.prefault({}),
  topP: z.number().gt(0).max(1).default(1),
  /** What the server calls the reply's length limit; what was learned of the server when absent. */
  tokenLimitField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** Whether to ask for usage figures in the stream; false for servers that refuse the option. */
  streamUsage: z.boolean().optional(),
  /** What this teacher costs, for estimates: the person keeps it, nothing is looked up. */
  prices: z
    .strictObject(priceFields)
    .refine(cachedIsCheaper.check, { message: cachedIsCheaper.message })
    .optional(),
});
/** `prices`: of its own, or those of the person's file of prices. */
export type TeacherProfile = Omit<z.infer<typeof teacherProfileSchema>, 'prices'> & {
  readonly prices?: Prices | undefined;
};

/** The name of the built-in teacher, which needs no profile and cannot be redefined. */
export const PROGRAMMATIC = 'programmatic';

export function isLoopback(url: URL): boolean {
  const host = url.hostname.toLowerCase();
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}

/** Whether asking a teacher neither costs anything, as far as the person's profile says, nor leaves this computer. */
export function isFree({ baseURL, prices }: Pick<TeacherProfile, 'baseURL' | 'prices'>): boolean {
  return prices === undefined && isLoopback(new URL(baseURL));
}

/** Refuses addresses that would send a key or a prompt in the clear, or that hide a login. */
export function checkBaseURL(baseURL: string): URL {
  const url = new URL(baseURL);
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
  if (
    secure &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === ''
  ) {
    return url;
  }
  throw new AppError(
    'teacher.unknownProfile',
    sentence`${url.origin} cannot be used as a teacher.`,
    {
      hint: sentence`Use https (plain http only for this computer), without user name, query or fragment.`,
      detail: { origin: url.origin },
    },
  );
}

/** Where this person's teacher profiles are kept: never in a project. */
export function profilesPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'win32') {
    return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'tailor', 'teachers.json');
  }
  const configured = env['XDG_CONFIG_HOME'];
  const base = configured?.startsWith('/') === true ? configured : join(homedir(), '.config');
  return join(base, 'tailor', 'teachers.json');
}

/** The teachers that a person keeps, beside the built-in one. */
export const TEACHERS: ProfilesKind<typeof teacherProfileSchema> = {
  schema: teacherProfileSchema,
  reserved: PROGRAMMATIC,
  checkURL: checkBaseURL,
  invalid: (because) => ({
    code: 'teacher.unknownProfile',
    message: sentence`The teacher profiles are invalid: ${because}.`,
  }),
  unfit: (because) => sentence`This is no teacher profile: ${because}.`,
};

/** Reads the person's profiles, with the prices of their models; a missing file means none. */
export async function loadProfiles(path: string): Promise<TeacherProfile[]> {
  const profiles = await readProfiles(path, TEACHERS);
  const list = await loadPrices(pricesPath(path));
  return profiles.map((profile) =>
    profile.prices === undefined ? { ...profile, prices: pricesFor(profile.model, list) } : profile,
  );
}

/** The profile of that name; a project can only name one, it can never bring one. */
export function findProfile(profiles: readonly TeacherProfile[], name: string): TeacherProfile {
  const found = profiles.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  throw new AppError(
    'teacher.unknownProfile',
    sentence`This computer has no teacher called "${name}".`,
    {
      hint: sentence`Add it to your own teacher profiles, or use "${PROGRAMMATIC}".`,
      detail: { known: [PROGRAMMATIC, ...profiles.map((profile) => profile.name)] },
    },
  );
}

/** The key of a profile from the variable that the profile itself names; no other variable is ever looked at. */
export function readKey(
  profile: TeacherProfile,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (profile.keyEnv === undefined) return null;
  const key = env[profile.keyEnv]?.trim();
  if (key !== undefined && key !== '') return key;
  throw new AppError('teacher.auth', sentence`The teacher "${profile.name}" needs a key.`, {
    hint: sentence`Give it one with Tailor: Set Teacher Key in the editor, or in the environment variable ${profile.keyEnv}.`,
    detail: { scope: 'run', variable: profile.keyEnv },
  });
}
