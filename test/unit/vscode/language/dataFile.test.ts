import { mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  CodeAction,
  CodeActionProvider,
  Hover,
  HoverProvider,
  InlayHint,
  InlayHintsProvider,
} from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { activate } from '../../../../src/extension.ts';
import { examinedProject } from '../../../fakes/examinedProject.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import {
  closeTab,
  closeText,
  editText,
  openTab,
  openText,
  problemsOf,
  providersOf,
  texts,
  typeInto,
  uriOf,
  type MarkdownString,
  type FakeDocument,
  type WorkspaceEdit,
} from '../../../fakes/vscodeLanguages.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);
beforeEach(resetVscode);

const TRAIN = [
  '{"id": "a", "question": "One apple?", "answer": "1"}',
  '{"id": "b", "question": "Two pears?", "answer": 2}',
  '{"id": "a", "question": "Three plums?", "answer": "3"}',
  'oops',
  '{"id": "d", "question": "What is 50 plus 2?", "answer": "52"}',
].join('\n');

/** The extension in a window with a project of this training text. */
async function window(train = TRAIN): Promise<{ root: string; train: string; end: () => void }> {
  const root = join(await temporaryFolder(), 'p');
  await mkdir(root);
  await writeProject(root, { train: [], dev: sums('dev', 1, 50) });
  const path = join(root, 'data', 'train.jsonl');
  await writeFile(path, train);
  editor.folders = [root];
  const context = extensionContext();
  activate(context);
  return {
    root,
    train: path,
    end: () => context.subscriptions.forEach((one) => void one.dispose()),
  };
}

const seen = (document: FakeDocument) =>
  problemsOf(document).map(({ code, range: { start, end }, severity }) => [
    code,
    `${start.line}:${start.character}-${end.character}`,
    severity,
  ]);

/** What the editor offers at a place, asked for by a person or by itself. */
async function actionsAt(document: FakeDocument, line: number, character: number, trigger = 1) {
  const at = new vscodeModule.Position(line, character);
  // SAFETY: the members of these that our provider reads.
  const [provider] = providersOf('actions', document) as CodeActionProvider[];
  const actions = await provider?.provideCodeActions(
    document as never,
    new vscodeModule.Range(at, at) as never,
    { diagnostics: problemsOf(document), triggerKind: trigger, only: undefined } as never,
    { isCancellationRequested: false } as never,
  );
  // SAFETY: our provider gives actions alone.
  return (actions ?? []) as CodeAction[];
}

