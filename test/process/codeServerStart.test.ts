import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { startCodeServer } from '../../scripts/codeServer.mjs';
import { temporaryFolder } from '../fakes/temporaryFolder.ts';

/** Says what it was started with, and that it listens. */
const ENTRY = `
import { writeFileSync } from 'node:fs';
const [to] = process.argv[1].split('entry.mjs');
writeFileSync(to + 'seen.json', JSON.stringify({ args: process.argv.slice(2), env: process.env }));
console.log('HTTP server listening on http://127.0.0.1:4321/');
setInterval(() => undefined, 1000);
`;

it('threat 18: nothing in the environment moves VS Code in the browser away from loopback or its password', async () => {
  const folder = await temporaryFolder();
  const entry = join(folder, 'entry.mjs');
  writeFileSync(entry, ENTRY);
  const server = await startCodeServer(
    { node: process.execPath, entry, version: '1' },
    {
      userData: join(folder, 'data'),
      extensions: join(folder, 'extensions'),
      home: join(folder, 'home'),
      password: 'the printed one',
      env: {
        PATH: process.env['PATH'],
        CODE_SERVER_HOST: '0.0.0.0',
        CODE_SERVER_CONFIG: '/elsewhere',
        PORT: '80',
        HASHED_PASSWORD: 'another',
        VSCODE_IPC_HOOK_CLI: '/run/other-window.sock',
      },
    },
  );
  onTestFinished(async () => {
    server.stop();
    await server.ended;
  });
  const { args, env } = z
    .object({ args: z.array(z.string()), env: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')));
  expect(env).toMatchObject({ PASSWORD: 'the printed one', HOME: join(folder, 'home') });
  const orders = /^(?:PORT$|HASHED_|CODE_SERVER_|CS_|VSCODE_)/u;
  expect(Object.keys(env).filter((name) => orders.test(name))).toEqual([]);
  expect(args.join(' ')).toContain('--auth password --bind-addr 127.0.0.1:0');
});
