import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { CommandContext } from '../../../../src/node/commands/context.ts';
import { testTeacher } from '../../../../src/node/commands/testTeacher.ts';
import { capabilitiesPath } from '../../../../src/node/teacher/capabilities.ts';
import { profilesPath } from '../../../../src/node/teacher/profiles.ts';
import { speak } from '../../../fakes/dialectServer.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import type { Seen } from '../../../fakes/faultServer.ts';
import { silentLog } from '../../../fakes/loopFakes.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

/** The command as a person runs it who has a profile for this server. */
async function contextFor(server: Server, more: object = {}): Promise<CommandContext> {
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
    ...more,
  };
  await writeFile(path, JSON.stringify({ v: 1, profiles: [profile] }));
  return {
    assets: { installation: root, engine: '', bridge: '', media: '' },
    clock: fakeClock(),
    log: silentLog,
    report: () => undefined,
    signal: new AbortController().signal,
    environment,
    options: { folder: root },
  };
}

it('threat 4: does not repeat a key that the server says back while it refuses', async () => {
  const server = createServer((request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' });
    const said = `no such thing for ${request.headers.authorization ?? ''} of Tailor`;
    response.end(JSON.stringify({ error: { message: said } }));
  });
  const context = await contextFor(server);
  const error: unknown = await testTeacher(context, { profile: 'mine' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(Error);
  expect(String(error)).toContain('[redacted] of Tailor');
  expect(JSON.stringify(error) + String(error)).not.toContain('sk-0123456789');
});

it('shows what the server takes, keeps it for the calls to come, and names the price with its date', async () => {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      // SAFETY: the client under test wrote this body.
      const body = JSON.parse(text) as Seen['body'];
      const answer = speak({ refuses: ['max_tokens'] }, { body });
      if (answer.kind === 'status') {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      } else if (answer.kind === 'pieces') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(Buffer.concat([...answer.pieces]));
      }
    });
  });
  const prices = { inputPerMillion: 1000, outputPerMillion: 1000, asOf: '1969-12-31' };
  const context = await contextFor(server, { prices });
  const { text, json } = await testTeacher(context, { profile: 'mine' });
  const lines = String(text).split('\n');
  expect(lines[0]).toBe('mine answers.');
  expect(lines).toContain('ok  answer: 42');
  expect(lines).toContain(
    'ok  length limit: max_tokens refused, max_completion_tokens taken: max_completion_tokens is used',
  );
  expect(lines).toContain('ok  n: taken');
  expect(lines).toContain('ok  JSON: held to a schema');
  expect(String(text)).toContain('Prices as of 1969-12-31');
  expect(String(text)).toMatch(/cost of this test: 7 calls, 200 \+ \d+ tokens, 0\.\d{4} USD/u);
  expect(json).toMatchObject({ ok: true, dialect: { json: 'json_schema' }, found: { n: 'taken' } });
  const path = capabilitiesPath(profilesPath(context.environment));
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    servers: [{ model: 'm', dialect: { tokenLimitField: 'max_completion_tokens' } }],
  });
});
