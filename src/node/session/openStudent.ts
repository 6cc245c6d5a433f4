import type { Student } from '../../core/exam/student.ts';
import { EngineStudent } from '../engineStudent.ts';
import { encodePrompts } from '../exam/encodePrompts.ts';
import { findStudent, loadStudents, readStudentKey, studentsPath } from '../served/profiles.ts';
import { isMetered, Meter } from '../served/meter.ts';
import { ServedStudent, type ServedStudentOptions } from '../served/servedStudent.ts';
import type { ServerAccess } from '../served/transport.ts';
import { assertWritable } from '../storage/safePath.ts';
import type { Session, Surroundings } from './session.ts';

/** Who sits the project's exams: the server that it names, the exam engine else. */
export function openStudent(
  session: Pick<Session, 'surroundings' | 'store' | 'waits'>,
  round?: number,
): Student {
  const { surroundings, store } = session;
  const { assets, clock, log, report } = surroundings;
  const name = store.project.servedBy;
  if (name === undefined) return new EngineStudent(assets.engine, { log });
  let opened: Promise<ServedStudent> | undefined;
  // The person's file is read when the student is needed: teaching and deciding need none.
  const open = (): Promise<ServedStudent> =>
    (opened ??= serverAccess(surroundings, name).then((access) => {
      const openMeter = round === undefined ? null : meterOf(session, round, access);
      const { topK } = store.project.exam.sampling;
      const wait = session.waits;
      const encode: ServedStudentOptions['encode'] = (prompts, signal) =>
        encodePrompts(assets.engine, prompts, signal);
      return new ServedStudent({ access, clock, log, report, wait, topK, openMeter, encode });
    }));
  return {
    ...(round === undefined ? { forRound: (of: number) => openStudent(session, of) } : {}),
    identify: async (folder) => (await open()).identify(folder),
    sit: async (request, hooks) => (await open()).sit(request, hooks),
    checkParity: async (folder, signal) => (await open()).checkParity(folder, signal),
  };
}

/** The book of a round's requests, where they cost something or are limited. */
function meterOf(
  { surroundings, store }: Pick<Session, 'surroundings' | 'store'>,
  round: number,
  { profile }: ServerAccess,
): (() => Promise<Meter>) | null {
  const { maxRequests, maxCost } = store.project.exam;
  const limits = { maxRequests, maxCost };
  const { clock, log } = surroundings;
  if (!isMetered(profile, limits)) return null;
  if (maxCost !== undefined && profile.prices === undefined) {
    log.warn(
      `exam.maxCost cannot hold: no price is known for ${profile.model} of ${profile.name}. exam.maxRequests limits requests.`,
    );
  }
  return async () => {
    const folder = store.roundFolder(round, 'served');
    await assertWritable(store.root, `rounds/${round}/served/${store.writer}.jsonl`);
    return Meter.open({ profile, limits, folder, writer: store.writer, clock });
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
