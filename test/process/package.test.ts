import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageVsix } from '../../scripts/package.mjs';
import { smallPractice } from './practiceLoop.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const GOLDEN = join(ROOT, 'test', 'fixtures', 'vsix', 'linux-x64.txt');
const python = process.platform === 'win32' ? 'python' : 'python3';

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('the package', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'tailor-package-'));
  const inside = join(scratch, 'extension');
  let vsix = '';
  let files: string[] = [];

  beforeAll(async () => {
    vsix = await packageVsix({ target: 'linux-x64' });
    execFileSync(python, ['-m', 'zipfile', '-e', vsix, scratch]);
    const list = 'import sys, zipfile; print("\\n".join(zipfile.ZipFile(sys.argv[1]).namelist()))';
    files = execFileSync(python, ['-c', list, vsix], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .sort();
  }, 300_000);
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  // A new file is looked at by a person, who then runs this with UPDATE_GOLDEN=1.
  it('holds exactly the files that are named; what is new must be named', () => {
    // The parts of the extension are named by what is in them: any change of its code renames some.
    const named = files.map((file) =>
      file.replace(/^(extension\/dist\/parts)\/[\w-]+\.cjs$/u, '$1/*.cjs'),
    );
    const actual = `${[...new Set(named)].join('\n')}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(GOLDEN, actual);
    const golden = readFileSync(GOLDEN, 'utf8');
    if (actual !== golden) writeFileSync(`${GOLDEN}.actual`, actual);
    expect(actual).toBe(golden);
  });

  it('is at most 25 MB, with neither source maps nor tests nor keys', () => {
    expect(statSync(vsix).size).toBeLessThanOrEqual(25 * 2 ** 20);
    expect(files.filter((file) => /\.map$|\.ts$|(^|\/)tests?\/|\.env/u.test(file))).toEqual([]);
  });

  it('names what the editor needs and nothing of how it was made', () => {
    const manifest: unknown = JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8'));
    expect(manifest).toMatchObject({ main: './dist/extension.cjs', icon: 'media/icon.png' });
    expect(manifest).not.toHaveProperty('devDependencies');
    expect(manifest).not.toHaveProperty('scripts');
    expect(manifest).not.toHaveProperty('private');
  });

  it('examines a student by itself: its engine loads its own onnxruntime', async () => {
    const project = join(scratch, 'project');
    await smallPractice(project, { train: 4, dev: 4, unseen: 4 });
    const cli = join(inside, 'dist', 'cli.cjs');
    const args = [cli, 'exam', '--project', project, '--json'];
    const said: unknown = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
    expect(said).toMatchObject({ round: 0 });
    const grades = readFileSync(join(project, 'rounds', '0', 'grades.jsonl'), 'utf8');
    expect(grades.trim().split('\n').length).toBeGreaterThanOrEqual(12);
  }, 120_000);
});
