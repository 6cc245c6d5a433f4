import type { Student } from '../../core/exam/student.ts';
import { EngineStudent } from '../engineStudent.ts';
import { findStudent, loadStudents, readStudentKey, studentsPath } from '../served/profiles.ts';
import { ServedStudent } from '../served/servedStudent.ts';
import type { ServerAccess } from '../served/transport.ts';
import type { Session, Surroundings } from './session.ts';

/** Who sits the project's exams: the server that it names, the exam engine else. */
export function openStudent(
  session: Pick<Session, 'surroundings' | 'store' | 'waits'>,
): Student {
  const { surroundings, store } = session;
  const { assets, clock, log, report } = surroundings;
  const name = store.project.servedBy;
  if (name === undefined) return new EngineStudent(assets.engine, { log });
  let opened: Promise<ServedStudent> | undefined;
  // The person's file is read when the student is needed: teaching and deciding need none.
  const open = (): Promise<ServedStudent> =>
    (opened ??= serverAccess(surroundings, name).then(
      (access) => new ServedStudent({ access, clock, log, report, wait: session.waits }),
    ));
  return {
    identify: async (folder) => (await open()).identify(folder),
    sit: async (request, hooks) => (await open()).sit(request, hooks),
    checkParity: async (folder, signal) => (await open()).checkParity(folder, signal),
  };
}

/** A student server of this computer by its name, with the key that is kept for its very origin. */
export async function serverAccess(
  { environment, keyFor }: Pick<Surroundings, 'environment' | 'keyFor'>,
  name: string,
): Promise<ServerAccess> {
  const path = studentsPath(environment);
  const profile = findStudent(await loadStudents(path), name, path);
  const kept = await keyFor?.(new URL(profile.baseURL).origin);
  return { profile, key: kept ?? readStudentKey(profile, environment) };
}
