import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { activate, deactivate } from '../../../src/extension.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { writeProject } from '../../fakes/projectFolder.ts';
import { StudentServer, wordsOf } from '../../fakes/studentServer.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode } from '../../fakes/vscode.ts';
import { openText, problemsOf } from '../../fakes/vscodeLanguages.ts';
import { ROOT } from '../guards/repositoryFiles.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

const COMMANDS = [
  'tailor.chooseStudentServer',
  'tailor.testStudent',
  'tailor.recordStudent',
  'tailor.waitForStudent',
];

let folder: string;
let students: string;
let root: string;

beforeEach(async () => {
  resetVscode();
  folder = await temporaryFolder();
  students = join(folder, 'config', 'tailor', 'students.json');
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
  root = join(folder, 'p');
  await mkdir(root);
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  editor.folders = [root];
  const context = extensionContext(ROOT);
  activate(context);
  return async () => {
    context.subscriptions.forEach((one) => void one.dispose());
    await deactivate();
    vi.unstubAllEnvs();
  };
});

async function run(id: string, ...answers: (string | undefined)[]): Promise<unknown> {
  editor.answers.push(...answers);
  return await editor.commands.get(id)?.();
}

const read = async (path: string): Promise<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(path, 'utf8')));
const servedBy = async (): Promise<unknown> => (await read(join(root, 'tailor.json')))['servedBy'];

async function addServer(baseURL: string): Promise<void> {
  await mkdir(join(students, '..'), { recursive: true });
  const profiles = [{ name: 'box', baseURL, model: 'student' }];
  await writeFile(students, JSON.stringify({ v: 1, profiles }));
}

async function startServer(): Promise<{ server: StudentServer; baseURL: string }> {
  const server = new StudentServer(() => wordsOf(' 1 + 1 = 2'));
  const baseURL = await server.listen();
  onTestFinished(() => server.close().catch(() => undefined));
  return { server, baseURL };
}

describe('Choose Student Server', () => {
  it('takes a known server, and the built-in engine again', async () => {
    await addServer('http://127.0.0.1:9/v1');
    await run('tailor.chooseStudentServer', 'box', undefined);
    expect(editor.errors).toEqual([]);
    expect(await servedBy()).toBe('box');
    await run('tailor.chooseStudentServer', 'The built-in engine');
    expect(await servedBy()).toBeUndefined();
  });

  it('adds a new one to the person’s own file, and asks again for what cannot be', async () => {
    await run(
      'tailor.chooseStudentServer',
      'Add a server…',
      'llama.cpp',
      'engine',
      'gpu-box',
      'http://gpu.example/v1',
      'https://gpu.example/v1',
      'student',
      undefined,
    );
    expect(editor.errors).toEqual([]);
    expect(editor.problems).toHaveLength(2);
    const profiles = [
      {
        kind: 'llama.cpp',
        name: 'gpu-box',
        baseURL: 'https://gpu.example/v1',
        model: 'student',
      },
    ];
    expect(await read(students)).toMatchObject({ v: 1, profiles });
    expect(await servedBy()).toBe('gpu-box');
    // Nothing of an address is in the project.
    expect(await readFile(join(root, 'tailor.json'), 'utf8')).not.toContain('gpu.example');
  });

  it('changes nothing when the person turns away, from the first question or a later one', async () => {
    await run('tailor.chooseStudentServer', undefined);
    await run('tailor.chooseStudentServer', 'Add a server…', 'vLLM', undefined);
    expect(editor.errors).toEqual([]);
    expect(await servedBy()).toBeUndefined();
    await expect(readFile(students)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('Test Student', () => {
  it('shows what the server can do', async () => {
    const { server, baseURL } = await startServer();
    await addServer(baseURL);
    await run('tailor.chooseStudentServer', 'box', undefined);
    await run('tailor.testStudent');
    expect(editor.errors).toEqual([]);
    expect(server.seen.length).toBeGreaterThan(3);
    expect(editor.documents.at(-1)?.text).toContain('ok  check of the weights: by token ids');
  });

  it('says that nobody answers, and offers what helps', async () => {
    const { server, baseURL } = await startServer();
    await server.close();
    await addServer(baseURL);
    await run('tailor.chooseStudentServer', 'box', undefined);
    await run('tailor.testStudent', undefined);
    expect(editor.errors.at(-1)).toContain('Nobody answers at the address of the student’s server');
    expect(editor.errors.at(-1)).toContain('Start the server');
  });

  it('says of a project without a server that the built-in engine sits the exams', async () => {
    await run('tailor.testStudent', undefined);
    expect(editor.errors.at(-1)).toContain('built-in engine');
  });
});

describe('Wait for Student Server', () => {
  it('says of a base without a record that it cannot be checked, and offers to record it', async () => {
    const { baseURL } = await startServer();
    await addServer(baseURL);
    await run('tailor.chooseStudentServer', 'box', undefined);
    await mkdir(join(root, 'models/base'), { recursive: true });
    const recorded: unknown[] = [];
    editor.builtins.set('tailor.recordStudent', (target) => recorded.push(target));
    await run('tailor.waitForStudent', 'Record Student');
    expect(editor.errors).toEqual([]);
    expect(editor.information.at(-1)).toContain('cannot be checked');
    await vi.waitFor(() => expect(recorded).toEqual([{ root }]));
  });
});

describe('Restricted Mode', () => {
  it.each(COMMANDS)('%s asks no server and changes nothing', async (id) => {
    const { server, baseURL } = await startServer();
    await addServer(baseURL);
    await run('tailor.chooseStudentServer', 'box', undefined);
    const before = await readFile(join(root, 'tailor.json'), 'utf8');
    editor.isTrusted = false;
    await run(id, 'The built-in engine');
    expect(editor.errors.at(-1)).toMatch(/trust/iu);
    expect(server.seen).toEqual([]);
    expect(await readFile(join(root, 'tailor.json'), 'utf8')).toBe(before);
  });
});

describe('servedBy in tailor.json', () => {
  it('that this computer has no server for is named where it stands, and why its own file cannot be read', async () => {
    const path = join(root, 'tailor.json');
    const name = async (value: string, words: string): Promise<string[]> => {
      const text = JSON.stringify({ ...(await read(path)), servedBy: value }, null, 2);
      const document = openText(join(root, 'tailor.json'), text);
      let found: string[] = [];
      await vi.waitFor(() => {
        found = problemsOf(document)
          .map(({ message }) => message)
          .filter((message) => message.includes(words));
        expect(found).toHaveLength(1);
      }, 10_000);
      return found;
    };
    expect(await name('cluster', 'server')).toEqual([
      'This computer has no student server called cluster: nobody can sit the exams.',
    ]);
    await mkdir(join(students, '..'), { recursive: true });
    const profiles = [{ name: 'box', baseURL: 'http://127.0.0.1:9/v1' }];
    await writeFile(students, JSON.stringify({ v: 1, profiles }));
    const [unread] = await name('box', 'invalid');
    expect(unread).toContain('The student servers are invalid');
    expect(unread).toContain('model');
  });
});