describe('a data file in the text editor', () => {
  it('shows what is wrong, where, and which other row is meant', async () => {
    const { root, train } = await window();
    const document = openText(train, TRAIN);
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(4));
    expect(seen(document)).toEqual([
      ['wrong-type', '1:48-49', 0],
      ['same-id', '2:7-10', 0],
      ['not-json', '3:0-4', 0],
      ['overlap-text', '4:24-44', 2],
    ]);
    const [, twin, , overlap] = problemsOf(document);
    expect(twin?.relatedInformation?.[0]?.location).toMatchObject({
      uri: { fsPath: train },
      range: { start: { line: 0, character: 7 } },
    });
    expect(overlap?.relatedInformation?.[0]?.location.uri.fsPath).toBe(
      join(root, 'data', 'dev.jsonl'),
    );
    expect(twin?.source).toBe('Tailor');
  });

  it('is looked at again when somebody has typed, and forgotten when it is closed', async () => {
    const { train } = await window();
    const document = openText(train, TRAIN);
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(4));
    typeInto(document, `${TRAIN}\n{`);
    typeInto(document, TRAIN.replace('\noops', ''));
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(3), 3000);
    expect(seen(document).map(([code]) => code)).not.toContain('not-json');
    closeText(document);
    expect(problemsOf(document)).toEqual([]);
  });

  it('is compared with what stands unsaved in the other set', async () => {
    const { root, train } = await window();
    const dev = openText(
      join(root, 'data', 'dev.jsonl'),
      '{"id": "x", "question": "Nine?", "answer": "9"}',
    );
    const document = openText(train, TRAIN);
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(3));
    typeInto(dev, '{"id": "x", "question": "one  APPLE?", "answer": "9"}');
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(4), 3000);
    expect(seen(document)[0]).toEqual(['overlap-text', '0:24-36', 2]);
    expect(seen(dev).map(([code]) => code)).toEqual(['overlap-text']);
  });

  it('is mended by edits of the changed places alone', async () => {
    const { train } = await window();
    const document = openText(train, TRAIN);
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(4));
    const [first, ...others] = await actionsAt(document, 1, 48, 2);
    expect([first?.title, first?.isPreferred]).toEqual(['Write the number as text', true]);
    expect(first?.diagnostics?.map(({ code }) => code)).toEqual(['wrong-type']);
    expect(others.map(({ title }) => title)).toEqual(['Remove the row']);
    // SAFETY: the fake's edits.
    const edit = (action: CodeAction | undefined): string =>
      editText(document, action?.edit as unknown as WorkspaceEdit);
    expect(edit(first)).toBe(TRAIN.replace('"answer": 2', '"answer": "2"'));
    expect(edit(others[0])).toBe(
      TRAIN.split('\n')
        .filter((_, line) => line !== 1)
        .join('\n'),
    );
    const [unique] = await actionsAt(document, 2, 8);
    expect(edit(unique)).toBe(
      TRAIN.replace('{"id": "a", "question": "Three', '{"id": "a-2", "question": "Three'),
    );
    // The last row gives up the line end before it.
    const last = await actionsAt(document, 4, 30);
    expect(edit(last.find(({ title }) => title === 'Remove the row'))).toBe(
      TRAIN.split('\n').slice(0, 4).join('\n'),
    );
  });

  it('leads to Review and to the Dataset Editor, where a person asks', async () => {
    const { root, train } = await window();
    const document = openText(train, TRAIN);
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(4));
    expect(await actionsAt(document, 0, 3, 2)).toEqual([]);
    const ways = await actionsAt(document, 0, 3, 1);
    expect(ways.map(({ command }) => [command?.command, command?.arguments])).toEqual([
      ['tailor.openReview', [{ root, id: 'a' }]],
      ['tailor.openDataset', [{ fsPath: train, scheme: 'file', line: 1 }]],
    ]);
  });

  it('over 5 MB is not looked at, and says where it can be', async () => {
    const { train } = await window();
    await truncate(train, 6 * 1024 * 1024);
    const document = openText(train, TRAIN);
    await vi.waitFor(() => expect(seen(document)).toEqual([['too-large', '0:0-0', 2]]));
    const ways = await actionsAt(document, 0, 0, 2);
    expect(ways.map(({ command }) => command?.command)).toEqual(['tailor.openDataset']);
    closeText(document);
    expect(problemsOf(document)).toEqual([]);
    // A still larger one never becomes a document of any extension.
    const tab = { input: new vscodeModule.TabInputText(uriOf(train)), isDirty: false };
    openTab(tab);
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(1));
    closeTab(tab);
    expect(problemsOf(document)).toEqual([]);
  });

  it('says of a set of the project that is over 5 MB that it is not compared with it', async () => {
    const { root, train } = await window('{"id": "a", "question": "One apple?", "answer": "1"}');
    const dev = join(root, 'data', 'dev.jsonl');
    await truncate(dev, 6 * 1024 * 1024);
    const document = openText(train, await readFile(train, 'utf8'));
    await vi.waitFor(() => expect(seen(document)).toEqual([['not-compared', '0:0-0', 2]]));
    expect(problemsOf(document)[0]?.message).toMatch(/^The set dev is over 5 MB: .*Dashboard/u);
    // Once it is smaller, what it shares is looked for, and found.
    await writeFile(dev, '{"id": "x", "question": "one  APPLE?", "answer": "1"}');
    typeInto(document, '{"id": "b", "question": "One apple?", "answer": "1"}');
    await vi.waitFor(() => expect(seen(document)[0]?.[0]).toBe('overlap-text'), 3000);
    expect(problemsOf(document)).toHaveLength(1);
  });

  it('of dev is compared with test, too, and says so where test is over 5 MB', async () => {
    const { root } = await window('');
    const project = join(root, 'tailor.json');
    // SAFETY: a project file, which was just made, names its data.
    const named = JSON.parse(await readFile(project, 'utf8')) as { data: object };
    const data = { ...named.data, test: 'data/test.jsonl' };
    const test = join(root, 'data', 'test.jsonl');
    await writeFile(test, '{"id": "x", "question": "one  APPLE?", "answer": "1"}');
    await writeFile(project, JSON.stringify({ ...named, data }));
    editor.fileEvents.forEach((changed) => changed());
    const text = '{"id": "a", "question": "One apple?", "answer": "1"}';
    const document = openText(join(root, 'data', 'dev.jsonl'), text);
    await vi.waitFor(() => expect(seen(document).map(([code]) => code)).toEqual(['overlap-text']));
    await truncate(test, 6 * 1024 * 1024);
    typeInto(document, text.replace('"a"', '"b"'));
    await vi.waitFor(() => expect(seen(document)).toEqual([['not-compared', '0:0-0', 2]]), 3000);
    expect(problemsOf(document)[0]?.message).not.toContain('Dashboard');
  });

  it('is checked where tailor.json has a mistake, too', async () => {
    const { root, train } = await window();
    const path = join(root, 'tailor.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"numeric"', '"odd"'));
    editor.fileEvents.forEach((changed) => changed());
    await vi.waitFor(() => expect(editor.context.get('tailor.hasProject')).toBe(false));
    const document = openText(train, TRAIN);
    await vi.waitFor(() => expect(problemsOf(document)).toHaveLength(4));
  });

  it('is nothing to us outside of a project’s sets, and leaves nothing alive', async () => {
    const { root, end } = await window();
    const other = openText(join(root, 'data', 'other.jsonl'), 'oops');
    const file = openText(join(root, 'data', 'train.jsonl'), TRAIN);
    await vi.waitFor(() => expect(problemsOf(file)).toHaveLength(4));
    expect(problemsOf(other)).toEqual([]);
    expect(providersOf('actions', other)).toEqual([]);
    end();
    expect(editor.live.size).toBe(0);
    expect(texts.providers).toEqual([]);
  });
});

