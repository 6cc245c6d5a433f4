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
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
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
export function practiceProject(folder: string, prepared: Prepared, train = 120): Promise<string> {
  return ready(folder, `${prepared}-${train}`, async (making, run) => {
    await smallPractice(making, { train, dev: 20, unseen: 10 });
    for (const step of STEPS[prepared]) await run(step);
  });
}

/** How much a project of several rounds asks, and how long it trains. */
interface Rounds {
  readonly sizes: { readonly train: number; readonly dev: number; readonly unseen: number };
  readonly epochs: number;
}

const SMALL: Rounds = { sizes: { train: 30, dev: 40, unseen: 10 }, epochs: 1 };

/**
 * A practice project that has been taught three times and whose fourth set is frozen, to be trained on: each round
 * trained by the Python at `python`. `kind` tells projects apart that differ in the rest.
 */
export function threeRounds(
  folder: string,
  kind: string,
  python: string,
  { sizes, epochs }: Rounds = SMALL,
): Promise<string> {
  return ready(folder, `rounds-${kind}`, async (making, run) => {
    await smallPractice(making, sizes, { epochs });
    await run('round', '--rounds', '3', '--python', python);
    // One more than was asked for, so that the last one is taught, too.
    const file = join(making, 'tailor.json');
    const project = z.looseObject({}).parse(JSON.parse(readFileSync(file, 'utf8')));
    writeFileSync(file, JSON.stringify({ ...project, rounds: 4 }));
    await run('exam');
    await run('teach');
    await run('decide', 'accept', '--rule', 'gate-accept');
    await run('freeze');
  });
}

type Run = (...args: readonly string[]) => Promise<void>;

async function ready(
  folder: string,
  name: string,
  make: (making: string, run: Run) => Promise<void>,
): Promise<string> {
  const version = createHash('sha256').update(readFileSync(CLI)).digest('hex').slice(0, 16);
  const base = join(ROOT, '.cache', 'e2e', 'projects', `${name}-${version}`);
  if (!existsSync(base)) {
    forgetOthers(join(base, '..'), version);
    const making = `${base}.making`;
    rmSync(making, { recursive: true, force: true });
    mkdirSync(making, { recursive: true });
    await make(making, async (...args) => {
      const all = [CLI, ...args, '--project', making, '--quiet'];
      await promisify(execFile)(process.execPath, all);
    });
    renameSync(making, base);
  }
  cpSync(base, folder, { recursive: true });
  return folder;
}

const HOUR = 60 * 60_000;

/** What an older program made is not needed again; what somebody is making right now is left alone. */
function forgetOthers(folder: string, version: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const making = name.endsWith('.making') && Date.now() - statSync(path).mtimeMs < HOUR;
    if (!making && !name.endsWith(version)) rmSync(path, { recursive: true, force: true });
  }
}
