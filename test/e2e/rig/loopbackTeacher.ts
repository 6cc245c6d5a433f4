import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { TEACHER_NAME } from '../../../src/core/teaching/programmatic/answer.ts';
import { CLI } from './projects.ts';

/** A server of its own process that only takes the key of this start. */
export interface LoopbackTeacher {
  /** e.g. http://127.0.0.1:40123/v1 */
  readonly baseURL: string;
  readonly port: number;
  readonly key: string;
  /** Ends it at once, as a crash would. */
  die(): Promise<void>;
}

/** Serves the programmatic teacher of a project as `tailor teacher --programmatic` does; it ends with the test. */
export async function serveTeacher(project: string, port?: number): Promise<LoopbackTeacher> {
  const args = ['teacher', '--programmatic', '--project', project];
  if (port !== undefined) args.push('--port', String(port));
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const die = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(die);
  let said = '';
  const told = new Promise<RegExpExecArray | null>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /at (http:\/\/127\.0\.0\.1:(\d+)\/v1)\s[^]*start only: (\S+)\s/u.exec(said);
        if (found) resolve(found);
      });
    }
    void ended.then(() => resolve(null));
  });
  const [, baseURL, at, key] = (await told) ?? [];
  if (baseURL === undefined || at === undefined || key === undefined) {
    throw new Error(`The teacher did not start: ${said}`);
  }
  return { baseURL, port: Number(at), key, die };
}

/** Writes a profile of that name into the teachers of the person whose home this is. */
export function addProfile(home: string, name: string, baseURL: string): void {
  const folder = join(home, '.config', 'tailor');
  mkdirSync(folder, { recursive: true });
  const keyEnv = `KEY_OF_${name.toUpperCase()}`;
  const profiles = [{ name, baseURL, model: TEACHER_NAME, keyEnv }];
  writeFileSync(join(folder, 'teachers.json'), JSON.stringify({ v: 1, profiles }));
}

/** Names the teacher in a project's file, as a person would. */
export function useTeacher(project: string, name: string): void {
  const file = join(project, 'tailor.json');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/"teacher":\s*"[^"]*"/u, `"teacher": "${name}"`),
  );
}
