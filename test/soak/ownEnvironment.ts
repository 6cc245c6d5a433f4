import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../unit/guards/repositoryFiles.ts';

const run = promisify(execFile);
const BASE = join(ROOT, '.venv');

/** The Python that `npm test` makes for the trainer; environments of proofs borrow from it. */
export const TRAINERS_PYTHON = join(BASE, 'bin', 'python');

async function sitePackages(home: string): Promise<string> {
  const [version] = await readdir(join(home, 'lib'));
  return join(home, 'lib', version ?? '', 'site-packages');
}

/** The Python of an environment that borrows torch and the like from the trainer's, and holds packages of its own. */
export async function environmentWith(
  name: string,
  installs: readonly (readonly string[])[],
): Promise<string> {
  const home = join(ROOT, '.cache', name);
  const python = join(home, 'bin', 'python');
  const done = join(home, 'ready');
  if (existsSync(done)) return python;
  await run(TRAINERS_PYTHON, ['-m', 'venv', home]);
  await writeFile(join(await sitePackages(home), 'trainer.pth'), `${await sitePackages(BASE)}\n`);
  for (const words of installs) {
    await run(python, ['-m', 'pip', 'install', '--quiet', '--no-compile', ...words]);
  }
  await writeFile(done, '');
  return python;
}
