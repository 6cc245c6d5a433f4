import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sums } from '../fakes/loopFakes.ts';
import { writeProject } from '../fakes/projectFolder.ts';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const CLI = join(import.meta.dirname, '..', '..', 'dist', 'cli.cjs');

it('a reader that goes away, as in `tailor status | head -1`, is no failure', async () => {
  const root = await temporaryFolder();
  await writeProject(root, { train: sums('q', 2, 1), dev: sums('d', 2, 9) });
  const child = spawn(process.execPath, [CLI, 'status', '--project', root], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
  expect(code).toBe(0);
});
