import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { CommandContext } from '../../../../src/node/commands/context.ts';
import { testTeacher } from '../../../../src/node/commands/testTeacher.ts';
import { profilesPath } from '../../../../src/node/teacher/profiles.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { silentLog } from '../../../fakes/loopFakes.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

it('threat 4: does not repeat a key that the server says back while it refuses', async () => {
  const server = createServer((request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    const said = `no such thing for ${request.headers.authorization ?? ''} of Tailor`;
    response.end(JSON.stringify({ error: { message: said } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // SAFETY: a listening server that is no pipe has this kind of address.
  const { port } = server.address() as AddressInfo;
  const root = await temporaryFolder();
  const environment = { XDG_CONFIG_HOME: root, HOME: root, APPDATA: root, MY_KEY: 'sk-0123456789' };
  const path = profilesPath(environment);
  await mkdir(dirname(path), { recursive: true });
  const profile = {
    name: 'mine',
    baseURL: `http://127.0.0.1:${port}/v1`,
    model: 'm',
    keyEnv: 'MY_KEY',
    headers: { 'X-Title': 'Tailor' },
  };
  await writeFile(path, JSON.stringify({ v: 1, profiles: [profile] }));
  const context: CommandContext = {
    assets: { installation: root, engine: '', bridge: '', media: '' },
    clock: fakeClock(),
    log: silentLog,
    report: () => undefined,
    signal: new AbortController().signal,
    environment,
    options: { folder: root },
  };
  const error: unknown = await testTeacher(context, { profile: 'mine' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toContain('[redacted] of Tailor');
  expect(JSON.stringify(error) + String(error)).not.toContain('sk-0123456789');
});
