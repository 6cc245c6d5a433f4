import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isQuick } from '../../scripts/start.mjs';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

const START = join(import.meta.dirname, '..', '..', 'scripts', 'start.mjs');

function start(...args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [START, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, said })));
}

it.each(['abc', '0', '65536', '-1', '80.5', ''])(
  'npm start says what a port is before it does anything: %j',
  async (port) => {
    const { code, said } = await start(`--port=${port}`);
    expect(code).toBe(1);
    expect(said).toContain(`${JSON.stringify(port)} is no port.`);
    expect(said).toContain('1 to 65535');
  },
);

it('holds the first exam of a practice project that it makes, wherever that lies', async () => {
  const project = await temporaryFolder();
  const write = (file: object) => writeFile(join(project, 'tailor.json'), JSON.stringify(file));
  await write({ student: 'models/practice-base', teacher: 'programmatic' });
  expect(isQuick(project, true)).toBe(true);
  // Somebody's own project is theirs to run.
  expect(isQuick(project, false)).toBe(false);
  await write({ student: 'models/smollm2', teacher: 'programmatic' });
  expect(isQuick(project, true)).toBe(false);
});
