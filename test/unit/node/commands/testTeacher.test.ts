import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { CommandContext } from '../../../../src/node/commands/context.ts';
import { testTeacher } from '../../../../src/node/commands/testTeacher.ts';
import { capabilitiesPath } from '../../../../src/node/teacher/capabilities.ts';
import { profilesPath } from '../../../../src/node/teacher/profiles.ts';
import { speak, type Behaviour } from '../../../fakes/dialectServer.ts';
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

/** A server of this behaviour. */
function speaking(behaviour: Behaviour): Server {
  return createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (part: string) => (text += part));
    request.on('end', () => {
      // SAFETY: the client under test wrote this body, or there is none.
      const body = JSON.parse(text === '' ? '{"messages":[]}' : text) as Seen['body'];
      const answer = speak(behaviour, { body, path: request.url ?? '' });
      if (answer.kind === 'status') {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
      } else if (answer.kind === 'body') {
        response.writeHead(200, { 'content-type': answer.type });
        response.end(answer.body);
      } else if (answer.kind === 'pieces') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(Buffer.concat([...answer.pieces]));
      }
    });
  });
}

it('shows what the server takes, keeps it for the calls to come, and names the price with its date', async () => {
  const server = speaking({ refuses: ['max_tokens'] });
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
  expect(lines).toContain('ok  model: m-1; the server has no list');
  expect(String(text)).toMatch(/^ok {2}token count: \d+ for a text of about \d+$/mu);
  expect(String(text)).toContain('Prices as of 1969-12-31');
  expect(String(text)).toMatch(/cost of this test: 7 calls, \d+ \+ \d+ tokens, \d\.\d{4} USD/u);
  expect(json).toMatchObject({ ok: true, dialect: { json: 'json_schema' }, found: { n: 'taken' } });
  const path = capabilitiesPath(profilesPath(context.environment));
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    servers: [{ model: 'm', dialect: { tokenLimitField: 'max_completion_tokens' } }],
  });
});

it('says when the model is not in the server’s list, and when its tokens cannot be those of the text', async () => {
  const models = ['big', 'sk-0123456789', 'three', 'four', 'five', 'six'];
  const off = await contextFor(speaking({ models, counts: 40 }));
  const { text } = await testTeacher(off, { profile: 'mine' });
  expect(String(text)).toContain(
    '!   model: m-1; it answers, but m is not in the server’s list: big, [redacted], three, four, five\n',
  );
  expect(String(text)).toMatch(/^! {3}token count: 40 for a text of about \d{4}: /mu);
  const fine = await contextFor(speaking({ models: [...models, 'm'] }));
  const listed = String((await testTeacher(fine, { profile: 'mine' })).text);
  expect(listed).toContain('ok  model: m-1; listed\n');
  const many = await contextFor(speaking({ counts: 10_000 }));
  expect(String((await testTeacher(many, { profile: 'mine' })).text)).toContain(
    '!   token count: 10000 for',
  );
});
