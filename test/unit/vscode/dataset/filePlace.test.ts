import type * as promises from 'node:fs/promises';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { placeOfFile } from '../../../../src/vscode/dataset/filePlace.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, resetVscode } from '../../../fakes/vscode.ts';

const denied = vi.hoisted(() => new Map<string, string>());
vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof promises>();
  return {
    ...real,
    // Who runs the tests may be one whom no permission stops.
    access: (path: string, mode: number) => {
      const code = denied.get(path);
      if (code === undefined) return real.access(path, mode);
      return Promise.reject(Object.assign(new Error(code), { code }));
    },
  };
});

async function project(): Promise<string> {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  return root;
}

async function put(root: string, path: string): Promise<string> {
  const full = join(root, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, '{}\n');
  return full;
}

beforeEach(() => {
  resetVscode();
  denied.clear();
});

describe('where a data file lies', () => {
  it('is a set of its project, also through a link', async () => {
    const root = await project();
    const train = join(root, 'data', 'train.jsonl');
    expect(await placeOfFile(train)).toEqual({ root, set: 'train', readOnly: null });
    const dev = join(root, 'data', 'dev.jsonl');
    expect(await placeOfFile(dev)).toMatchObject({ set: 'dev' });
    const link = join(await temporaryFolder(), 'elsewhere.jsonl');
    await symlink(train, link);
    expect(await placeOfFile(link)).toEqual({ root, set: 'train', readOnly: null });
  });

  it('is no set: another file of the project, or of none', async () => {
    const root = await project();
    const other = await put(root, 'data/notes.jsonl');
    expect(await placeOfFile(other)).toEqual({ root, set: null, readOnly: null });
    const alone = await put(await temporaryFolder(), 'x.jsonl');
    expect(await placeOfFile(alone)).toEqual({ root: null, set: null, readOnly: null });
    expect(await placeOfFile(`${alone}.gone`)).toMatchObject({ readOnly: null });
  });

  it('keeps what rounds wrote, and says what to do instead', async () => {
    const root = await project();
    const why = async (path: string) => (await placeOfFile(await put(root, path))).readOnly;
    expect(await why('rounds/2/train.jsonl')).toMatch(/frozen set of round 2.*next round/u);
    expect(await why('rounds/0/exam/train-abc.jsonl')).toMatch(/record of round 0.*Review/u);
    expect(await why('rounds/0/teacher/replies.jsonl')).toMatch(/record of round 0/u);
    expect(await why('rounds/1/decisions/me.jsonl')).toMatch(/only ever added to.*undo/u);
    expect(await why('rounds/1/runs/r/events.jsonl')).toMatch(/record of round 1/u);
    expect(await why('.tailor/cache.jsonl')).toContain('Tailor keeps this file');
    const outside = await put(await temporaryFolder(), 'rounds/0/train.jsonl');
    expect((await placeOfFile(outside)).readOnly).toBeNull();
  });

  it('keeps what rounds wrote where the project file is broken, too', async () => {
    const root = await project();
    const frozen = await put(root, 'rounds/0/train.jsonl');
    await writeFile(join(root, 'tailor.json'), '{');
    expect((await placeOfFile(frozen)).readOnly).toContain('frozen set');
    expect(await placeOfFile(join(root, 'data', 'train.jsonl'))).toMatchObject({ set: null });
    await rm(join(root, 'tailor.json'));
    expect(await placeOfFile(frozen)).toEqual({ root: null, set: null, readOnly: null });
  });

  it('edge case: untrusted: is only read in Restricted Mode', async () => {
    const train = join(await project(), 'data', 'train.jsonl');
    editor.isTrusted = false;
    expect((await placeOfFile(train)).readOnly).toMatch(/Restricted Mode.*Manage Workspace Trust/u);
  });

  it('edge case: read-only folder: is only read where it or its folder may not be written', async () => {
    const root = await project();
    const train = join(root, 'data', 'train.jsonl');
    denied.set(train, 'EACCES');
    expect((await placeOfFile(train)).readOnly).toMatch(/may not write train\.jsonl/u);
    denied.clear();
    denied.set(dirname(train), 'EACCES');
    expect((await placeOfFile(train)).readOnly).toMatch(/or its folder/u);
    denied.set(train, 'EROFS');
    expect((await placeOfFile(train)).readOnly).toMatch(/file system that is read-only/u);
  });
});
