import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRACTICE_PATHS } from '../../src/core/practice/practiceProject.ts';
import { StudentServer } from '../fakes/studentServer.ts';
import { servedByEngine } from './engineServed.ts';
import { recordsIn, smallPractice, startTailor } from './practiceLoop.ts';

const SIZES = { train: 24, dev: 16, unseen: 6 };

describe('a practice project whose exams a server sits: real student, real trainer', () => {
  let folder: string;
  let project: string;
  let variables: Record<string, string>;
  let server: StudentServer;

  const run = (...args: string[]) =>
    startTailor([...args, '--project', project], variables).finished;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailor-served-'));
    project = join(folder, 'project');
    await smallPractice(project, SIZES);
    server = new StudentServer(await servedByEngine(join(project, PRACTICE_PATHS.student)));
    const baseURL = await server.listen();
    await mkdir(join(folder, 'tailor'), { recursive: true });
    const profile = { name: 'box', baseURL, model: 'student', precision: 'float32' };
    await writeFile(
      join(folder, 'tailor', 'students.json'),
      JSON.stringify({ v: 1, profiles: [profile] }),
    );
    variables = { XDG_CONFIG_HOME: folder };
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('exam, teaching, freeze, training; the old server is refused, the new one sits the next exam', async () => {
    const chosen = await run('choose', '--server', 'box');
    expect(chosen.stderr).toBe('');
    expect(JSON.parse(await readFile(join(project, 'tailor.json'), 'utf8'))).toMatchObject({
      servedBy: 'box',
      student: PRACTICE_PATHS.student,
    });
    const tested = await run('student', '--test', '--json');
    expect(JSON.parse(tested.stdout), tested.stderr).toMatchObject({ profile: 'box', ok: true });

    const examined = await run('exam');
    expect(examined.code, examined.stderr).toBe(0);
    const attempts = recordsIn(join(project, 'rounds', '0', 'exam'));
    expect(attempts).toHaveLength(SIZES.train * 4 + SIZES.dev + SIZES.unseen);
    expect(new Set(attempts.map(({ fingerprint }) => fingerprint)).size).toBe(3);
    const asked = server.seen.length;
    // Nothing is missing: only the check asks.
    expect((await run('exam')).code).toBe(0);
    expect(server.seen.slice(asked).filter(({ body }) => body['stream'] === true)).toEqual([]);

    for (const step of [
      ['teach'],
      ['decide', 'accept', '--rule', 'gate-accept'],
      ['freeze'],
      ['train'],
    ]) {
      const done = await run(...step);
      expect(done.code, `${step.join(' ')}: ${done.stderr}`).toBe(0);
    }
    const state = JSON.parse(
      await readFile(join(project, 'rounds', '0', 'round.json'), 'utf8'),
    ) as {
      training: { student: { path: string } };
    };
    const trained = join(project, state.training.student.path);

    // The server still runs the weights from before training.
    const before = server.seen.length;
    const refused = await run('exam', '--round', '1');
    expect(refused.code).toBe(6);
    expect(refused.stderr).toContain(`vllm serve ${trained} --served-model-name student`);
    expect(server.seen.slice(before).filter(({ body }) => body['stream'] === true)).toEqual([]);
    expect(existsSync(join(project, 'rounds', '1', 'exam'))).toBe(false);

    // Somebody waits in one terminal while the server is started anew in another.
    const waiting = startTailor(
      ['exam', '--round', '1', '--wait', '--project', project],
      variables,
    );
    await new Promise<void>((resolve) => {
      waiting.child.stderr?.on('data', (text: string) => {
        if (text.includes('vllm serve')) resolve();
      });
      waiting.child.on('close', () => resolve());
    });
    server.answer = await servedByEngine(trained);
    const sat = await waiting.finished;
    expect(sat.code, sat.stderr).toBe(0);
    const next = recordsIn(join(project, 'rounds', '1', 'exam'));
    expect(next.length).toBeGreaterThan(0);
    const [first] = recordsIn(join(project, 'rounds', '0', 'exam'), 'dev.');
    expect(next.map(({ fingerprint }) => fingerprint)).not.toContain(first?.['fingerprint']);

    // The engine answers greedily as the server did: two ways to the same student.
    const greedy = (): Map<unknown, unknown> =>
      new Map(
        recordsIn(join(project, 'rounds', '1', 'exam'), 'dev.').map(({ questionId, text }) => [
          questionId,
          text,
        ]),
      );
    const byServer = greedy();
    await rm(join(project, 'rounds', '1', 'exam'), { recursive: true });
    expect((await run('choose', '--server', 'engine')).code).toBe(0);
    const own = await run('exam', '--round', '1', '--set', 'dev');
    expect(own.code, own.stderr).toBe(0);
    expect(greedy()).toEqual(byServer);
  }, 400_000);
});