describe('a row of the training data', () => {
  async function opened() {
    const { root } = await examinedProject();
    editor.folders = [root];
    activate(extensionContext());
    const path = join(root, 'data', 'train.jsonl');
    return openText(path, await readFile(path, 'utf8'));
  }

  it('says how its question stands in the round, range by range', async () => {
    const document = await opened();
    await vi.waitFor(() => expect(providersOf('hints', document)).toHaveLength(1));
    // SAFETY: our own provider, and the members that it reads.
    const [provider] = providersOf('hints', document) as InlayHintsProvider[];
    const ask = async (from: number, to: number): Promise<InlayHint[]> =>
      (await provider?.provideInlayHints(
        document as never,
        new vscodeModule.Range(from, 0, to, 0) as never,
        { isCancellationRequested: false } as never,
      )) ?? [];
    await vi.waitFor(async () => expect(await ask(0, 9)).toHaveLength(3), 5000);
    const hints = await ask(0, 1);
    expect(hints.map(({ label }) => label)).toEqual([
      'round 0: 0/4 right · pair · taught',
      'round 0: 0/4 right · pair · taught',
    ]);
    expect((await ask(2, 2)).map(({ label }) => label)).toEqual(['round 0: 0/4 right · no pair']);
    const { text } = document.lineAt(0);
    expect(text.slice(0, hints[0]?.position.character)).toMatch(/"id":"q-0"$/u);
    expect(hints[0]?.tooltip).toContain('0 of 4 attempts are right');
  });

  it('threat 24: is shown as text in its hover, with nothing in it that acts', async () => {
    const hostile =
      '```\n[run](command:workbench.action.terminal.new) <img src=x> \u202Egnp.exe $(alert)';
    const { train } = await window(JSON.stringify({ id: 'a', question: hostile, answer: '1' }));
    const document = openText(train, JSON.stringify({ id: 'a', question: hostile, answer: '1' }));
    await vi.waitFor(() => expect(providersOf('hover', document)).toHaveLength(1));
    // SAFETY: our own provider, and the members that it reads.
    const [provider] = providersOf('hover', document) as HoverProvider[];
    const hover: Hover | null | undefined = await provider?.provideHover(
      document as never,
      new vscodeModule.Position(0, 5) as never,
      { isCancellationRequested: false } as never,
    );
    // SAFETY: the fake's Markdown.
    const shown = hover?.contents as unknown as MarkdownString;
    expect(shown).toMatchObject({ isTrusted: false, supportHtml: false });
    const value = shown.value;
    expect(value).toContain('[run](command:');
    expect(value).not.toContain('\u202E');
    // All of it is inside the one block of code.
    expect(value.trim()).toMatch(/^```plaintext\n[\s\S]*\n```$/u);
    expect(value.match(/^ {0,3}```$/gmu)).toHaveLength(1);
  });
});
