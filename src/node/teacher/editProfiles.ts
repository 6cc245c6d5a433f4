import type { Text } from '../../core/sentence.ts';
import { TEACHERS, type TeacherProfile } from './profiles.ts';
import { addToProfiles, problemOf } from './profilesFile.ts';

/** What a new profile needs; the rest has defaults. */
export interface NewProfile {
  readonly name: string;
  readonly baseURL: string;
  readonly model: string;
  readonly keyEnv?: string;
}

/** Why this cannot be a profile beside the known ones; null when it can. */
export function profileProblem(profile: NewProfile, known: readonly TeacherProfile[]): Text | null {
  return problemOf(profile, known, TEACHERS);
}

/** Adds a profile to the person's own file; everything that stands there stays. */
export function addProfile(path: string, profile: NewProfile): Promise<TeacherProfile> {
  return addToProfiles(path, profile, TEACHERS);
}
