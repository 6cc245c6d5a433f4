import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { issueText } from '../../core/schemaProblem.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import { makeFolder } from '../storage/makeFolder.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import {
  checkBaseURL,
  loadProfiles,
  PROGRAMMATIC,
  teacherProfileSchema,
  type TeacherProfile,
} from './profiles.ts';

/** What a new profile needs; the rest has defaults. */
export interface NewProfile {
  readonly name: string;
  readonly baseURL: string;
  readonly model: string;
  readonly keyEnv?: string;
}

/** Why this cannot be a profile beside the known ones; null when it can. */
export function profileProblem(profile: NewProfile, known: readonly TeacherProfile[]): Text | null {
  const parsed = teacherProfileSchema.safeParse(profile);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    return first ? issueText(first, sentence`(file)`) : sentence`(file)`;
  }
  const names = [PROGRAMMATIC, ...known.map(({ name }) => name.toLowerCase())];
  if (names.includes(profile.name.toLowerCase()))
    return sentence`the name "${profile.name}" is taken`;
  try {
    checkBaseURL(profile.baseURL);
    return null;
  } catch (error) {
    return error instanceof AppError ? (error.said.hint ?? error.said.message) : String(error);
  }
}

/** Adds a profile to the person's own file; everything that stands there stays. */
export async function addProfile(path: string, profile: NewProfile): Promise<TeacherProfile> {
  const known = await loadProfiles(path);
  const problem = profileProblem(profile, known);
  if (problem !== null) {
    throw new AppError('usage', sentence`This is no teacher profile: ${problem}.`, {
      hint: sentence`Nothing was changed.`,
    });
  }
  const added = teacherProfileSchema.parse(profile);
  await makeFolder(dirname(path));
  const text = `${JSON.stringify({ v: 1, profiles: [...known, profile] }, null, 2)}\n`;
  await writeSnapshot(path, text, { mode: 0o600 });
  return added;
}
