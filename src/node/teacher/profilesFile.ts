import { dirname } from 'node:path';
import * as z from 'zod';
import { AppError, isAppError } from '../../core/errors.ts';
import { sentence, type Sentence, type Text } from '../../core/sentence.ts';
import { makeFolder } from '../storage/makeFolder.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { firstIssue, readPersonFile } from './personFile.ts';

/** A kind of server that a person keeps profiles of, in a file of their own: `{v: 1, profiles: […]}`. */
export interface ProfilesKind<S extends z.ZodType<Named>> {
  readonly schema: S;
  /** The name that stands for what is built in; no profile may have it. */
  readonly reserved: string;
  /** Throws AppError for an address that is never asked. */
  readonly checkURL: (baseURL: string) => URL;
  /** The refusal of a file, "… are invalid: because". */
  readonly invalid: (because: Sentence) => {
    readonly code: AppError['code'];
    readonly message: Sentence;
  };
  /** The refusal of a new profile, "This is no …: because". */
  readonly unfit: (because: Text) => Sentence;
}

interface Named {
  readonly name: string;
  readonly baseURL: string;
}

/** Reads the profiles of a person's file; a missing file means none. Throws AppError for one that is no such file. */
export async function readProfiles<S extends z.ZodType<Named>>(
  path: string,
  { schema, reserved, checkURL, invalid }: ProfilesKind<S>,
): Promise<z.infer<S>[]> {
  const refuse = (because: Sentence, cause?: unknown): AppError => {
    const { code, message } = invalid(because);
    return new AppError(code, message, {
      hint: sentence`Correct ${path}.`,
      detail: { path },
      ...(cause === undefined ? {} : { cause }),
    });
  };
  const file = z.strictObject({ v: z.literal(1), profiles: z.array(schema) });
  const found = await readPersonFile(path, file, refuse);
  if (found === null) return [];
  const { profiles } = found;
  const names = profiles.map(({ name }) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index || name === reserved);
  if (twice !== undefined) throw refuse(sentence`the name "${twice}" is taken`);
  for (const { baseURL } of profiles) checkURL(baseURL);
  return profiles;
}

/** Why this cannot be a profile beside the known ones; null when it can. */
export function problemOf<S extends z.ZodType<Named>>(
  profile: Named,
  known: readonly Named[],
  { schema, reserved, checkURL }: ProfilesKind<S>,
): Text | null {
  const parsed = schema.safeParse(profile);
  if (!parsed.success) return firstIssue(parsed.error);
  const names = [reserved, ...known.map(({ name }) => name.toLowerCase())];
  if (names.includes(profile.name.toLowerCase())) {
    return sentence`the name "${profile.name}" is taken`;
  }
  try {
    checkURL(profile.baseURL);
    return null;
  } catch (error) {
    return isAppError(error) ? (error.said.hint ?? error.said.message) : String(error);
  }
}

/** Adds a profile to the person's own file; everything that stands there stays. Throws AppError `usage`. */
export async function addToProfiles<S extends z.ZodType<Named>>(
  path: string,
  profile: Named,
  kind: ProfilesKind<S>,
): Promise<z.infer<S>> {
  const known = await readProfiles(path, kind);
  const problem = problemOf(profile, known, kind);
  if (problem !== null) {
    throw new AppError('usage', kind.unfit(problem), { hint: sentence`Nothing was changed.` });
  }
  await makeFolder(dirname(path));
  const text = `${JSON.stringify({ v: 1, profiles: [...known, profile] }, null, 2)}\n`;
  await writeSnapshot(path, text, { mode: 0o600 });
  return kind.schema.parse(profile);
}
