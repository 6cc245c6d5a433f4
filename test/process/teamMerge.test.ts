import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../src/node/terminal/exitCodes.ts';
import { recordsIn, smallPractice, startTailor } from './practiceLoop.ts';

const exec = promisify(execFile);

interface Voice {
  readonly writer: string;
  readonly type: string;
  readonly holds: boolean;
}
interface Listed {
  readonly disagreements: readonly {
    readonly questionId: string;
    readonly matter: string;
    readonly voices: readonly Voice[];
  }[];
}

/** One person with a home and a copy of the project of their own. */
interface Person {
  readonly project: string;
  readonly git: (...args: string[]) => Promise<string>;
  readonly tailor: (...args: string[]) => Promise<string>;
  readonly json: <T>(...args: string[]) => Promise<T>;
}

describe('two people, two branches, one project in git', () => {
  let folder: string;
  const people: Person[] = [];

  async function person(name: string, project: string): Promise<Person> {
    const home = join(folder, name);
    await mkdir(home, { recursive: true });
    const variables = { HOME: home, USERPROFILE: home, XDG_CONFIG_HOME: home };
    const env = { ...process.env, ...variables, GIT_CONFIG_NOSYSTEM: '1' };
    const tailor = async (...args: string[]): Promise<string> => {
      const done = await startTailor([...args, '--project', project], variables).finished;
      expect(done.code, `${args.join(' ')}: ${done.stderr}`).toBe(EXIT.ok);
      return done.stdout;
    };
    const git = async (...args: string[]): Promise<string> => {
      const who = ['-c', `user.name=${name}`, '-c', `user.email=${name}@localhost`];
      return (await exec('git', ['-C', project, ...who, ...args], { env })).stdout;
    };
    // SAFETY: compared field by field below.
    const json = async <T>(...args: string[]): Promise<T> =>
      JSON.parse(await tailor(...args, '--json')) as T;
    return { project, git, tailor, json };
  }

  const commit = async ({ git }: Person, message: string): Promise<void> => {
    await git('add', '-A');
    await git('commit', '-q', '-m', message);
  };
  const listed = ({ json }: Person): Promise<Listed> => json('decide', 'disagreements');
  const decisionFiles = ({ project }: Person): string[] =>
    readdirSync(join(project, 'rounds', '0', 'decisions')).sort();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailor-team-'));
    const ana = await person('ana', join(folder, 'project'));
    await smallPractice(ana.project, { train: 6, dev: 4, unseen: 3 });
    await ana.tailor('exam', '--set', 'train');
    await ana.tailor('teach');
    await ana.git('init', '-q', '-b', 'main');
    await commit(ana, 'Examined and taught');
    const copy = join(folder, 'copy');
    await exec('git', ['clone', '-q', ana.project, copy]);
    people.push(ana, await person('ben', copy));
  }, 120_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('merges without a conflict, keeps every decision, and lists where they differ until somebody decides again', async () => {
    const [ana, ben] = people;
    if (!ana || !ben) throw new Error('nobody');
    const items = recordsIn(join(ana.project, 'rounds', '0', 'teacher'), 'items.').filter(
      ({ accepted }) => accepted === true,
    );
    const [both, same, anas, bens] = [0, 1, 2, 3].map((place) => String(items[place]?.['itemId']));
    const question = String(items[0]?.['questionId']);
    const edits = join(folder, 'edits.jsonl');
    const fix = (gold: string): Promise<void> =>
      writeFile(edits, `${JSON.stringify({ questionId: question, gold, reason: 'counted' })}\n`);

    await ana.git('checkout', '-q', '-b', 'anas');
    await ana.tailor('decide', 'accept', String(both), String(same), String(anas));
    await fix('1001');
    await ana.tailor('decide', 'edit', edits);
    await commit(ana, 'Ana decides');
    await ben.git('checkout', '-q', '-b', 'bens');
    await ben.tailor('decide', 'reject', String(both));
    await ben.tailor('decide', 'accept', String(same), String(bens));
    await fix('1002');
    await ben.tailor('decide', 'edit', edits);
    await commit(ben, 'Ben decides');
    const alone = [ana, ben].map(
      (one) => recordsIn(join(one.project, 'rounds/0/decisions')).length,
    );

    await ana.git('pull', '-q', '--no-rebase', '--no-edit', ben.project, 'bens');
    expect(await ana.git('status', '--porcelain')).toBe('');
    expect(await ana.git('log', '-1', '--format=%P')).toMatch(/^\w+ \w+\n$/u);
    const merged = recordsIn(join(ana.project, 'rounds/0/decisions'));
    // What the exam's rule had confirmed before was there for both.
    const writers = new Set(merged.map(({ writer }) => writer));
    expect(writers.size).toBe(2);
    expect(decisionFiles(ana)).toHaveLength(2);
    const before = recordsIn(join(ben.project, 'rounds/0/decisions')).filter(
      ({ author }) => (author as { kind: string }).kind === 'rule',
    ).length;
    expect(merged.length).toBe((alone[0] ?? 0) + (alone[1] ?? 0) - before);

    const { disagreements } = await listed(ana);
    expect(disagreements.map(({ questionId, matter }) => [questionId, matter])).toEqual([
      [question, 'rationale'],
      [question, 'gold'],
    ]);
    for (const { voices } of disagreements) {
      expect(new Set(voices.map(({ writer }) => writer)).size).toBe(2);
      // Ben decided last, by the clock: his word counts.
      expect(voices.map(({ holds }) => holds)).toEqual([false, true]);
    }
    const [rationale] = disagreements;
    expect(rationale?.voices.map(({ type }) => type)).toEqual(['accept', 'reject']);
    expect(await ana.tailor('status')).toContain('People disagree on 1 question of round 0.');
    expect(await ana.tailor('freeze', '--preview')).toContain('People disagree on 1 question');

    // One person decides again, with both words in the project; the other only pulls.
    await ana.tailor('decide', 'accept', String(both));
    await fix('1002');
    await ana.tailor('decide', 'edit', edits);
    expect((await listed(ana)).disagreements).toEqual([]);
    await commit(ana, 'Ana settles it');
    await ben.git('pull', '-q', '--no-rebase', '--no-edit', ana.project, 'anas');
    expect((await listed(ben)).disagreements).toEqual([]);
    const { items: decided } = await ben.json<{ items: { itemId: string; status: string }[] }>(
      'decide',
      'list',
    );
    const status = new Map(decided.map((one) => [one.itemId, one.status]));
    expect([both, same, anas, bens].map((id) => status.get(String(id)))).toEqual(
      Array(4).fill('accepted'),
    );
    expect(await ben.tailor('freeze', '--preview')).not.toContain('disagree');
  });
});
