import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { essence, recordsIn, smallPractice, startTailor } from './practiceLoop.ts';

const SIZES = { train: 24, dev: 16, unseen: 6 };

describe('tailor round on a small practice project, real student, trainer and teacher server', () => {
  let folder: string;
  let whole: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailor-loop-'));
    whole = join(folder, 'whole');
    await smallPractice(whole, SIZES);
    await cp(whole, join(folder, 'killed'), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('runs one round from nothing to the second exam, and a second start only shows the table', async () => {
    const first = await startTailor(['round', '--rounds', '1', '--project', whole]).finished;
    expect(first.stderr).not.toContain('unexpectedly');
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('dev exam (greedy)');
    expect(first.stdout).toContain('(programmatic)');
    const again = await startTailor(['round', '--rounds', '1', '--project', whole]).finished;
    expect(again.code).toBe(0);
    expect(again.stdout).toBe(first.stdout);
    const json = await startTailor(['status', '--json', '--project', whole]).finished;
    // SAFETY: the command's own JSON; the expectations below check its shape.
    const status = JSON.parse(json.stdout) as { rounds: { round: number }[]; next: unknown };
    expect(status.rounds.map(({ round }) => round)).toEqual([0, 1]);
    // What the trainer's probes were answered after its last step is what the next exam hears: two forwards, one student.
    const runs = join(whole, 'rounds', '0', 'runs');
    const [run = ''] = await readdir(runs);
    const samples = recordsIn(join(runs, run), 'events').filter(({ type }) => type === 'sample');
    const exam = recordsIn(join(whole, 'rounds', '1', 'exam'), 'dev.');
    const told = (of: typeof exam) =>
      new Map(of.map(({ questionId, text, finish }) => [questionId, { text, finish }]));
    expect(samples).toHaveLength(SIZES.dev);
    expect(told(samples)).toEqual(told(exam));
  }, 300_000);

  it('killed at random moments and run again equals uninterrupted; nothing twice, no call paid twice', async () => {
    const killed = join(folder, 'killed');
    let kills = 0;
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const { child, finished } = startTailor(['round', '--rounds', '1', '--project', killed]);
      const timer = setTimeout(() => child.kill('SIGKILL'), 1500 + attempt * 2500);
      const { code, signal } = await finished;
      clearTimeout(timer);
      if (signal === 'SIGKILL') kills += 1;
      if (code === 0) break;
    }
    expect(kills).toBeGreaterThan(0);
    const last = await startTailor(['round', '--rounds', '1', '--project', killed]).finished;
    expect(last.stderr).not.toContain('unexpectedly');
    expect(last.code).toBe(0);
    expect(await essence(killed, 1)).toEqual(await essence(whole, 1));
    const teacher = recordsIn(join(killed, 'rounds', '0', 'teacher'));
    const replies = teacher.filter(({ type }) => type === 'reply').map(({ key }) => key);
    expect(new Set(replies).size).toBe(replies.length);
    const leftovers = (await readdir(join(killed, 'rounds', '0'))).filter((name) =>
      name.includes('tmp'),
    );
    expect(leftovers).toEqual([]);
  }, 600_000);

  it('Ctrl-C during the exam stops at once with exit code 130, and running again continues', async () => {
    const project = join(folder, 'stopped');
    await smallPractice(project, { train: 120, dev: 16, unseen: 6 });
    const { child, finished } = startTailor(['exam', '--project', project]);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (text: string) => {
        if (text.includes('exam train')) resolve();
      });
      child.on('close', () => resolve());
    });
    child.kill('SIGINT');
    const stopped = await finished;
    expect(stopped.code).toBe(130);
    const done = await startTailor(['exam', '--project', project]).finished;
    expect(done.code).toBe(0);
    const attempts = recordsIn(join(project, 'rounds', '0', 'exam'), 'train.');
    const keys = attempts.map(
      ({ questionId, sample }) => `${String(questionId)}/${String(sample)}`,
    );
    expect(keys.length).toBe(480);
    expect(new Set(keys).size).toBe(480);
  }, 300_000);
});
