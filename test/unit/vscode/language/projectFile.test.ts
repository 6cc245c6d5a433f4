import { access, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  CodeAction,
  CodeActionProvider,
  CompletionItem,
  CompletionItemProvider,
  HoverProvider,
} from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BUILT_IN_TEACHER } from '../../../../src/core/project/checkProjectFile.ts';
import { activate } from '../../../../src/extension.ts';
import { PROGRAMMATIC } from '../../../../src/node/teacher/profiles.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import {
  closeText,
  editText,
  openText,
  problemsOf,
  providersOf,
  typeInto,
  type FakeDocument,
  type MarkdownString,
  type WorkspaceEdit,
} from '../../../fakes/vscodeLanguages.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

const STUDENT = {
  model_type: 'llama',
  num_hidden_layers: 2,
  hidden_size: 64,
  num_attention_heads: 4,
  intermediate_size: 128,
  vocab_size: 1000,
  rms_norm_eps: 1e-5,
  max_position_embeddings: 256,
};

beforeEach(async () => {
  resetVscode();
  const settings = await temporaryFolder();
  await mkdir(join(settings, 'tailor'));
  const profile = { name: 'my-teacher', baseURL: 'https://teacher.example/v1', model: 'large-1' };
  await writeFile(
    join(settings, 'tailor', 'teachers.json'),
    JSON.stringify({ v: 1, profiles: [profile] }),
  );
  vi.stubEnv('XDG_CONFIG_HOME', settings);
  return () => vi.unstubAllEnvs();
});

/** A project with a student, its project file changed as asked, opened in the text editor. */
async function opened(change: (text: string) => string = (text) => text) {
  const root = join(await temporaryFolder(), 'p');
  await mkdir(root);
  await writeProject(root, { train: sums('t', 2, 1), dev: sums('d', 1, 50) });
  await addStudent(root, 'models/base', STUDENT);
  const path = join(root, 'tailor.json');
  const text = change(await readFile(path, 'utf8'));
  await writeFile(path, text);
  editor.folders = [root];
  activate(extensionContext());
  const document = openText(path, text);
  await vi.waitFor(() => expect(providersOf('completion', document)).toHaveLength(1));
  return { root, document, text };
}

async function addStudent(root: string, folder: string, config: object): Promise<void> {
  await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, folder, 'config.json'), JSON.stringify(config));
  await writeFile(join(root, folder, 'model.safetensors'), '');
  await writeFile(join(root, folder, 'tokenizer.json'), '{}');
}

const placeOf = (document: FakeDocument, text: string) =>
  document.positionAt(document.getText().indexOf(text) + 1);

async function suggestions(document: FakeDocument, at: string): Promise<CompletionItem[]> {
  // SAFETY: our own provider, and the members that it reads.
  const [provider] = providersOf('completion', document) as CompletionItemProvider[];
  const found = await provider?.provideCompletionItems(
    document as never,
    placeOf(document, at) as never,
    {} as never,
    {} as never,
  );
  return Array.isArray(found) ? found : [];
}

async function actions(document: FakeDocument, at: string): Promise<CodeAction[]> {
  // SAFETY: our own provider, and the members that it reads.
  const [provider] = providersOf('actions', document) as CodeActionProvider[];
  const place = placeOf(document, at);
  const found = await provider?.provideCodeActions(
    document as never,
    new vscodeModule.Range(place, place) as never,
    { diagnostics: problemsOf(document) } as never,
    {} as never,
  );
  // SAFETY: our provider gives actions alone.
  return (found ?? []) as CodeAction[];
}

/** The text after an action; its files are made. */
function made(document: FakeDocument, action: CodeAction | undefined): string {
  // SAFETY: the fake's edits.
  return editText(document, action?.edit as unknown as WorkspaceEdit);
}

