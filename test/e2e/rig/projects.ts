import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../../scripts/environment.mjs';
import { smallPractice } from '../../process/practiceLoop.ts';

/** The packaged command line. */
export const CLI = join(
  ROOT,
  '.cache',
  'package',
  `${process.platform}-${process.arch}`,
  'dist',
  'cli.cjs',
);

/** How far a prepared practice project has come. */
export type Prepared = 'new' | 'examined' | 'taught';

const STEPS: Record<Prepared, readonly string[]> = {
  new: [],
  examined: ['exam'],
  taught: ['exam', 'teach'],
};

/**
 * A practice project at `folder`, brought this far by the packaged command line. It is made once for every version of
 * that program and copied.
 */
export async function practiceProject(
  folder: string,
  prepared: Prepared,
  train = 120,
): Promise<string> {
  const version = createHash('sha256').update(readFileSync(CLI)).digest('hex').slice(0, 16);
  const base = join(ROOT, '.cache', 'e2e', 'projects', `${prepared}-${train}-${version}`);
  if (!existsSync(base)) {
    forgetOthers(join(base, '..'), version);
    const making = `${base}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    await smallPractice(making, { train, dev: 20, unseen: 10 });
    for (const step of STEPS[prepared]) {
      await promisify(execFile)(process.execPath, [CLI, step, '--project', making, '--quiet']);
    }
    renameSync(making, base);
  }
  cpSync(base, folder, { recursive: true });
  return folder;
}

/** What an older program made is not needed again. */
function forgetOthers(folder: string, version: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(version)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}
