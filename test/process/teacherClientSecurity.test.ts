import { readFile, readdir } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAppError } from '../../src/core/errors.ts';
import { startFaultServer, type Fault, type FaultServer } from '../fakes/faultServer.ts';
import {
  KEY,
  endpointFor,
  never,
  newBench,
  requestFor,
  type Bench,
} from '../fakes/teacherBench.ts';
import { remoteEndpoint } from '../../src/node/teacher/endpoint.ts';
import { teacherProfileSchema } from '../../src/node/teacher/profiles.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function serve(plan: (nth: number) => Fault): Promise<FaultServer> {
  const server = await startFaultServer(plan);
  undo.push(() => server.close());
  return server;
}

async function bench(): Promise<Bench> {
  const made = await newBench();
  undo.push(() => made.dispose());
  return made;
}

async function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('it succeeded');
    },
    (error: unknown) => error,
  );
}

describe('fault: redirect to another origin, TLS error, DNS failure, proxy refusal', () => {
  it.each([301, 302, 303, 307, 308])(
    'fault: redirect to another origin (%d): refused, the other sees no key and no prompt',
    async (status) => {
      const evil = await serve(() => ({ kind: 'reply' }));
      const server = await serve(() => ({
        kind: 'status',
        status,
        headers: { location: `${evil.baseURL}/chat/completions` },
      }));
      const { teacher } = await (await bench()).open(endpointFor(server.baseURL));
      const error = await errorOf(teacher.ask(requestFor('q1'), never));
      expect(error).toMatchObject({ code: 'teacher.redirect', detail: { scope: 'run' } });
      expect(evil.seen).toEqual([]);
      expect(server.seen).toHaveLength(1);
    },
  );

  it('fault: redirect to another origin and TLS error: an untrusted certificate stops the run', async () => {
    const server = createTlsServer({ ...selfSigned() }, (_, res) => res.end('{}'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    undo.push(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const { teacher } = await (await bench()).open(endpointFor(`https://127.0.0.1:${port}/v1`));
    const error = await errorOf(teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.tls', detail: { scope: 'run' } });
  });

  it('fault: redirect to another origin and TLS error: plain HTTP behind an https address', async () => {
    const server = await serve(() => ({ kind: 'reply' }));
    const { teacher } = await (
      await bench()
    ).open(endpointFor(server.baseURL.replace('http:', 'https:')));
    const error = await errorOf(teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.tls' });
  });

  it.each([
    ['DNS failure', 'https://teacher.invalid/v1'],
    ['connection refused', 'http://127.0.0.1:65533/v1'],
  ])(
    'fault: redirect to another origin and the like: %s ends the run with a clear message, and marks nothing as asked',
    async (_, baseURL) => {
      const place = await bench();
      const { teacher } = await place.open(endpointFor(baseURL), { options: { attempts: 2 } });
      const error = await errorOf(teacher.ask(requestFor('q1'), never));
      expect(error).toMatchObject({ code: 'teacher.network', detail: { scope: 'run' } });
      expect(await errorOf(teacher.ask(requestFor('q2'), never))).toBe(error);
      expect(new Set((await place.records()).map(({ type }) => type))).toEqual(
        new Set(['intent', 'fail']),
      );
      expect(isAppError(error) && error.message).toMatch(/ENOTFOUND|EAI_AGAIN|ECONNREFUSED/u);
      expect(teacher.spending().possiblyBilled).toBe(0);
    },
  );

  it('fault: redirect to another origin and proxy refusal: 407 is a failed connection', async () => {
    const server = await serve(() => ({ kind: 'status', status: 407 }));
    const { teacher } = await (await bench()).open(endpointFor(server.baseURL));
    const error = await errorOf(teacher.ask(requestFor('q1'), never));
    expect(error).toMatchObject({ code: 'teacher.network', detail: { scope: 'item' } });
  });
});

describe('threat 3: environment and settings redirect the base URL or steal the key', () => {
  const saved = { ...process.env };
  beforeEach(() => {
    undo.push(() => {
      process.env = { ...saved };
    });
  });

  it.each([
    ['with a key', KEY],
    ['without a key', null],
  ])('threat 3: hostile OPENAI_* variables have no effect (%s)', async (_, key) => {
    const evil = await serve(() => ({ kind: 'reply' }));
    const server = await serve(() => ({ kind: 'reply' }));
    Object.assign(process.env, {
      OPENAI_BASE_URL: evil.baseURL,
      OPENAI_API_KEY: 'sk-environment-key',
      OPENAI_ADMIN_KEY: 'sk-environment-admin',
      OPENAI_ORG_ID: 'org-environment',
      OPENAI_PROJECT_ID: 'proj-environment',
      OPENAI_WEBHOOK_SECRET: 'whsec-environment',
      OPENAI_CUSTOM_HEADERS: `x-evil: environment\nauthorization: Bearer environment\nhost: ${new URL(evil.baseURL).host}`,
      OPENAI_LOG: 'debug',
    });
    const lines: string[] = [];
    for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      const original = console[name].bind(console);
      console[name] = (...parts: unknown[]) => void lines.push(parts.join(' '));
      undo.push(() => {
        console[name] = original;
      });
    }
    const { teacher } = await (await bench()).open(endpointFor(server.baseURL, { key }));
    await teacher.ask(requestFor('q1'), never);
    expect(evil.seen).toEqual([]);
    const [seen] = server.seen;
    expect(JSON.stringify(seen?.headers)).not.toContain('environment');
    expect(seen?.headers['authorization']).toBe(key === null ? undefined : `Bearer ${KEY}`);
    expect(lines).toEqual([]);
  });

  it('threat 3: only the listed headers leave', async () => {
    const server = await serve(() => ({ kind: 'reply' }));
    const headers = { 'x-title': 'mine' };
    const { teacher } = await (await bench()).open(endpointFor(server.baseURL, { headers }));
    await teacher.ask(requestFor('q1'), never);
    const automatic = [
      'accept-encoding',
      'accept-language',
      'connection',
      'content-length',
      'host',
      'sec-fetch-mode',
    ];
    const names = Object.keys(server.seen[0]?.headers ?? {}).filter(
      (name) => !automatic.includes(name),
    );
    expect(names.sort()).toEqual([
      'accept',
      'authorization',
      'content-type',
      'user-agent',
      'x-title',
    ]);
  });

  it.each([
    ['plain http elsewhere', { baseURL: 'http://example.com/v1' }],
    ['a login in the address', { baseURL: 'https://a:b@example.com/v1' }],
    ['a query', { baseURL: 'https://example.com/v1?to=evil' }],
    ['another scheme', { baseURL: 'ftp://example.com' }],
  ])('threat 3: a profile with %s is refused', (_, more) => {
    const profile = teacherProfileSchema.parse({ name: 'x', model: 'm', ...more });
    expect(() => remoteEndpoint(profile, null)).toThrow(
      expect.objectContaining({ code: 'teacher.unknownProfile' }),
    );
  });
});

describe('threat 4: key in logs, journals, errors', () => {
  it.each([
    ['as it is', KEY],
    ['in a URL', encodeURIComponent(KEY)],
    ['in base64', Buffer.from(`Bearer ${KEY}`).toString('base64')],
    ['in base64 of more', Buffer.from(`{"k":"${KEY}"}`).toString('base64url')],
    ['in a JSON string', JSON.stringify({ k: KEY })],
  ])(
    'threat 4: a server that echoes the key (%s) does not get it written or shown',
    async (_, form) => {
      const server = await serve((nth) => {
        if (nth === 1) return { kind: 'reply', text: `key ${form}\nEND` };
        if (nth === 2)
          return { kind: 'status', status: 500, body: { error: { message: `bad key ${form}` } } };
        if (nth === 3) return { kind: 'cut', how: 'reset' };
        return { kind: 'status', status: 401, body: { error: { message: `wrong key ${form}` } } };
      });
      const place = await bench();
      const { teacher } = await place.open(endpointFor(server.baseURL));
      const reply = await teacher.ask(requestFor('q1'), never);
      const error = await errorOf(teacher.ask(requestFor('q2'), never));
      const journals = await readdir(join(place.folder, '0', 'teacher'));
      const written = await Promise.all(
        journals.map((name) => readFile(join(place.folder, '0', 'teacher', name), 'utf8')),
      );
      const shown = [
        reply.text,
        ...written,
        ...place.warnings,
        isAppError(error) ? error.message + (error.stack ?? '') + JSON.stringify(error.detail) : '',
      ].join('\n');
      expect(shown).toContain('[redacted]');
      expect(shown).not.toContain(KEY);
      expect(shown).not.toContain(form);
      for (const shift of [0, 1, 2]) {
        const core = Buffer.from(KEY)
          .subarray(shift, shift + 15)
          .toString('base64');
        expect(shown).not.toContain(core);
      }
    },
  );
});

/** A throw-away certificate for 127.0.0.1 that no authority vouches for; of no use to anybody. */
function selfSigned(): { key: string; cert: string } {
  return { key: TLS_KEY, cert: TLS_CERT };
}

const TLS_KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgXJ2SGj18DO6GEYoW
c/dDgCEwK/WJZaWUHQbD1oZs0oahRANCAAQMeW01Uq4rPTOfkKNivX1sGdmuAoIz
vPTEBlMO4n8dIuz4f7Drk4FSPNFevyS1UQuCkcaH1AIgIOxt9T8aiOCT
-----END PRIVATE KEY-----`;

const TLS_CERT = `-----BEGIN CERTIFICATE-----
MIIBfzCCASWgAwIBAgIUKeSv8JZzO/tHROQ5P5muYQLOwyowCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyMjE2NTYwOVoYDzIxMjYxMDI5
MTY1NjA5WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQMeW01Uq4rPTOfkKNivX1sGdmuAoIzvPTEBlMO4n8dIuz4f7Drk4FS
PNFevyS1UQuCkcaH1AIgIOxt9T8aiOCTo1MwUTAdBgNVHQ4EFgQUvrfeABG2hhoW
EuJb48IxW8bjtOMwHwYDVR0jBBgwFoAUvrfeABG2hhoWEuJb48IxW8bjtOMwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA/JhMBEGBEuSNeigVzF17
amfR0SawhQVEXN5XnamnAB0CIDvaUZYr10HNqQOCMM/IwAUjoFSZEdObbw4sd3Vn
PKTX
-----END CERTIFICATE-----`;
