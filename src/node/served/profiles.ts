import { dirname, join } from 'node:path';
import * as z from 'zod';
import { AppError, isAppError } from '../../core/errors.ts';
import type { ServedForm } from '../../core/exam/served.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import { pricesFor, type Prices } from '../../core/teaching/prices.ts';
import { loadPrices, pricesPath } from '../teacher/priceFile.ts';
import {
  checkBaseURL,
  isLoopback,
  profilesPath,
  teacherProfileSchema,
} from '../teacher/profiles.ts';
import {
  addToProfiles,
  problemOf,
  readProfiles,
  type ProfilesKind,
} from '../teacher/profilesFile.ts';

/** One server of students of this computer's settings; where, and with which key, is never in a project. */
export const studentProfileSchema = teacherProfileSchema
  .pick({ name: true, baseURL: true, model: true, keyEnv: true, headers: true, deadlines: true })
  .extend({
    /** What it costs, where it costs something; else what the person's file of prices says of its model. */
    prices: teacherProfileSchema.shape.prices,
    /** What serves: it decides the command that serves a trained student. */
    kind: z.enum(['vllm', 'llama.cpp', 'ollama', 'other']).default('vllm'),
    api: z.enum(['completions', 'chat']).default('completions'),
    /** What it computes in: it decides how far its log-probabilities may be from the trainer's. */
    precision: z.enum(['float32', 'bfloat16', 'quantised']).default('bfloat16'),
    samples: z.enum(['each', 'together']).default('each'),
    seed: z.boolean().default(true),
    topK: z.boolean().default(true),
    /** vLLM may be told to load a kept adapter by itself; the path must mean the same on its computer. */
    adapters: z.boolean().default(false),
    /** Most requests in flight; the number adapts below it. */
    concurrency: z.number().int().min(1).max(1024).default(32),
  });
export type StudentProfile = Omit<z.infer<typeof studentProfileSchema>, 'prices'> & {
  readonly prices?: Prices | undefined;
};

/** The built-in engine, which needs no profile: the name that takes a project's server away again. */
export const ENGINE = 'engine';

/** Where this person's student servers are kept, beside the teachers: never in a project. */
export function studentsPath(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(dirname(profilesPath(env, platform)), 'students.json');
}

/** Refuses addresses that would send a key or a prompt in the clear, or that hide a login; the teachers' rule. */
export function checkServerURL(baseURL: string): URL {
  try {
    return checkBaseURL(baseURL);
  } catch (error) {
    if (!isAppError(error)) throw error;
    const { origin } = new URL(baseURL);
    throw new AppError(
      'student.unknownProfile',
      sentence`${origin} cannot be used as a student’s server.`,
      {
        hint: sentence`Use https (plain http only for this computer), without user name, query or fragment.`,
        detail: { origin },
      },
    );
  }
}

const STUDENTS: ProfilesKind<typeof studentProfileSchema> = {
  schema: studentProfileSchema,
  reserved: ENGINE,
  checkURL: checkServerURL,
  invalid: (because) => ({
    code: 'student.unknownProfile',
    message: sentence`The student servers are invalid: ${because}.`,
  }),
  unfit: (because) => sentence`This is no student server: ${because}.`,
};

/** Reads the person's student servers, with the prices of those that are not on this computer; a missing file means none. */
export async function loadStudents(path: string): Promise<StudentProfile[]> {
  const profiles = await readProfiles(path, STUDENTS);
  const isPriced = profiles.some(
    ({ prices, baseURL }) => prices === undefined && !isLocal(baseURL),
  );
  const list = isPriced ? await loadPrices(pricesPath(path)) : [];
  return profiles.map((profile) => {
    const { prices, baseURL, model } = profile;
    // A model of that name on this computer costs nothing.
    if (prices !== undefined || isLocal(baseURL)) return profile;
    return { ...profile, prices: pricesFor(model, list) };
  });
}

const isLocal = (baseURL: string): boolean => isLoopback(new URL(baseURL));

/** The server of that name; a project can only name one, it can never bring one. */
export function findStudent(
  profiles: readonly StudentProfile[],
  name: string,
  path: string,
): StudentProfile {
  const found = profiles.find((profile) => profile.name === name);
  if (found !== undefined) return found;
  throw new AppError(
    'student.unknownProfile',
    sentence`This computer has no student server called "${name}".`,
    {
      hint: sentence`Add it with Tailor: Choose Student Server in the editor, or in ${path}.`,
      detail: { known: profiles.map((profile) => profile.name) },
    },
  );
}

/** The key of a server from the variable that its profile names; no other variable is ever looked at. */
export function readStudentKey(
  profile: StudentProfile,
  env: Readonly<Record<string, string | undefined>>,
): string | null {
  if (profile.keyEnv === undefined) return null;
  const key = env[profile.keyEnv]?.trim();
  if (key !== undefined && key !== '') return key;
  throw new AppError('student.auth', sentence`The student server "${profile.name}" needs a key.`, {
    hint: sentence`Put it into the environment variable ${profile.keyEnv}.`,
    detail: { variable: profile.keyEnv },
  });
}

/** What of a profile decides texts. */
export function formOf(profile: StudentProfile): ServedForm {
  const { kind, api, model, precision, samples, seed, topK } = profile;
  return { kind, api, model, precision, samples, seed, topK };
}

/** What a new profile needs; the rest has defaults. */
export interface NewStudent {
  readonly name: string;
  readonly baseURL: string;
  readonly model: string;
  readonly kind?: StudentProfile['kind'];
}

/** Why this cannot be a profile beside the known ones; null when it can. */
export function studentProblem(profile: NewStudent, known: readonly StudentProfile[]): Text | null {
  return problemOf(profile, known, STUDENTS);
}

/** Adds a server to the person's own file; everything that stands there stays. */
export function addStudent(path: string, profile: NewStudent): Promise<StudentProfile> {
  return addToProfiles(path, profile, STUDENTS);
}
