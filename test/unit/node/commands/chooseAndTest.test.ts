import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Question } from '../../../../src/core/dataset/question.ts';
import type { CommandContext } from '../../../../src/node/commands/context.ts';
import { choose } from '../../../../src/node/commands/choose.ts';
import { testTeacher } from '../../../../src/node/commands/testTeacher.ts';
import { addProfile } from '../../../../src/node/teacher/editProfiles.ts';
import { loadProfiles, profilesPath } from '../../../../src/node/teacher/profiles.ts';
import { CHAT } from '../../../fakes/chat.ts';
import { fakeClock } from '../../../fakes/fakeClock.ts';
import { startFaultServer } from '../../../fakes/faultServer.ts';
import { silentLog, sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';

let root: string;
let path: string;
let context: CommandContext;

beforeEach(async () => {
  root = await temporaryFolder();
  const environment = { XDG_CONFIG_HOME: root, HOME: root, APPDATA: root };
  path = profilesPath(environment);
  await mkdir(dirname(path), { recursive: true });
  await writeProject(root, { train: sums('t', 2, 10), dev: sums('d', 1, 10) });
  context = {
    assets: { installation: root, engine: '', bridge: '', media: '' },
    clock: fakeClock(),
    log: silentLog,
    report: () => undefined,
    signal: new AbortController().signal,
    environment,
    options: { folder: root },
  };
});

describe('tailor teacher --test', () => {
  it('makes its calls with the key that is kept for that address, and tells what came', async () => {
    const server = await startFaultServer(() => ({ kind: 'reply', text: '42' }));
    onTestFinished(() => server.close());
    const origins: string[] = [];
    await addProfile(path, { name: 'near', baseURL: server.baseURL, model: 'm' });
    const { text, json } = await testTeacher(
      {
        ...context,
        keyFor: (origin) => {
          origins.push(origin);
          return Promise.resolve('sk-kept-0123456789');
        },
      },
      { profile: 'near' },
    );
    expect(new Set(server.seen.map(({ headers }) => headers['authorization']))).toEqual(
      new Set(['Bearer sk-kept-0123456789']),
    );
    expect(JSON.stringify(server.seen[0]?.body)).toContain('What is 17 + 25?');
    expect(origins).toEqual([new URL(server.baseURL).origin]);
    expect(String(text)).toContain('near answers.');
    expect(String(text)).toContain('ok  end of answer: stop');
    expect(String(text)).not.toContain('sk-kept');
    expect(json).toMatchObject({ ok: true, programmatic: false });
  });

  it('says what a server leaves out, and refuses an empty answer', async () => {
    const server = await startFaultServer((nth) =>
      nth === 1 ? { kind: 'finish', reason: null, text: '42' } : { kind: 'reply', text: ' ' },
    );
    onTestFinished(() => server.close());
    await addProfile(path, { name: 'near', baseURL: server.baseURL, model: 'm' });
    const { text } = await testTeacher(context, { profile: 'near' });
    expect(String(text)).toContain('!   end of answer: not reported');
    expect(String(text)).toContain('!   usage: not reported');
    await expect(testTeacher(context, { profile: 'near' })).rejects.toMatchObject({
      code: 'teacher.malformed',
    });
  });

  it('asks a question of each kind that the project has, and reads the answer by the kind', async () => {
    const train = [
      { id: 'c', question: 'Which?', answer: 'a', kind: 'choice', choices: ['x', 'y'] },
      { id: 'd', question: 'Which one?', answer: 'a', kind: 'choice', choices: ['x', 'y'] },
      { id: 'y', question: 'Is it?', answer: 'no', kind: 'yes-no' },
      { id: 'e', question: 'Where?', answer: 'Rome', kind: 'exact' },
    ] as const satisfies readonly Question[];
    await writeProject(root, {
      train: train.map((row) => ({
        ...row,
        ...('choices' in row ? { choices: [...row.choices] } : {}),
      })),
      dev: sums('d', 1, 10),
    });
    const replies = ['The letter is (b).', 'No.', 'Paris'];
    const server = await startFaultServer((nth) => ({
      kind: 'reply',
      text: replies[nth - 1] ?? '',
    }));
    onTestFinished(() => server.close());
    await addProfile(path, { name: 'near', baseURL: server.baseURL, model: 'm' });
    const text = String((await testTeacher(context, { profile: 'near' })).text);
    // What else the server takes is tried behind them.
    expect(server.seen.slice(0, 3).map(({ body }) => JSON.stringify(body))).toEqual([
      expect.stringContaining('Answer Choices:\\n(a) stone'),
      expect.stringContaining('yes or no only'),
      expect.stringContaining('capital of France'),
    ]);
    expect(text).toContain('ok  answer of kind choice: The letter is (b).');
    expect(text).toContain('!   answer of kind yes-no: No.');
    expect(text).toContain('ok  answer of kind exact: Paris');
    expect(text).not.toContain('17 + 25');
  });

  it('needs no call for the programmatic teacher', async () => {
    expect((await testTeacher(context, {})).json).toMatchObject({ programmatic: true });
  });
});

describe('tailor choose', () => {
  it('writes a known teacher down and leaves everything else as it was written', async () => {
    const file = join(root, 'tailor.json');
    const before = { v: 1, name: 'Mine', task: 'numeric', data: { train: 'a', dev: 'b' } };
    const rest = {
      student: 'models/x',
      teacher: 'programmatic',
      exam: { maxNewTokens: 9 },
      training: {},
    };
    await writeFile(file, JSON.stringify({ ...before, ...rest }));
    await addProfile(path, { name: 'far', baseURL: 'https://far.example/v1', model: 'm' });
    await choose(context, { teacher: 'far' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      ...before,
      ...rest,
      teacher: 'far',
    });
  });

  it.each([
    [{ teacher: 'nobody' }, 'teacher.unknownProfile'],
    [{ student: 'models/none' }, 'student.modelMissing'],
    [{ student: '../elsewhere' }, 'project.unsafePath'],
    [{}, 'usage'],
  ])('changes nothing for %j', async (options, code) => {
    const before = await readFile(join(root, 'tailor.json'), 'utf8');
    await expect(choose(context, options)).rejects.toMatchObject({ code });
    expect(await readFile(join(root, 'tailor.json'), 'utf8')).toBe(before);
  });
});

describe('a student of a family that the engine does not run', () => {
  it('is refused with the way on, and taken where a server sits its exams', async () => {
    await mkdir(join(root, 'models/z'), { recursive: true });
    await writeFile(join(root, 'models/z/config.json'), '{"model_type":"mamba"}');
    await expect(choose(context, { student: 'models/z' })).rejects.toMatchObject({
      code: 'student.unsupported',
      hint: expect.stringContaining('OpenAI-compatible server'),
    });
    const students = join(dirname(path), 'students.json');
    const box = { name: 'box', baseURL: 'http://127.0.0.1:1/v1', model: 'm' };
    await writeFile(students, JSON.stringify({ v: 1, profiles: [box] }));
    const served = await choose(context, { student: 'models/z', server: 'box' });
    expect(served.json).toMatchObject({ student: 'models/z', servedBy: 'box' });
  });
});

describe('a new profile', () => {
  it('joins the ones that are there, in a file for this person alone', async () => {
    await addProfile(path, { name: 'one', baseURL: 'https://far.example/v1', model: 'm' });
    await addProfile(path, { name: 'two', baseURL: 'http://localhost:1/v1', model: 'n' });
    expect((await loadProfiles(path)).map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it.each([
    ['ONE', 'https://far.example/v1'],
    ['programmatic', 'https://far.example/v1'],
    ['two', 'http://far.example/v1'],
    ['two', 'https://user:pw@far.example/v1'],
    ['a b', 'https://far.example/v1'],
  ])('is refused as %s at %s', async (name, baseURL) => {
    await addProfile(path, { name: 'one', baseURL: 'https://far.example/v1', model: 'm' });
    await expect(addProfile(path, { name, baseURL, model: 'm' })).rejects.toMatchObject({
      code: 'usage',
    });
    expect(await loadProfiles(path)).toHaveLength(1);
  });

  it('takes the chat template of an earlier student away with it', async () => {
    const file = join(root, 'tailor.json');
    const before: unknown = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ ...Object(before), chat: CHAT }));
    await choose(context, { teacher: 'programmatic' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toHaveProperty('chat');
    await mkdir(join(root, 'models/y'), { recursive: true });
    await writeFile(join(root, 'models/y/config.json'), '{}');
    const { text } = await choose(context, { student: 'models/y' });
    expect(String(text)).toContain('The chat template was that of');
    expect(JSON.parse(await readFile(file, 'utf8'))).not.toHaveProperty('chat');
  });
});
