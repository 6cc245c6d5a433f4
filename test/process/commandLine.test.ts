import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/node/terminal/exitCodes.ts';
import { NO_PUBLIC_DATA, publicData } from '../fakes/publicData.ts';
import { lines } from '../fakes/projectFolder.ts';
import { sums } from '../fakes/loopFakes.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { onlyJson, tailor } from './tailor.ts';

const OWN = [
  '{"q":"One bag of 3 apples and 4 more?","a":7,"eq":"3 + 4"}',
  '{"q":"No answer here?"}',
  'not json',
  '{"q":"Two and two?","a":"4"}',
  '',
  '{"q":"two  AND two?","a":"5"}',
  '{"q":"Twelve?","a":"a dozen"}',
  '{"q":"Five and five?","a":10}',
].join('\n');
const MAP = ['--map', 'question=q,answer=a,equation=eq'];

async function emptyProject(): Promise<string> {
  const root = await temporaryFolder();
  expect((await tailor(['init', '.', '--student', 'models/mine'], root)).code).toBe(EXIT.ok);
  return root;
}

describe('tailor', () => {
  it('tells its version and its commands', async () => {
    const folder = await temporaryFolder();
    expect(await tailor(['--version'], folder)).toMatchObject({
      code: EXIT.ok,
      out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u),
      err: '',
    });
    const help = await tailor(['--help'], folder);
    expect(help.code).toBe(EXIT.ok);
    expect(help.out).toContain('compare');
  });

  it.each([
    [['nonsense']],
    [['status', '--nonsense']],
    [['decide', 'nonsense']],
    [['compare', 'x', 'y']],
    [['exam', '--round', '-1']],
    [['import', 'jsonl']],
    [['init', '--student', '../elsewhere']],
    [['init', '--practice', '--student', 'models/mine']],
    [['init', '--practice', '--max-new-tokens', '0']],
    [['init', '--practice', '--kinds', 'number,poem']],
    [['init', '--practice', '--kinds', '']],
    [['init', '--kinds', 'choice']],
  ])('ends with 2 and a sentence on %j', async (args) => {
    const folder = await temporaryFolder();
    const { code, out, err } = await tailor(args, folder);
    expect(code).toBe(EXIT.usage);
    expect(out).toBe('');
    expect(err).toMatch(/\S{3}/u);
    expect(err).not.toMatch(/\n\s+at /u);
    const json = await tailor([...args, '--json'], folder);
    expect(json.code).toBe(EXIT.usage);
    expect(onlyJson(json)).toMatchObject({
      error: { code: 'usage', message: expect.stringMatching(/\S{3}/u), hint: expect.any(String) },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('says where there is no project, and what to do', async () => {
    const folder = await temporaryFolder();
    for (const command of ['status', 'exam', 'round', 'freeze']) {
      const { code, out, err } = await tailor([command], folder);
      expect([command, code, out]).toEqual([command, EXIT.project, '']);
      expect(err).toContain('tailor init');
    }
    const json = await tailor(['status', '--json'], folder);
    expect(onlyJson(json)).toMatchObject({ error: { code: 'project.missing' } });
    expect(json.code).toBe(EXIT.project);
  });
});

describe('a new project', () => {
  it('holds settings and prompts, keeps a person’s .gitignore, and is made once', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, '.gitignore'), 'mine\n');
    const made = await tailor(['init', '.', '--student', 'models/mine', '--seed', '7'], root);
    expect(made.code).toBe(EXIT.ok);
    expect((await readdir(root)).sort()).toEqual(['.gitignore', 'prompts', 'tailor.json']);
    expect(await readFile(join(root, '.gitignore'), 'utf8')).toMatch(/^mine\n(?:.*\n)*models\/\n/u);
    const text = await readFile(join(root, 'tailor.json'), 'utf8');
    expect(JSON.parse(text)).toMatchObject({ seed: 7, student: 'models/mine' });
    const again = await tailor(['init', '.', '--json'], root);
    expect(again.code).toBe(EXIT.project);
    expect(onlyJson(again)).toMatchObject({ error: { code: 'project.exists' } });
    expect(await readFile(join(root, 'tailor.json'), 'utf8')).toBe(text);
  });

  it('is a practice project with every choice that was made', async () => {
    const root = await temporaryFolder();
    const choices = ['--name', 'Mine', '--teacher', 'other', '--max-new-tokens', '40'];
    const made = await tailor(['init', '.', '--practice', '--seed', '7', ...choices], root);
    expect(made).toMatchObject({ code: EXIT.ok, err: '' });
    expect(made.out).toContain('Its teacher is "other" of your own profiles.');
    expect(JSON.parse(await readFile(join(root, 'tailor.json'), 'utf8'))).toMatchObject({
      name: 'Mine',
      teacher: 'other',
      seed: 7,
      exam: { maxNewTokens: 40 },
      student: 'models/practice-base',
    });
    expect(await readFile(join(root, 'README.md'), 'utf8')).not.toContain('programmatic');
  });

  it('has practice questions of the kinds that were named', async () => {
    const root = await temporaryFolder();
    const kinds = ['--kinds', 'choice, yes-no,choice'];
    expect((await tailor(['init', '.', '--practice', ...kinds], root)).code).toBe(EXIT.ok);
    const train = (await readFile(join(root, 'data', 'train.jsonl'), 'utf8')).trim().split('\n');
    expect(train).toHaveLength(400);
    for (const [nth, kind] of ['choice', 'yes-no'].entries()) {
      expect(JSON.parse(train[nth] ?? '')).toMatchObject({ kind });
    }
  });

  it('has a status, and says of each later step what must come before it', async () => {
    const root = await emptyProject();
    await tailor(['import', 'jsonl', await own(root), ...MAP], root);
    const status = await tailor(['status', '--json'], join(root, 'data'));
    expect(status).toMatchObject({ code: EXIT.ok, err: '' });
    expect(onlyJson(status)).toMatchObject({ rounds: [], next: { round: 0, step: 'exam' } });
    expect((await tailor(['status'], root)).out).toContain('Next: exam of round 0: tailor exam.');
    for (const args of [['audit'], ['decide', 'accept', '--rule', 'gate-accept'], ['compare']]) {
      const { code, out, err } = await tailor(args, root);
      expect([args, code, out]).toEqual([args, EXIT.project, '']);
      expect(err).not.toMatch(/\n\s+at /u);
    }
    const exam = await tailor(['exam'], root);
    expect(exam.code).toBe(EXIT.student);
    expect(exam.err).toContain('model.safetensors');
  });
});

