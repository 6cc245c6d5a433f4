import { loadProject } from '../node/project/loadProject.ts';
import {
  checkBaseURL,
  isLoopback,
  loadProfiles,
  profilesPath,
  PROGRAMMATIC,
  type TeacherProfile,
} from '../node/teacher/profiles.ts';

/** A project's teacher, as far as this computer knows it. */
export type KnownTeacher =
  | { readonly kind: 'programmatic' }
  | {
      readonly kind: 'profile';
      readonly profile: TeacherProfile;
      readonly origin: string;
      /** On this computer: nothing leaves it. */
      readonly isLocal: boolean;
    }
  | { readonly kind: 'unknown'; readonly name: string };

/** Who the project names as its teacher, or the profile that is named instead. */
export async function readTeacher(
  root: string,
  environment: Readonly<Record<string, string | undefined>>,
  named?: string,
): Promise<KnownTeacher> {
  const name = named ?? (await loadProject(root)).file.teacher;
  if (name === PROGRAMMATIC) return { kind: 'programmatic' };
  const profiles = await loadProfiles(profilesPath(environment));
  const profile = profiles.find((one) => one.name === name);
  return profile ? aboutProfile(profile) : { kind: 'unknown', name };
}

export function aboutProfile(profile: TeacherProfile): KnownTeacher & { readonly kind: 'profile' } {
  const url = checkBaseURL(profile.baseURL);
  return { kind: 'profile', profile, origin: url.origin, isLocal: isLoopback(url) };
}
