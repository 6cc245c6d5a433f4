import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { activate, deactivate } from '../../../src/extension.ts';
import { ALL_COMMANDS } from '../../../src/shared/commands.ts';
import { pythonConfirmation } from '../../../src/vscode/confirmPython.ts';
import { KeysOfFiles } from '../../../src/vscode/guided/keysOfFiles.ts';
import { CHAT } from '../../fakes/chat.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, extensionContext, memento, resetVscode } from '../../fakes/vscode.ts';
import { GO_BACK } from '../../fakes/vscodeInputs.ts';
import { ROOT } from '../guards/repositoryFiles.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

let folder: string;
let profiles: string;
let end: () => Promise<void>;

beforeEach(async () => {
  resetVscode();
  folder = await temporaryFolder();
  profiles = join(folder, 'config', 'tailor', 'teachers.json');
  vi.stubEnv('XDG_CONFIG_HOME', join(folder, 'config'));
  return async () => {
    await end();
    vi.unstubAllEnvs();
  };
});

function start(): void {
  const context = extensionContext(ROOT);
  activate(context);
  end = async () => {
    context.subscriptions.forEach((one) => void one.dispose());
    await deactivate();
  };
}

async function project(): Promise<string> {
  const root = join(folder, 'p');
  await mkdir(root);
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  editor.folders = [root];
  return root;
}

async function run(id: string, ...answers: (string | undefined)[]): Promise<unknown> {
  editor.answers.push(...answers);
  return await editor.commands.get(id)?.();
}

const json = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
const inFile = async (root: string): Promise<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(await json(join(root, 'tailor.json')));

async function addProfile(name: string, baseURL: string): Promise<void> {
  await mkdir(join(profiles, '..'), { recursive: true });
  await writeFile(profiles, JSON.stringify({ v: 1, profiles: [{ name, baseURL, model: 'm' }] }));
}

describe('Create Project', () => {
  it('makes the practice project in the open folder, and goes back when asked to', async () => {
    const root = join(folder, 'new');
    await mkdir(root);
    editor.folders = [root];
    start();
    const here = `This folder: ${root}`;
    await run('tailor.init', 'My own data', GO_BACK, 'Practice project', here);
    expect(editor.errors).toEqual([]);
    expect(await inFile(root)).toMatchObject({ teacher: 'programmatic' });
    expect(editor.asked.map(({ text }) => text)).toEqual([
      'What to begin with?',
      'Where?',
      'What to begin with?',
      'Where?',
    ]);
    expect(editor.context.get('tailor.hasProject')).toBe(true);
  });

  it.each([
    ['both kinds', [], true],
    ['numbers alone, after a step back', [GO_BACK, 'Practice project'], false],
  ] as const)('makes a practice project with choices and yes or no: %s', async (_, again, has) => {
    const root = join(folder, 'kinds');
    await mkdir(root);
    editor.folders = [root];
    start();
    const here = `This folder: ${root}`;
    const chosen = 'Practice with choices, yes and no';
    const answers = again.length === 0 ? [chosen, here] : [chosen, ...again, here];
    await run('tailor.init', ...answers);
    expect(editor.errors).toEqual([]);
    const train = await readFile(join(root, 'data', 'train.jsonl'), 'utf8');
    expect(train.includes('"kind":"choice"')).toBe(has);
    expect(train.includes('"kind":"yes-no"')).toBe(has);
  });

  it('makes an empty project from answers, and corrects a name that cannot be', async () => {
    const root = join(folder, 'own');
    await mkdir(root);
    editor.folders = [root];
    start();
    await run(
      'tailor.init',
      'My own data',
      `This folder: ${root}`,
      'x'.repeat(101),
      'Sums',
      'The practice student',
      'Programmatic',
    );
    expect(editor.problems).toEqual(['1 to 100 characters.']);
    expect(await inFile(root)).toMatchObject({ name: 'Sums', student: 'models/practice-base' });
  });

  it('makes nothing when the person turns away', async () => {
    const root = join(folder, 'none');
    await mkdir(root);
    editor.folders = [root];
    start();
    await run('tailor.init', 'My own data', undefined);
    await expect(inFile(root)).rejects.toThrow();
    expect(editor.errors).toEqual([]);
  });
});