async function own(root: string): Promise<string> {
  const path = join(root, 'own.jsonl');
  await writeFile(path, OWN);
  return path;
}

describe('tailor import', () => {
  it('names file, line and field of bad rows; the rest loads and the counts add up', async () => {
    const root = await emptyProject();
    await own(root);
    const { code, out } = await tailor(
      ['import', 'jsonl', 'own.jsonl', ...MAP, '--dev', '1'],
      root,
    );
    expect(code).toBe(EXIT.ok);
    expect(out).toContain('Read 7 rows of own.jsonl: 3 kept, 3 bad, 1 duplicate.');
    expect(out).toContain('Line 2 of own.jsonl: a is missing.');
    expect(out).toContain('Line 3 of own.jsonl: it is not valid JSON');
    expect(out).toContain('Line 7 of own.jsonl: a is not one number');
    expect(out).toMatch(/Line 6 of own\.jsonl is left out: .*line 4.*disagree/u);
    const rows = async (set: string) =>
      (await readFile(join(root, 'data', `${set}.jsonl`), 'utf8')).split('\n').filter(Boolean);
    expect([(await rows('train')).length, (await rows('dev')).length]).toEqual([2, 1]);
    const again = await tailor(['import', 'jsonl', 'own.jsonl', ...MAP, '--json'], root);
    expect(again.code).toBe(EXIT.data);
    const replaced = await tailor(
      ['import', 'jsonl', 'own.jsonl', ...MAP, '--replace', '--json'],
      root,
    );
    const { counts, bad } = onlyJson(replaced) as {
      counts: Record<string, number>;
      bad: { line: number; field: string | null }[];
    };
    expect(counts).toEqual({ read: 7, kept: 3, bad: 3, duplicates: 1 });
    expect(bad.map(({ line, field }) => [line, field])).toEqual([
      [2, 'a'],
      [3, null],
      [7, 'a'],
    ]);
  });

  it('refuses before it writes anything: one of two files is there already', async () => {
    const root = await emptyProject();
    await own(root);
    await mkdir(join(root, 'data'));
    await writeFile(join(root, 'data', 'dev.jsonl'), lines(sums('d', 1, 10)));
    const { code, err } = await tailor(['import', 'jsonl', 'own.jsonl', ...MAP], root);
    expect(code).toBe(EXIT.data);
    expect(err).toContain('data/dev.jsonl is already there');
    expect(existsSync(join(root, 'data', 'train.jsonl'))).toBe(false);
  });

  it('says which texts changed, and that rounds were asked the older ones', async () => {
    const root = await emptyProject();
    const before = sums('t', 3, 1);
    const after = before.map((row, at) => (at === 1 ? { ...row, question: 'Another?' } : row));
    await writeFile(join(root, 'before.jsonl'), lines(before));
    await writeFile(join(root, 'after.jsonl'), lines(after));
    const replace = (file: string) =>
      tailor(['import', 'jsonl', file, '--to', 'train', '--replace'], root);
    expect((await replace('before.jsonl')).out).not.toContain('another text');
    const refused = await tailor(['import', 'jsonl', 'after.jsonl', '--to', 'train'], root);
    expect(refused.err).toContain('frozen rounds stay as they are');
    await mkdir(join(root, 'rounds', '0'), { recursive: true });
    const { out } = await replace('after.jsonl');
    expect(out).toContain('data/train.jsonl: 3 questions, 1 of them with another text');
    expect(out).toContain('To ask again: tailor exam');
    expect((await replace('after.jsonl')).out).not.toContain('another text');
  });

  it('ends with the right code where no row, no file or no field is', async () => {
    const root = await emptyProject();
    await writeFile(join(root, 'bad.jsonl'), '{"q":"x?"}\n');
    await writeFile(join(root, 'other.jsonl'), '{"foo":1}\n');
    const code = async (...args: string[]) => (await tailor(['import', ...args], root)).code;
    expect(await code('jsonl', 'bad.jsonl', ...MAP)).toBe(EXIT.data);
    expect(await code('jsonl', 'other.jsonl')).toBe(EXIT.data);
    expect(await code('jsonl', 'missing.jsonl')).toBe(EXIT.storage);
    expect(await code('xml', 'bad.jsonl')).toBe(EXIT.usage);
    expect(await code('csv', 'bad.jsonl')).toBe(EXIT.data);
    expect(await code('jsonl', 'bad.jsonl', '--map', 'question')).toBe(EXIT.usage);
    await own(root);
    expect(await code('jsonl', 'own.jsonl', ...MAP, '--dev', '9')).toBe(EXIT.usage);
    expect(existsSync(join(root, 'data'))).toBe(false);
  });

  it.skipIf(NO_PUBLIC_DATA !== null)('reads SVAMP and GSM8K as published', async () => {
    const root = await emptyProject();
    const svamp = fileURLToPath(publicData('svamp/SVAMP.json'));
    const split = await tailor(['import', 'svamp', svamp, '--dev', '300', '--json'], root);
    const read = onlyJson(split) as { counts: Record<string, number>; files: object[] };
    expect(read.counts['read']).toBe(1000);
    expect(read.counts['bad']).toBe(0);
    const kept = read.counts['kept'] ?? 0;
    expect(kept + (read.counts['duplicates'] ?? 0)).toBe(1000);
    expect(read.files).toEqual([
      { path: 'data/train.jsonl', questions: kept - 300, changed: 0 },
      { path: 'data/dev.jsonl', questions: 300, changed: 0 },
    ]);
    const gsm8k = fileURLToPath(publicData('gsm8k/test.jsonl'));
    const dev = await tailor(
      ['import', 'gsm8k', gsm8k, '--to', 'dev', '--replace', '--json'],
      root,
    );
    expect(onlyJson(dev)).toMatchObject({ counts: { read: 1319, bad: 0 } });
  });
});
