import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../storage/makeFolder.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { dialectSchema, type Dialect } from './dialect.ts';

const tried = z.enum(['taken', 'ignored', 'refused', 'unknown']);
export type Tried = z.infer<typeof tried>;

/** What "Test Teacher" found out of a server and a model, and when. */
export const findingsSchema = z.strictObject({
  /** Several replies to one request. */
  n: tried,
  stop: tried,
  max_tokens: tried,
  max_completion_tokens: tried,
  /** Whether it tells its usage, and how many read tokens it had read before. */
  usage: z.boolean(),
  cachedTokens: z.boolean(),
  /** Whether it says how much of its rate limit is left. */
  rateHeaders: z.boolean(),
  /** Whether it thinks in a field of its own. */
  reasoning: z.boolean(),
  /** Whether the server's list of models has the model; null where it has no list. */
  listed: z.boolean().nullish(),
  /** The tokens that it told for a long text, and how many that text has by a rough guess. */
  counted: z.strictObject({ told: z.number(), guessed: z.number() }).nullish(),
});
export type ProbeFindings = z.infer<typeof findingsSchema>;

const serverSchema = z.strictObject({
  origin: z.string(),
  path: z.string(),
  model: z.string(),
  /** When the dialect was learned last. */
  at: z.iso.datetime(),
  dialect: dialectSchema,
  /** Absent where only refusals in a run have taught something. */
  findings: findingsSchema.optional(),
});
export type KnownServer = z.infer<typeof serverSchema>;

const fileSchema = z.strictObject({ v: z.literal(1), servers: z.array(serverSchema) });

/** Which server and model is meant; another address or model is another server. */
export type ServerName = Pick<KnownServer, 'origin' | 'path' | 'model'>;

/** What was learned of servers, beside the person's teacher profiles; it can be deleted at any time. */
export function capabilitiesPath(profilesPath: string): string {
  return join(dirname(profilesPath), 'capabilities.json');
}

export function serverName(baseURL: URL, model: string): ServerName {
  return { origin: baseURL.origin, path: baseURL.pathname, model };
}

/** Reads what is known; a file that is missing or damaged means nothing, for it can be learned again. */
async function loadAll(path: string): Promise<KnownServer[]> {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data.servers : [];
  } catch {
    return [];
  }
}

const isSame = (a: ServerName, b: ServerName): boolean =>
  a.origin === b.origin && a.path === b.path && a.model === b.model;

/** What is known of this server and model; undefined where it was never tried. */
export async function loadKnown(path: string, name: ServerName): Promise<KnownServer | undefined> {
  return (await loadAll(path)).find((one) => isSame(one, name));
}

/** Keeps what was learned; older findings of the same server stay where there are no new ones. */
export async function keepKnown(
  path: string,
  name: ServerName,
  learned: { readonly now: number; readonly dialect: Dialect; readonly findings?: ProbeFindings },
): Promise<void> {
  const all = await loadAll(path);
  const before = all.find((one) => isSame(one, name));
  const findings = learned.findings ?? before?.findings;
  const server: KnownServer = {
    ...name,
    at: new Date(learned.now).toISOString(),
    dialect: learned.dialect,
    ...(findings === undefined ? {} : { findings }),
  };
  const servers = [...all.filter((one) => !isSame(one, name)), server];
  await makeFolder(dirname(path));
  await writeSnapshot(path, `${JSON.stringify({ v: 1, servers }, null, 2)}\n`, { mode: 0o600 });
}
