import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { PRACTICE_PATHS } from '../../src/core/practice/practiceProject.ts';
import { ReviewService } from '../../src/node/review/service.ts';
import { acquireLock } from '../../src/node/storage/lock.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { EXIT } from '../../src/node/terminal/exitCodes.ts';
import { OUTSIDE } from '../fakes/reviewWindow.ts';
import { StudentServer } from '../fakes/studentServer.ts';
import { ENGINE_BUNDLE } from './engineFixtures.ts';
import { servedByEngine } from './engineServed.ts';
import { recordsIn, smallPractice, startTailor, type Finished } from './practiceLoop.ts';

const SIZES = { train: 6, dev: 4, unseen: 3 };
const SAMPLES = 4;

interface Answer {
  readonly sample: number;
  readonly text: string;
}

describe('asking the practice student again, in the terminal', () => {
  let folder: string;
  let project: string;
  let id: string;

  const run = (...args: string[]): Promise<Finished> =>
    startTailor([...args, '--project', project], { XDG_CONFIG_HOME: folder }).finished;
  const again = async (...args: string[]) => {
    const done = await run('again', id, ...args, '--json');
    expect(done.code, done.stderr).toBe(EXIT.ok);
    // SAFETY: compared field by field below.
    return JSON.parse(done.stdout) as { again: Answer[]; recorded: Answer[]; draws: string };
  };
  /** Everything of the round but what was asked again. */
  const record = (): Record<string, string> => {
    const round = join(project, 'rounds', '0');
    const files = ['round.json', 'grades.jsonl'].map((name) => join(round, name));
    for (const part of ['exam', 'decisions']) {
      files.push(...readdirSync(join(round, part)).map((name) => join(round, part, name)));
    }
    return Object.fromEntries(files.map((path) => [path, readFileSync(path, 'utf8')]));
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailor-again-'));
    project = join(folder, 'project');
    await smallPractice(project, SIZES);
    const examined = await run('exam', '--set', 'train');
    expect(examined.code, examined.stderr).toBe(EXIT.ok);
    const [first] = recordsIn(join(project, 'rounds', '0', 'exam'), 'train.');
    id = String(first?.['questionId']);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('gives the answers that an exam with more samples would have had, and leaves the record as it is', async () => {
    const before = record();
    const first = await again();
    expect(first.recorded.map(({ sample }) => sample)).toEqual([0, 1, 2, 3]);
    expect(first.again.map(({ sample }) => sample)).toEqual([4, 5, 6, 7]);
    const second = await again('--samples', '1');
    expect(second.again.map(({ sample }) => sample)).toEqual([8]);
    const greedy = await again('--greedy');
    const twice = await again('--greedy');
    expect([greedy.draws, greedy.again]).toEqual(['greedy', twice.again]);
    const same = await again('--same-draws');
    expect(same.again.map(({ sample, text }) => [sample, text])).toEqual(
      same.recorded.map(({ sample, text }) => [sample, text]),
    );
    expect(record()).toEqual(before);
    const kept = recordsIn(join(project, 'rounds', '0', 'again'));
    expect(kept).toHaveLength(2 * SAMPLES + 3);

    const path = join(project, 'tailor.json');
    const file = JSON.parse(await readFile(path, 'utf8')) as { exam: object };
    await writeFile(path, JSON.stringify({ ...file, exam: { ...file.exam, samples: 9 } }));
    const more = await run('exam', '--set', 'train');
    expect(more.code, more.stderr).toBe(EXIT.ok);
    const exam = recordsIn(join(project, 'rounds', '0', 'exam'), 'train.').filter(
      ({ questionId }) => questionId === id,
    );
    const texts = new Map(exam.map(({ sample, text }) => [sample, text]));
    for (const { sample, text } of [...first.again, ...second.again]) {
      expect([sample, texts.get(sample)]).toEqual([sample, text]);
    }
    await writeFile(path, JSON.stringify(file));
  });

  it('says it in words: what is no part of the exam, who, and how it went then and now', async () => {
    const done = await run('again', id, '--samples', '2', '--student', 'last');
    expect(done.code, done.stderr).toBe(EXIT.ok);
    const lines = done.stdout.trim().split('\n');
    expect(lines[0]).toBe(`${id}, asked again: this is no part of the exam of round 0.`);
    expect(lines[1]).toBe(
      `Student: the base student (${PRACTICE_PATHS.student}), with fresh draws.`,
    );
    expect(lines.find((line) => line.startsWith('In the exam: '))).toMatch(/\d of \d+ right/u);
    expect(lines.find((line) => line.startsWith('Now: '))).toMatch(/\d of 2 right/u);
  });

  it('refuses what it cannot ask, each with its exit code', async () => {
    const lock = await acquireLock(join(project, '.tailor', 'locks'), 'run', {
      clock: systemClock,
    });
    expect((await run('again', id)).code).toBe(EXIT.busy);
    await lock.release();
    expect((await run('again', 'no-such-question')).code).toBe(EXIT.usage);
    expect((await run('again', id, '--student', 'r0-nothing')).code).toBe(EXIT.usage);
    expect((await run('again', id, '--greedy', '--samples', '2')).code).toBe(EXIT.usage);
    expect((await run('again', id, '--greedy', '--same-draws')).code).toBe(EXIT.usage);
    expect((await run('again', id, '--round', '1')).code).toBe(EXIT.project);
    expect((await run('again')).code).toBe(EXIT.usage);
    // The weights are others now: by what the trainer recorded of them, and by what sat the exam.
    const student = join(project, PRACTICE_PATHS.student);
    const config = join(student, 'generation_config.json');
    const text = await readFile(config, 'utf8');
    await appendFile(config, '\n');
    const changed = await run('again', id);
    expect(changed.stderr).toContain('are no longer what they were');
    expect(changed.code).toBe(EXIT.project);
    await writeFile(config, text);
    const weights = join(student, 'model.safetensors');
    const bytes = await readFile(weights);
    await rm(weights);
    expect((await run('again', id)).code).toBe(EXIT.student);
    await writeFile(weights, bytes);
    expect((await run('again', id, '--samples', '1')).code).toBe(EXIT.ok);
  });

  it('is asked from Review by the same engine, as a job that can be watched and stopped', async () => {
    const quiet = (): void => undefined;
    const stages: string[] = [];
    const jobs: string[] = [];
    const abort = new AbortController();
    const never = new AbortController().signal;
    const service = await ReviewService.open({
      root: project,
      surroundings: {
        assets: { engine: ENGINE_BUNDLE, bridge: '', media: '', installation: project },
        clock: systemClock,
        log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
        environment: {},
      },
      actions: {
        run: () => Promise.resolve(),
        open: () => Promise.resolve(),
        focus: quiet,
        strings: () => ({}),
        said: String,
      },
      outside: OUTSIDE,
      asJob: ({ title }, work) => {
        jobs.push(title);
        return work({ signal: abort.signal, report: ({ stage }) => stages.push(String(stage)) });
      },
      pollMs: null,
    });
    onTestFinished(() => service.dispose());
    const view = service.handlersFor('side');
    const before = (await view.record({ id }, never)).again.length;
    const ask = { id, how: 'greedy', who: 'base', samples: null, round: 0 } as const;
    expect(await view.again(ask, never)).toMatchObject({ samples: 1 });
    expect(jobs).toEqual(['Asking the student again']);
    expect(new Set(stages)).toEqual(new Set(['asking the student again']));
    const { again: shown, attempts } = await view.record({ id }, never);
    expect(shown).toHaveLength(before + 1);
    expect(shown[0]).toMatchObject({
      draws: 'greedy',
      student: { same: true, trained: null },
      answers: [{ times: 1 }],
    });
    expect(attempts.reduce((sum, { times }) => sum + times, 0)).toBeLessThanOrEqual(9);
    // Stopped before it began: nothing is asked, and the project is free again.
    abort.abort();
    await expect(view.again({ ...ask, how: 'fresh' }, never)).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect((await view.record({ id }, never)).again).toHaveLength(before + 1);
    expect(service.snapshot()).toMatchObject({ noAgain: null, job: null });
  });

  it('is sat by the server that sits the exams, once it answers as the student', async () => {
    const server = new StudentServer(await servedByEngine(join(project, PRACTICE_PATHS.student)));
    const serving = server.answer;
    const baseURL = await server.listen();
    await mkdir(join(folder, 'tailor'), { recursive: true });
    const profile = { name: 'box', baseURL, model: 'student', precision: 'float32' };
    await writeFile(
      join(folder, 'tailor', 'students.json'),
      JSON.stringify({ v: 1, profiles: [profile] }),
    );
    expect((await run('choose', '--server', 'box')).code).toBe(EXIT.ok);
    server.answer = () =>
      Promise.resolve({ tokens: [{ text: ' nonsense', logprob: -1, id: 5 }], reason: 'stop' });
    expect((await run('again', id)).code).toBe(EXIT.student);
    const waiting = startTailor(
      ['again', id, '--samples', '2', '--wait', '--json', '--project', project],
      { XDG_CONFIG_HOME: folder },
    );
    const before = server.seen.length;
    while (server.seen.length === before) await new Promise((resolve) => setTimeout(resolve, 50));
    server.answer = serving;
    const done = await waiting.finished;
    expect(done.code, done.stderr).toBe(EXIT.ok);
    // What it costs counts for the round's exams, and is limited with them.
    const path = join(project, 'tailor.json');
    const file = JSON.parse(await readFile(path, 'utf8')) as { exam: object };
    const limited = { ...file, exam: { ...file.exam, maxRequests: 1 } };
    await writeFile(path, JSON.stringify(limited));
    const refused = await run('again', id, '--samples', '2');
    expect(refused.stderr).toContain('exam.maxRequests');
    expect(refused.code).not.toBe(EXIT.ok);
    expect(recordsIn(join(project, 'rounds', '0', 'served')).length).toBeGreaterThan(0);
    await server.close();
    expect(JSON.parse(done.stdout)).toMatchObject({
      differs: ['the engine'],
      again: [{ text: expect.stringContaining('Answer:') }, {}],
    });
  });
});
