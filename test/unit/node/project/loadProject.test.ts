import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/core/errors.ts';
import { loadProject, parseProject } from '../../../../src/node/project/loadProject.ts';
import { aProjectFile } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const file = aProjectFile();
const parse = (change: object): unknown =>
  parseProject(JSON.stringify({ ...file, ...change }), 'tailor.json');

describe('tailor.json', () => {
  it('is found in the folder itself or in the nearest one above', async () => {
    const outer = await temporaryFolder();
    const inner = join(outer, 'inner');
    const deep = join(inner, 'data', 'raw');
    await mkdir(deep, { recursive: true });
    await writeFile(join(outer, 'tailor.json'), JSON.stringify({ ...file, name: 'outer' }));
    await writeFile(join(inner, 'tailor.json'), `\uFEFF${JSON.stringify(file)}`);
    expect(await loadProject(deep)).toEqual({ root: inner, file });
    expect((await loadProject(outer)).file.name).toBe('outer');
  });

  it('has one root, by whatever link it is opened: its runs are named by their paths', async () => {
    const folder = await realpath(await temporaryFolder());
    const root = join(folder, 'real');
    await mkdir(root);
    await writeFile(join(root, 'tailor.json'), JSON.stringify(file));
    await symlink(root, join(folder, 'link'));
    expect((await loadProject(join(folder, 'link'))).root).toBe(root);
  });

  it('says how to make one where there is none', async () => {
    await expect(loadProject(await temporaryFolder())).rejects.toMatchObject({
      code: 'project.missing',
      hint: expect.stringContaining('tailor init'),
    });
  });

  it('names every wrong field at once', () => {
    let problems: unknown;
    try {
      parse({ seed: -1, exam: { maxNewTokens: 0 }, name: '' });
    } catch (error) {
      expect(error).toMatchObject({ code: 'project.invalid' });
      problems = error instanceof AppError ? error.detail['problems'] : undefined;
    }
    expect(problems).toEqual([
      expect.stringMatching(/^name: /u),
      expect.stringMatching(/^seed: /u),
      expect.stringMatching(/^exam\.maxNewTokens: /u),
    ]);
  });

  it('refuses unknown keys, text that is not JSON, and a file over 1 MB', () => {
    expect(() => parse({ onOpen: 'rm -rf ~' })).toThrow(/onOpen/u);
    expect(() => parseProject('{', 'tailor.json')).toThrow(/not valid JSON/u);
    const large = `{"name":"${'x'.repeat(1024 * 1024)}"}`;
    expect(() => parseProject(large, 'tailor.json')).toThrow(/larger than 1 MB/u);
  });

  it('threat 3: has no place for an address, a header or a key', () => {
    for (const key of ['baseURL', 'endpoint', 'apiKey', 'key', 'headers', 'proxy']) {
      expect(() => parse({ [key]: 'https://evil.example' })).toThrow(key);
      expect(() => parse({ teaching: { [key]: 'https://evil.example' } })).toThrow(key);
    }
  });

  it('threat 1: has no place for an interpreter, arguments or an environment', () => {
    for (const key of ['python', 'interpreter', 'launcher', 'args', 'env', 'trustRemoteCode']) {
      expect(() => parse({ [key]: './evil' })).toThrow(key);
      expect(() => parse({ training: { ...file.training, [key]: './evil' } })).toThrow(key);
    }
  });

  it.each([
    '/etc/passwd',
    'C:\\data',
    'C:data',
    '\\\\host\\share',
    '../up',
    'data/../../up',
    'a\\..\\b',
  ])('threat 11: refuses the data path %j', (train) => {
    expect(() => parse({ data: { ...file.data, train } })).toThrow(/relative path/u);
    expect(() => parse({ student: train })).toThrow(/relative path/u);
  });

  it('threat 11: refuses names of extra sets that could become paths', () => {
    for (const name of ['../x', 'a/b', 'CON', 'a.b', '', 'train', 'dev']) {
      const extra = { [name]: 'data/x.jsonl' };
      expect(() => parse({ data: { ...file.data, extra } }), name).toThrow();
    }
    const text = JSON.stringify(file).replace('"extra":{}', '"extra":{"__proto__":"data/x.jsonl"}');
    expect(text).toContain('__proto__');
    expect(Object.keys(parseProject(text, 'tailor.json').data.extra)).toEqual([]);
  });
});
