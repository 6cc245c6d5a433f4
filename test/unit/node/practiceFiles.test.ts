import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { questionSchema } from '../../../src/core/dataset/question.ts';
import { projectFileSchema } from '../../../src/core/project/projectFile.ts';
import { createPracticeProject, placePracticeStudent } from '../../../src/node/practiceFiles.ts';

const SHIPPED = fileURLToPath(new URL('../../../media/practice', import.meta.url));

let folder: string;
let assets: string;
let root: string;

/** Assets with the shipped templates and a student of a few bytes. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailor-practice-'));
  assets = join(folder, 'assets');
  root = join(folder, 'project');
  await mkdir(join(assets, 'student'), { recursive: true });
  await cp(join(SHIPPED, 'templates.json'), join(assets, 'templates.json'));
  const weights = Buffer.from('weights');
  await writeFile(join(assets, 'student', 'model.safetensors'), weights);
  await writeFile(join(assets, 'student', 'config.json'), '{}');
  const digest = createHash('sha256').update(weights).digest('hex');
  const record = { v: 1, sha256: { 'model.safetensors': digest } };
  await writeFile(join(assets, 'student', 'tailor.student.json'), JSON.stringify(record));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function rows(path: string): Promise<unknown[]> {
  const text = await readFile(join(root, path), 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}

describe('createPracticeProject', () => {
  it('writes a whole project: settings, questions, student, readme and what git ignores', async () => {
    await createPracticeProject(root, { seed: 5, assets });
    const raw: unknown = JSON.parse(await readFile(join(root, 'tailor.json'), 'utf8'));
    const project = projectFileSchema.parse(raw);
    expect(project).toMatchObject({
      seed: 5,
      teacher: 'programmatic',
      student: 'models/practice-base',
    });
    const counts = [project.data.train, project.data.dev, project.data.extra['unseen'] ?? ''];
    expect(await Promise.all(counts.map(async (path) => (await rows(path)).length))).toEqual([
      400, 300, 150,
    ]);
    for (const row of await rows(project.data.dev)) questionSchema.parse(row);
    expect((await readdir(join(root, project.student))).sort()).toEqual([
      'config.json',
      'model.safetensors',
      'tailor.student.json',
    ]);
    expect(await readFile(join(root, 'README.md'), 'utf8')).toMatch(
      /programmatic[^]*no language model/u,
    );
    expect((await readFile(join(root, '.gitignore'), 'utf8')).split('\n')).toContain('models/');
  });

  it('has questions of the kinds that were asked for, room for their answers, and says so', async () => {
    await createPracticeProject(root, { seed: 5, assets, kinds: ['number', 'choice', 'yes-no'] });
    const kinds = (await rows('data/train.jsonl')).map((row) => questionSchema.parse(row).kind);
    expect(new Set(kinds)).toEqual(new Set([undefined, 'choice', 'yes-no']));
    const project = projectFileSchema.parse(
      JSON.parse(await readFile(join(root, 'tailor.json'), 'utf8')),
    );
    expect(project.exam.maxNewTokens).toBe(96);
    expect(await readFile(join(root, 'README.md'), 'utf8')).toContain(
      'of these kinds: number, choice, yes-no',
    );
  });

  it('gives the same files for the same seed and other questions for another', async () => {
    const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8');
    await createPracticeProject(root, { seed: 5, assets });
    const first = await Promise.all(['data/train.jsonl', 'tailor.json'].map(read));
    root = join(folder, 'again');
    await createPracticeProject(root, { seed: 5, assets });
    expect(await Promise.all(['data/train.jsonl', 'tailor.json'].map(read))).toEqual(first);
    root = join(folder, 'other');
    await createPracticeProject(root, { seed: 6, assets });
    expect(await read('data/train.jsonl')).not.toBe(first[0]);
  });

  it('refuses a folder that is a project already and changes nothing in it', async () => {
    await mkdir(root);
    await writeFile(join(root, 'tailor.json'), '{"mine":true}');
    await expect(createPracticeProject(root, { seed: 5, assets })).rejects.toMatchObject({
      code: 'project.exists',
    });
    expect(await readdir(root)).toEqual(['tailor.json']);
    expect(await readFile(join(root, 'tailor.json'), 'utf8')).toBe('{"mine":true}');
  });

  it('refuses before the first write where other data lie in its place', async () => {
    await mkdir(join(root, 'data'), { recursive: true });
    await writeFile(join(root, 'data', 'unseen.jsonl'), 'mine\n');
    await expect(createPracticeProject(root, { seed: 5, assets })).rejects.toMatchObject({
      code: 'project.exists',
    });
    expect(await readdir(join(root, 'data'))).toEqual(['unseen.jsonl']);
    expect(await readdir(root)).toEqual(['data']);
  });

  it('completes what an interrupted call began', async () => {
    await createPracticeProject(root, { seed: 5, assets });
    await rm(join(root, 'tailor.json'));
    await rm(join(root, 'models'), { recursive: true });
    await createPracticeProject(root, { seed: 5, assets });
    expect(await readdir(join(root, 'models'))).toEqual(['practice-base']);
    const ignored = (await readFile(join(root, '.gitignore'), 'utf8')).trimEnd().split('\n');
    expect(new Set(ignored).size).toBe(ignored.length);
  });

  it('adds to a .gitignore that is there', async () => {
    await mkdir(root);
    await writeFile(join(root, '.gitignore'), 'secret\nmodels/');
    await createPracticeProject(root, { seed: 5, assets });
    expect(await readFile(join(root, '.gitignore'), 'utf8')).toBe(
      'secret\nmodels/\n.tailor/\nrounds/*/runs/*/checkpoints\n*.tmp\n',
    );
  });

  it('refuses a damaged student and leaves no part of it, nor a project', async () => {
    await writeFile(join(assets, 'student', 'model.safetensors'), 'weightz');
    await expect(createPracticeProject(root, { seed: 5, assets })).rejects.toMatchObject({
      code: 'student.invalid',
      detail: { file: 'model.safetensors' },
    });
    expect(await readdir(join(root, 'models'))).toEqual([]);
    expect(await readdir(root)).not.toContain('tailor.json');
  });

  it('says what is missing from a broken installation', async () => {
    await rm(join(assets, 'templates.json'));
    await expect(createPracticeProject(root, { seed: 5, assets })).rejects.toMatchObject({
      code: 'store.missing',
    });
  });
});

it('names the place that cannot be written, not the student that can be read', async () => {
  await mkdir(root);
  await writeFile(join(root, 'models'), 'a file where a folder belongs');
  await expect(placePracticeStudent(root, assets)).rejects.toMatchObject({
    message: expect.stringContaining(join(root, 'models')),
  });
});
