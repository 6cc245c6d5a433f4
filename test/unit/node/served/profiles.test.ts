import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  addStudent,
  findStudent,
  loadStudents,
  readStudentKey,
  studentProblem,
  studentProfileSchema,
  studentsPath,
} from '../../../../src/node/served/profiles.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

const BOX = { name: 'box', baseURL: 'http://127.0.0.1:8000/v1', model: 'student' };

async function fileWith(value: unknown): Promise<string> {
  const path = studentsPath({ XDG_CONFIG_HOME: await temporaryFolder() }, 'linux');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
}

describe('the student servers of this computer', () => {
  it('lie beside the teachers; none is no failure', async () => {
    const home = await temporaryFolder();
    expect(studentsPath({ XDG_CONFIG_HOME: home }, 'linux')).toBe(
      join(home, 'tailor', 'students.json'),
    );
    expect(await loadStudents(join(home, 'none.json'))).toEqual([]);
  });

  it('are added to what stands there, readable by nobody else', async () => {
    const path = studentsPath({ XDG_CONFIG_HOME: await temporaryFolder() }, 'linux');
    await addStudent(path, BOX);
    await addStudent(path, { ...BOX, name: 'other', kind: 'ollama' });
    expect((await loadStudents(path)).map(({ name, kind }) => [name, kind])).toEqual([
      ['box', 'vllm'],
      ['other', 'ollama'],
    ]);
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(addStudent(path, BOX)).rejects.toMatchObject({ code: 'usage' });
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ profiles: { length: 2 } });
  });

  it.each([
    ['no JSON', '{'],
    ['an unknown key', { v: 1, profiles: [{ ...BOX, command: 'rm' }] }],
    ['a name twice', { v: 1, profiles: [BOX, { ...BOX, name: 'BOX' }] }],
    ['the name of the engine', { v: 1, profiles: [{ ...BOX, name: 'engine' }] }],
    ['a key in the clear', { v: 1, profiles: [{ ...BOX, baseURL: 'http://example.org/v1' }] }],
    [
      'a login in the address',
      { v: 1, profiles: [{ ...BOX, baseURL: 'https://a:b@example.org/v1' }] },
    ],
    ['a header of the protocol', { v: 1, profiles: [{ ...BOX, headers: { Authorization: 'x' } }] }],
  ])('are refused with %s', async (_, value) => {
    await expect(loadStudents(await fileWith(value))).rejects.toMatchObject({
      code: 'student.unknownProfile',
    });
  });

  it('threat 23: are found by name alone, and the names that there are can be told', () => {
    const profile = studentProfileSchema.parse(BOX);
    expect(findStudent([profile], 'box', 'here')).toBe(profile);
    expect(() => findStudent([profile], 'https://evil.example', 'here')).toThrow(
      /no student server/u,
    );
  });

  it('have their key in the variable that the profile names', () => {
    const profile = studentProfileSchema.parse({ ...BOX, keyEnv: 'BOX_KEY' });
    expect(readStudentKey(profile, { BOX_KEY: ' k \n', OPENAI_API_KEY: 'other' })).toBe('k');
    expect(() => readStudentKey(profile, { OPENAI_API_KEY: 'other' })).toThrow(/needs a key/u);
    expect(readStudentKey(studentProfileSchema.parse(BOX), { OPENAI_API_KEY: 'other' })).toBeNull();
  });

  it('are checked field by field while they are made', () => {
    expect(studentProblem(BOX, [])).toBeNull();
    expect(String(studentProblem({ ...BOX, baseURL: 'http://example.org/v1' }, []))).toMatch(
      /https/u,
    );
    expect(String(studentProblem({ ...BOX, name: 'engine' }, []))).toMatch(/taken/u);
  });
});
