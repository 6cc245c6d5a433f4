import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';
import { ROOT } from '../unit/guards/repositoryFiles.ts';
import { TRAINERS_PYTHON, environmentWith } from './ownEnvironment.ts';

const run = promisify(execFile);
const BRIDGE = join(ROOT, 'python-bridge');
// Each of the two stages: steps, what one process meets, a whole run.
const WITH_DEEPSPEED = 6;

/** The version that the trainer takes, where it says so. */
async function pinned(): Promise<string> {
  const text = await readFile(join(BRIDGE, 'tailor_bridge', 'engine.py'), 'utf8');
  return /^DEEPSPEED = "([^"]+)"$/mu.exec(text)?.[1] ?? '';
}

describe.skipIf(!existsSync(TRAINERS_PYTHON))('training with DeepSpeed', () => {
  it('arrives where one process does, in both stages, and none of its tests is left out', async () => {
    const version = await pinned();
    expect(version).toMatch(/^\d+\.\d+\.\d+$/u);
    const python = await environmentWith(`deepspeed-${version}-venv`, [[`deepspeed==${version}`]]);
    const report = join(await temporaryFolder(), 'report.xml');
    await run(
      python,
      [
        '-m',
        'pytest',
        '-q',
        '-p',
        'no:cacheprovider',
        'tests/test_deepspeed.py',
        `--junitxml=${report}`,
      ],
      { cwd: BRIDGE, maxBuffer: 64 * 1024 * 1024 },
    );
    const text = await readFile(report, 'utf8');
    const count = (word: string): number =>
      Number(new RegExp(`\\b${word}="(\\d+)"`, 'u').exec(text)?.[1] ?? NaN);
    expect(['failures', 'errors', 'skipped'].map(count)).toEqual([0, 0, 0]);
    const names = [...text.matchAll(/ name="(test_\w+\[[12]\])"/gu)].map(([, name]) => name);
    expect(new Set(names).size).toBe(WITH_DEEPSPEED);
  });
});
