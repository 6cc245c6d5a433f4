import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { teacherRecordSchema, type TeacherRecord } from '../../src/core/teaching/records.ts';
import type { TeacherRequest } from '../../src/core/teaching/teacher.ts';
import { readJournal } from '../../src/node/storage/readJournal.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import {
  createTeacher,
  type CreateTeacherOptions,
  type OpenedTeacher,
} from '../../src/node/teacher/createTeacher.ts';
import { remoteEndpoint, type Endpoint } from '../../src/node/teacher/endpoint.ts';
import { teacherProfileSchema } from '../../src/node/teacher/profiles.ts';

export const KEY = 'sk-test-0123456789abcdef';

/** A request like the real ones, told apart by question and draw. */
export function requestFor(questionId: string, draw = 0): TeacherRequest {
  return {
    purpose: 'annotate',
    questionId,
    draw,
    messages: [
      { role: 'system', content: 'You are a tutor.' },
      { role: 'user', content: `Solve ${questionId} (${draw}).` },
    ],
    templateId: 'annotate-1',
    templateHash: 'h',
    temperature: 0.7,
    maxTokens: 100,
  };
}

/** A test's endpoint. Tests of silent servers give shorter deadlines; a busy machine must not look like one. */
export function endpointFor(baseURL: string, more: Partial<Endpoint> = {}): Endpoint {
  const profile = teacherProfileSchema.parse({ name: 'test', baseURL, model: 'fault-1' });
  return {
    ...remoteEndpoint(profile, KEY),
    deadlines: { firstTokenMs: 20_000, idleMs: 20_000, totalMs: 40_000 },
    concurrency: 16,
    ...more,
  };
}

export interface Bench {
  readonly folder: string;
  readonly warnings: string[];
  open(endpoint: Endpoint, more?: Partial<CreateTeacherOptions>): Promise<OpenedTeacher>;
  records(round?: number): Promise<TeacherRecord[]>;
  /** The bytes of every journal, for searching. */
  dispose(): Promise<void>;
}

/** A project's rounds folder in a temporary place, and teachers opened on it. */
export async function newBench(): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'tailor-teacher-'));
  const warnings: string[] = [];
  const opened: OpenedTeacher[] = [];
  const say = (): void => undefined;
  return {
    folder,
    warnings,
    open: async (endpoint, more = {}) => {
      const teacher = await createTeacher(endpoint, {
        roundsFolder: folder,
        round: 0,
        writer: 'w1',
        budget: { maxRequests: 10_000, maxTotalTokens: 10_000_000 },
        clock: systemClock,
        log: { debug: say, info: say, warn: (text) => warnings.push(text), error: say },
        random: () => 0.5,
        ...more,
        options: {
          attempts: 5,
          backoff: { baseMs: 5, capMs: 20 },
          cooldownMs: 100,
          ...more.options,
        },
      });
      opened.push(teacher);
      return teacher;
    },
    records: async (round = 0) => {
      const at = join(folder, String(round), 'teacher');
      const all: TeacherRecord[] = [];
      for (const name of (await readdir(at)).sort()) {
        const content = await readJournal(join(at, name), teacherRecordSchema);
        all.push(...content.records);
      }
      return all;
    },
    dispose: async () => {
      for (const one of opened) await one.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const never: AbortSignal = new AbortController().signal;
