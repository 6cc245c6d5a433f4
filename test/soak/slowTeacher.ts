import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { questionSchema } from '../../src/core/dataset/question.ts';
import { TEACHER_NAME } from '../../src/core/teaching/programmatic/answer.ts';
import { startProgrammaticTeacher } from '../../src/node/programmatic/server.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { recordsIn } from '../process/practiceLoop.ts';

export interface SlowTeacher {
  readonly profile: string;
  /** What the command line needs to find the profile and its key. */
  readonly variables: Readonly<Record<string, string>>;
  /** Requests that the server would bill, by its own ledger. */
  paid(): number;
  close(): Promise<void>;
}

/**
 * The programmatic teacher for a project's questions behind a profile of its own, as any other server would be: it
 * outlives the command, keeps its own ledger, and answers so slowly that teaching can be interrupted.
 */
export async function startSlowTeacher(project: string, settings: string): Promise<SlowTeacher> {
  const questions = recordsIn(join(project, 'data'), 'train.').map((row) =>
    questionSchema.parse(row),
  );
  const server = await startProgrammaticTeacher({
    questions,
    clock: systemClock,
    pace: { latencyMs: 250, tokensPerSecond: 400 },
  });
  const profile = 'slow';
  const keyEnv = 'TAILOR_SLOW_TEACHER_KEY';
  await mkdir(join(settings, 'tailor'), { recursive: true });
  await writeFile(
    join(settings, 'tailor', 'teachers.json'),
    JSON.stringify({
      v: 1,
      profiles: [{ name: profile, baseURL: server.baseURL, model: TEACHER_NAME, keyEnv }],
    }),
  );
  return {
    profile,
    variables: { XDG_CONFIG_HOME: settings, [keyEnv]: server.token },
    paid: () =>
      server.ledger.entries.filter(({ billedPromptTokens }) => billedPromptTokens > 0).length,
    close: () => server.close(),
  };
}
