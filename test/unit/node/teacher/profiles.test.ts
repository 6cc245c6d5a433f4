import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { programmaticEndpoint, remoteEndpoint } from '../../../../src/node/teacher/endpoint.ts';
import {
  findProfile,
  loadProfiles,
  profilesPath,
  readKey,
  teacherProfileSchema,
} from '../../../../src/node/teacher/profiles.ts';
import { requestKey } from '../../../../src/node/teacher/requestKey.ts';
import { requestFor } from '../../../fakes/teacherBench.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function fileWith(content: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tailor-profiles-'));
  folders.push(folder);
  const path = join(folder, 'teachers.json');
  await writeFile(path, content);
  return path;
}

const mine = { name: 'mine', baseURL: 'https://api.example.com/v1', model: 'm', keyEnv: 'MY_KEY' };
const file = (...profiles: object[]) => JSON.stringify({ v: 1, profiles });

describe('teacher profiles', () => {
  it('come from the person’s own settings folder', () => {
    expect(profilesPath({ XDG_CONFIG_HOME: '/cfg' }, 'linux')).toBe('/cfg/tailor/teachers.json');
    expect(profilesPath({ XDG_CONFIG_HOME: 'relative' }, 'linux')).toMatch(
      /\.config\/tailor\/teachers\.json$/u,
    );
  });

  it('are read with their defaults; a missing file means none', async () => {
    const [profile] = await loadProfiles(await fileWith(file(mine)));
    expect(profile).toMatchObject({ name: 'mine', topP: 1, deadlines: { idleMs: 60_000 } });
    expect(await loadProfiles('/nowhere/teachers.json')).toEqual([]);
  });

  it.each([
    ['not JSON', '{'],
    ['an unknown field', file({ ...mine, key: 'sk-secret-in-a-file' })],
    ['the built-in name', file({ ...mine, name: 'programmatic' })],
    ['a name twice', file(mine, mine)],
    ['plain http elsewhere', file({ ...mine, baseURL: 'http://api.example.com/v1' })],
    ['a reserved header', file({ ...mine, headers: { Authorization: 'Bearer x' } })],
    ['a host header', file({ ...mine, headers: { host: 'evil' } })],
  ])('with %s are refused', async (_, content) => {
    const path = await fileWith(content);
    await expect(loadProfiles(path)).rejects.toMatchObject({ code: 'teacher.unknownProfile' });
  });

  it('threat 23: a project can only name a profile, and an unknown name is refused', () => {
    const profile = teacherProfileSchema.parse(mine);
    expect(findProfile([profile], 'mine')).toBe(profile);
    for (const name of ['https://evil.example/v1', '../mine', 'Mine', 'constructor']) {
      expect(() => findProfile([profile], name)).toThrow(
        expect.objectContaining({ code: 'teacher.unknownProfile' }),
      );
    }
  });

  it('threat 3: the key comes from the variable the profile names, and from no other', () => {
    const profile = teacherProfileSchema.parse(mine);
    const keyless = teacherProfileSchema.parse({ ...mine, keyEnv: undefined });
    expect(readKey(profile, { MY_KEY: ' k ', OPENAI_API_KEY: 'x' })).toBe('k');
    expect(readKey(keyless, { OPENAI_API_KEY: 'x' })).toBeNull();
    expect(() => readKey(profile, { OPENAI_API_KEY: 'x' })).toThrow(
      expect.objectContaining({ code: 'teacher.auth' }),
    );
  });

  it('begin gently far away and fast on this computer', () => {
    const far = remoteEndpoint(teacherProfileSchema.parse(mine), null);
    const near = remoteEndpoint(
      teacherProfileSchema.parse({ ...mine, baseURL: 'http://localhost:8000/v1' }),
      null,
    );
    expect([far.concurrency, far.initialRate]).toEqual([16, 16]);
    expect([near.concurrency, near.initialRate]).toEqual([4, 1000]);
  });
});

describe('the cache key', () => {
  const remote = remoteEndpoint(teacherProfileSchema.parse(mine), 'key-one');
  const base = requestKey(remote.identity, remote, requestFor('q1'));

  it('depends on everything the reply depends on', () => {
    const others = [
      requestKey(remote.identity, { ...remote, model: 'other' }, requestFor('q1')),
      requestKey(remote.identity, { ...remote, topP: 0.5 }, requestFor('q1')),
      requestKey(remote.identity, remote, requestFor('q2')),
      requestKey(remote.identity, remote, requestFor('q1', 1)),
      requestKey(remote.identity, remote, { ...requestFor('q1'), temperature: 0 }),
      requestKey(remote.identity, remote, { ...requestFor('q1'), maxTokens: 7 }),
      requestKey(
        { kind: 'remote', origin: 'https://x.example', path: '/v1' },
        remote,
        requestFor('q1'),
      ),
    ];
    expect(new Set([base, ...others]).size).toBe(others.length + 1);
  });

  it('depends on nothing else', () => {
    const slower = remoteEndpoint(
      teacherProfileSchema.parse({ ...mine, name: 'renamed', deadlines: { idleMs: 1 } }),
      'another key',
    );
    expect(requestKey(slower.identity, slower, { ...requestFor('q1'), templateId: 'x' })).toBe(
      base,
    );
  });

  it('of the built-in teacher does not depend on its port or token', () => {
    const at = (port: number, dataHash = 'd') =>
      programmaticEndpoint({
        baseURL: `http://127.0.0.1:${port}/v1`,
        token: `token-${port}`,
        model: 'tailor-programmatic-1',
        version: '1',
        dataHash,
      });
    const keyOf = (endpoint: ReturnType<typeof at>) =>
      requestKey(endpoint.identity, endpoint, requestFor('q1'));
    expect(keyOf(at(1000))).toBe(keyOf(at(2000)));
    expect(keyOf(at(1000))).not.toBe(keyOf(at(1000, 'other')));
  });
});