describe('Import Data', () => {
  it('says what it found, asks where to, and reports bad rows', async () => {
    const root = await project();
    start();
    const file = join(folder, 'mine.jsonl');
    const rows = Array.from({ length: 20 }, (_, i) => ({
      question: `${i} and 1?`,
      answer: `x #### ${i + 1}`,
    }));
    await writeFile(file, `${rows.map((row) => JSON.stringify(row)).join('\n')}\n{"question":\n`);
    editor.chosenFile = file;
    await run('tailor.import', 'Training and dev questions', '20', '5', 'Replace');
    expect(editor.details.at(-1)).toContain('another text are asked and taught again');
    expect(editor.errors).toEqual([]);
    expect(editor.asked[0]?.text).toContain('GSM8K: 20 questions, 1 bad rows');
    expect(editor.problems).toHaveLength(1);
    expect(editor.documents[0]?.text).toContain('data/dev.jsonl: 5 questions');
    const dev = await readFile(join(root, 'data/dev.jsonl'), 'utf8');
    expect(dev.trim().split('\n')).toHaveLength(5);
  });

  it('asks which field is which where that cannot be told, and writes over nothing without a yes', async () => {
    const root = await project();
    start();
    const before = await readFile(join(root, 'data/train.jsonl'), 'utf8');
    const file = join(folder, 'odd.jsonl');
    await writeFile(file, '{"frage":"2 and 3?","loesung":"5"}\n');
    editor.chosenFile = file;
    const named = [
      'Question: none',
      'frage',
      'Answer: none',
      'loesung',
      'Import with these fields',
    ];
    await run('tailor.import', ...named, 'Training questions only', undefined);
    expect(editor.information.at(-1)).toContain('Write over data/train.jsonl?');
    expect(await readFile(join(root, 'data/train.jsonl'), 'utf8')).toBe(before);
    await run('tailor.import', ...named, 'Training questions only', 'Replace');
    expect(await readFile(join(root, 'data/train.jsonl'), 'utf8')).toContain('2 and 3?');
  });

  it('shows what was guessed of a CSV file, part by part, and lets each be changed', async () => {
    const root = await project();
    start();
    const file = join(folder, 'mine.csv');
    await writeFile(file, 'problem;result;twice\n2 and 3?;5;10\n3 and 3?;6;12\n');
    editor.chosenFile = file;
    const where = ['Training questions only', 'Replace'];
    await run('tailor.import', 'Import with these fields', ...where);
    expect(editor.errors).toEqual([]);
    const shown = editor.asked.at(-2);
    expect(shown?.text).toBe('Choose a part to change it.');
    const items = JSON.stringify(shown);
    expect(items).toContain('Question: problem');
    expect(items).toContain('Answer: result');
    const train = (): Promise<string> => readFile(join(root, 'data/train.jsonl'), 'utf8');
    expect(await train()).toContain('"answer":"5"');
    await run('tailor.import', 'Answer: result', 'twice', 'Import with these fields', ...where);
    expect(await train()).toContain('"answer":"10"');
    await run('tailor.import', undefined);
    expect(editor.errors).toEqual([]);
  });
});

describe('Choose Teacher', () => {
  it('adds a profile to the person’s own file; addresses that would send in the clear are refused', async () => {
    const root = await project();
    start();
    const chosen = ['mine', 'http://far.example/v1', 'https://far.example/v1', 'big'];
    await run('tailor.chooseTeacher', 'Add a profile…', ...chosen);
    expect(editor.errors).toEqual([]);
    expect(editor.problems).toHaveLength(1);
    expect(await json(profiles)).toEqual({
      v: 1,
      profiles: [{ name: 'mine', baseURL: 'https://far.example/v1', model: 'big' }],
    });
    expect(await inFile(root)).toMatchObject({ teacher: 'mine', name: 'Test project' });
    await run('tailor.chooseTeacher', 'Programmatic');
    expect(await inFile(root)).toMatchObject({ teacher: 'programmatic' });
  });
});

describe('Choose Prompt Form', () => {
  it('goes back to plain prompts, and needs a trusted folder as everything that starts Python does', async () => {
    const root = await project();
    await writeFile(
      join(root, 'tailor.json'),
      JSON.stringify({ ...(await inFile(root)), chat: CHAT }),
    );
    start();
    editor.isTrusted = false;
    await run('tailor.choosePromptForm', 'Plain text');
    expect(await inFile(root)).toHaveProperty('chat');
    editor.answers.length = 0;
    editor.isTrusted = true;
    await run('tailor.choosePromptForm', 'Plain text');
    expect(await inFile(root)).not.toHaveProperty('chat');
  });
});

describe('before a teacher elsewhere is asked', () => {
  it('says once what leaves the computer; a no sends nothing', async () => {
    const root = await project();
    await addProfile('far', 'https://far.example/v1');
    const file = await inFile(root);
    await writeFile(join(root, 'tailor.json'), JSON.stringify({ ...file, teacher: 'far' }));
    start();
    await run('tailor.teach', undefined);
    expect(editor.details.join()).toContain('What is sent');
    expect(editor.information[0]).toContain('https://far.example');
    expect(editor.errors).toEqual([]);
    // A yes leads on to the estimate, which this student cannot have; the question is not asked again.
    await run('tailor.teach', 'Send to https://far.example');
    await run('tailor.teach');
    expect(editor.details).toHaveLength(2);
    expect(editor.errors).toHaveLength(2);
    expect(editor.errors[0]).toContain('student folder');
  });
});

