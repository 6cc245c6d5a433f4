import { mkdir, realpath, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '../../../../src/core/errors.ts';
import { assertWritable, resolveInside } from '../../../../src/node/storage/safePath.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const UNSAFE = { code: 'project.unsafePath' };
let root = '';
let outside = '';

beforeEach(async () => {
  const folder = await realpath(await temporaryFolder());
  root = join(folder, 'project');
  outside = join(folder, 'outside');
  for (const name of ['data', 'rounds', 'models', '.git/hooks', '.vscode']) {
    await mkdir(join(root, name), { recursive: true });
  }
  await mkdir(outside);
  await writeFile(join(outside, 'secret'), '');
});

describe('resolveInside', () => {
  it('resolves plain paths, existing or not', async () => {
    expect(await resolveInside(root, 'data/train.jsonl')).toBe(join(root, 'data', 'train.jsonl'));
    expect(await resolveInside(root, './models/a/b/')).toBe(join(root, 'models', 'a', 'b'));
    expect(await resolveInside(root, 'data/Zoë 1.jsonl')).toBe(join(root, 'data', 'Zoë 1.jsonl'));
  });

  const attempts = [
    ['', '.', '..', '/etc/passwd', '../outside/secret', 'data/../../outside', 'data/..', 'C:/x'],
    ['C:x', '\\\\host\\share', 'data\\..\\x', '..%2foutside', 'data/%2e%2e/x', 'a%00', 'a\0b'],
    ['CON', 'data/nul', 'data/NUL.txt', 'com1.jsonl', 'data/aux.', 'x ', 'x/con/y', 'CONIN$'],
    ['a'.repeat(256), 'é'.repeat(128), 'data//x', 'data/./../..', 'a:stream', 'a\u202eb', 'a\nb'],
  ].flat();
  for (const attempt of attempts) {
    it(`threat 11: refuses ${JSON.stringify(attempt.slice(0, 24))}`, async () => {
      await expect(resolveInside(root, attempt)).rejects.toMatchObject(UNSAFE);
    });
  }

  it('threat 11: no text at all resolves to a place outside', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '/',
      '\\',
      '%2f',
      '..%2f',
      'CON',
      '\0',
      'data',
      'é',
      ' ',
    );
    const path = fc.oneof(
      fc.string(),
      fc.array(piece).map((pieces) => pieces.join('/')),
    );
    await fc.assert(
      fc.asyncProperty(path, async (text) => {
        try {
          expect((await resolveInside(root, text)).startsWith(`${root}/`)).toBe(true);
        } catch (error) {
          expect(isAppError(error, 'project.unsafePath')).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('threat 11: follows links inside the project and refuses those that leave it', async () => {
    await symlink('../models', join(root, 'data', 'in'));
    await symlink(outside, join(root, 'data', 'out'));
    await symlink(join(outside, 'not-yet'), join(root, 'data', 'dangling'));
    await symlink('loop', join(root, 'data', 'loop'));
    expect(await resolveInside(root, 'data/in/a')).toBe(join(root, 'models', 'a'));
    for (const path of ['data/out', 'data/out/secret', 'data/out/new', 'data/dangling']) {
      await expect(resolveInside(root, path)).rejects.toMatchObject(UNSAFE);
    }
    await expect(resolveInside(root, 'data/loop')).rejects.toMatchObject({ code: 'store.io' });
    const allowed = { alsoInside: [outside] };
    expect(await resolveInside(root, 'data/out/secret', allowed)).toBe(join(outside, 'secret'));
  });
});

describe('assertWritable', () => {
  it('allows the places that Tailor owns', async () => {
    for (const path of ['tailor.json', 'data/a.jsonl', 'prompts/p.md', 'rounds/0/x/y.jsonl']) {
      expect(await assertWritable(root, path)).toBe(join(root, path));
    }
    expect(await assertWritable(root, join(root, '.tailor/.gitignore'))).toContain('.tailor');
  });

  const attempts = [
    ['.vscode/settings.json', '.git/config', '.git/hooks/pre-commit', '.gitignore', '.env'],
    ['AGENTS.md', 'CLAUDE.md', '.github/copilot-instructions.md', 'data/AGENTS.md', 'package.json'],
    ['data', 'rounds', 'Data/x', 'README.md', 'data/.git/config', 'rounds/0/.hidden', 'src/x.ts'],
    ['data/../.git/config', '../outside/secret', '/etc/cron.d/x', 'tailor.json/x', '.tailor'],
  ].flat();
  for (const attempt of attempts) {
    it(`threat 12: refuses to write ${attempt}`, async () => {
      await expect(assertWritable(root, attempt)).rejects.toMatchObject(UNSAFE);
    });
  }

  it('threat 12: refuses an allowed name that a link turns into a forbidden place', async () => {
    await symlink('../.git/hooks', join(root, 'data', 'hooks'));
    await symlink('../.vscode/settings.json', join(root, 'data', 'train.jsonl'));
    await expect(assertWritable(root, 'data/hooks/pre-commit')).rejects.toMatchObject(UNSAFE);
    await expect(assertWritable(root, 'data/train.jsonl')).rejects.toMatchObject(UNSAFE);
  });

  it('allows the one export path that a person picked', async () => {
    const exportPath = join(outside, 'export.csv');
    expect(await assertWritable(root, exportPath, { exportPath })).toBe(exportPath);
    await expect(assertWritable(root, join(outside, 'b'), { exportPath })).rejects.toMatchObject(
      UNSAFE,
    );
  });

  it('accepts what it resolved before when the project was opened through a link', async () => {
    const alias = join(outside, 'alias');
    await symlink(root, alias);
    const real = await assertWritable(alias, 'data/a.jsonl');
    expect(real).toBe(join(root, 'data', 'a.jsonl'));
    expect(await assertWritable(alias, real)).toBe(real);
    expect(await assertWritable(alias, join(alias, 'data/a.jsonl'))).toBe(real);
  });
});