describe('tailor.json in the text editor', () => {
  it('has no problem where all that it names is there', async () => {
    const { document } = await opened();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(problemsOf(document)).toEqual([]);
  });

  it('names what is not there, at its value, and forgets it when it is closed', async () => {
    const { document, text } = await opened((before) =>
      before
        .replace('"programmatic"', '"my-techer"')
        .replace('"models/base"', '"models/none"')
        .replace('data/dev.jsonl', 'data/deev.jsonl'),
    );
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(3));
    const found = problemsOf(document).map(({ code, range, severity }) => [
      code,
      text.slice(document.offsetAt(range.start), document.offsetAt(range.end)),
      severity,
    ]);
    expect(found).toEqual([
      ['missing-file', '"data/deev.jsonl"', 1],
      ['missing-student', '"models/none"', 1],
      ['unknown-teacher', '"my-techer"', 1],
    ]);
    typeInto(document, text.replace('my-techer', 'my-teacher'));
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(2), 3000);
    closeText(document);
    expect(problemsOf(document)).toEqual([]);
  });

  it('says why a student could not be examined, and refuses a link that leads away', async () => {
    const { root, document, text } = await opened();
    await addStudent(root, 'models/odd', { ...STUDENT, model_type: 'gpt2' });
    await mkdir(join(root, 'models', 'bare'));
    await symlink('/', join(root, 'models', 'away'));
    const said: string[] = [];
    for (const folder of ['odd', 'bare', 'away']) {
      typeInto(document, text.replace('models/base', `models/${folder}`));
      await vi.waitFor(() => {
        const [one] = problemsOf(document);
        expect(one).toBeDefined();
        expect(said).not.toContain(one?.message);
        said.push(one?.message ?? '');
      }, 3000);
    }
    expect(said).toEqual([
      expect.stringContaining('gpt2'),
      expect.stringContaining('config.json is missing'),
      expect.stringContaining('stays inside its folder'),
    ]);
  });

  it('is mended: by the nearest name, a new file, or a command that asks', async () => {
    const { root, document, text } = await opened((before) =>
      before.replace('"programmatic"', '"my-techer"').replace('data/dev.jsonl', 'data/deev.jsonl'),
    );
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(2));
    const teacher = await actions(document, '"my-techer"');
    expect(teacher.map(({ title }) => title)).toEqual([
      'Change to my-teacher',
      'Choose a teacher…',
      'Change to programmatic',
    ]);
    expect(teacher[0]?.diagnostics?.map(({ code }) => code)).toEqual(['unknown-teacher']);
    expect(made(document, teacher[0])).toBe(text.replace('my-techer', 'my-teacher'));
    expect(teacher[1]?.command).toMatchObject({
      command: 'tailor.chooseTeacher',
      arguments: [{ root }],
    });
    const data = await actions(document, '"data/deev.jsonl"');
    expect(data.map(({ title }) => title)).toEqual([
      'Change to data/dev.jsonl',
      'Import data…',
      'Create the file data/deev.jsonl',
    ]);
    expect(made(document, data[2])).toBe(text);
    await access(join(root, 'data', 'deev.jsonl'));
  });

  it('names a set as the schema wants it, without saying the same a second time', async () => {
    const { document, text } = await opened((before) =>
      before.replace('"extra": {}', '"extra": { "Unseen": "data/dev.jsonl" }'),
    );
    expect(text).toContain('"Unseen"');
    const [fix] = await actions(document, '"Unseen"');
    expect(made(document, fix)).toContain('"extra": { "unseen": "data/dev.jsonl" }');
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(1));
    expect(problemsOf(document)[0]?.code).toBe('same-file');
  });

  it('is completed with this computer’s teachers and the project’s own files', async () => {
    const { root, document, text } = await opened();
    const teachers = await suggestions(document, '"programmatic"');
    expect(teachers.map(({ insertText }) => insertText)).toEqual([
      '"programmatic"',
      '"my-teacher"',
    ]);
    expect(teachers[1]?.detail).toBe('large-1 · teacher.example');
    const { range } = teachers[1] ?? {};
    // SAFETY: one range, of the fake.
    const { start, end } = range as unknown as { start: never; end: never };
    expect(text.slice(document.offsetAt(start), document.offsetAt(end))).toBe('"programmatic"');
    await mkdir(join(root, 'rounds', '0', 'exam'), { recursive: true });
    await writeFile(join(root, 'rounds', '0', 'exam', 'x.jsonl'), '');
    expect((await suggestions(document, '"data/train')).map(({ label }) => label)).toEqual([
      'data/dev.jsonl',
      'data/train.jsonl',
    ]);
    expect((await suggestions(document, '"models/base')).map(({ label }) => label)).toEqual([
      'models/base',
    ]);
    expect(await suggestions(document, '"Test project"')).toEqual([]);
  });

  it('says what stands behind a value', async () => {
    const { document } = await opened((text) => text.replace('"programmatic"', '"my-teacher"'));
    // SAFETY: our own provider, and the members that it reads.
    const [provider] = providersOf('hover', document) as HoverProvider[];
    const hover = async (at: string): Promise<string | undefined> => {
      const found = await provider?.provideHover(
        document as never,
        placeOf(document, at) as never,
        {} as never,
      );
      // SAFETY: the fake's Markdown.
      return (found?.contents as unknown as MarkdownString | undefined)?.value;
    };
    expect(await hover('"my-teacher"')).toBe('large-1 at teacher.example');
    expect(await hover('"models/base"')).toBe(
      'llama: 2 layers, width 64, 1,000 tokens known, at most 256 tokens long',
    );
    expect(await hover('"data/train.jsonl"')).toMatch(/^\d+ bytes$/u);
    expect(await hover('"Test project"')).toBe(undefined);
  });

  it('knows the built-in teacher by the name that teaching knows', () => {
    expect(BUILT_IN_TEACHER).toBe(PROGRAMMATIC);
  });
});