describe('keys', () => {
  const KEY = 'sk-Zx81-secret-0123456789';

  it('threat 5: no command gives a key back, and none is shown or logged', async () => {
    const root = await project();
    await addProfile('near', 'http://127.0.0.1:9/v1');
    const file = await inFile(root);
    await writeFile(join(root, 'tailor.json'), JSON.stringify({ ...file, teacher: 'near' }));
    start();
    await run('tailor.setTeacherKey', `${KEY} x`, KEY);
    expect([...editor.secrets]).toEqual([['tailor.key http://127.0.0.1:9', KEY]]);
    const given: unknown[] = [];
    for (const id of Object.keys(ALL_COMMANDS)) {
      editor.answers.length = 0;
      given.push(await run(id));
    }
    await vi.waitFor(() => expect(editor.log.join()).not.toBe(''));
    expect(given.filter((result) => result !== undefined)).toEqual([]);
    const { secrets: _, ...seen } = editor;
    const all = JSON.stringify(seen, (_key, value: unknown) =>
      value instanceof Map || value instanceof Set ? [...value.keys()] : value,
    );
    expect(all).not.toContain(KEY);
    expect(await readFile(profiles, 'utf8')).not.toContain(KEY);
  });

  it('are bound to one address: a profile that moved finds none, and the old one is forgotten', async () => {
    const root = await project();
    await addProfile('near', 'http://127.0.0.1:9/v1');
    const file = await inFile(root);
    await writeFile(join(root, 'tailor.json'), JSON.stringify({ ...file, teacher: 'near' }));
    start();
    await run('tailor.setTeacherKey', KEY);
    await addProfile('near', 'http://127.0.0.1:8/v1');
    // Esc decides nothing, and neither does looking.
    await run('tailor.setTeacherKey', undefined);
    expect([...editor.secrets.keys()]).toEqual(['tailor.key http://127.0.0.1:9']);
    await run('tailor.setTeacherKey', KEY);
    expect([...editor.secrets.keys()]).toEqual(['tailor.key http://127.0.0.1:8']);
    await run('tailor.setTeacherKey', '');
    expect([...editor.secrets]).toEqual([]);
  });

  it('of other computers stay: the editor keeps all, and this file never named theirs', async () => {
    const theirs = 'tailor.key https://theirs.example';
    editor.secrets.set(theirs, 'k');
    await project();
    start();
    await run('tailor.setTeacherKey');
    expect(editor.errors.join()).toContain('no teacher profile');
    expect([...editor.secrets.keys()]).toEqual([theirs]);
    await addProfile('near', 'http://127.0.0.1:9/v1');
    await run('tailor.setTeacherKey', 'near', KEY);
    await run('tailor.setTeacherKey', 'near', '');
    expect([...editor.secrets.keys()]).toEqual([theirs]);
  });

  it('stay where another file named the same address', async () => {
    const memory = memento();
    const forgotten: string[] = [];
    const forget = (origin: string) => Promise.resolve(void forgotten.push(origin));
    const files = new KeysOfFiles(memory, { forget });
    await files.note('/a/teachers.json', 'https://both.example');
    await files.note('/a/teachers.json', 'https://mine.example');
    await files.note('/b/teachers.json', 'https://both.example');
    await files.tidy('/c/teachers.json', []);
    expect(forgotten).toEqual([]);
    await files.tidy('/a/teachers.json', ['https://new.example']);
    expect(forgotten).toEqual(['https://mine.example']);
    await files.tidy('/b/teachers.json', []);
    expect(forgotten).toEqual(['https://mine.example', 'https://both.example']);
  });
});

describe('an interpreter', () => {
  it('is asked about once for each file, and again when the file changes', async () => {
    start();
    const path = join(folder, 'python');
    await writeFile(path, 'one');
    const confirm = pythonConfirmation(memento());
    editor.answers.push('Use It');
    expect(await confirm(path, 'path')).toBe(true);
    expect(await confirm(path, 'path')).toBe(true);
    expect(editor.information).toHaveLength(1);
    await writeFile(path, 'two');
    expect(await confirm(path, 'path')).toBe(false);
    expect(editor.details.at(-1)).toContain(path);
  });

  it('threat 20: is not used when trust went while the question stood', async () => {
    start();
    const path = join(folder, 'python');
    await writeFile(path, 'one');
    const memory = memento();
    const asking = pythonConfirmation(memory)(path, 'path');
    editor.answers.push('Use It');
    editor.isTrusted = false;
    await expect(asking).rejects.toMatchObject({ code: 'trust.required' });
    expect(memory.keys()).toEqual([]);
  });
});

describe('Copy as Command Line', () => {
  it('gives the twin of a command with the project', async () => {
    const root = await project();
    start();
    await run('tailor.copyCommandLine', 'Run Exam');
    expect(editor.clipboard).toBe(`tailor exam --project ${root}`);
  });
});
