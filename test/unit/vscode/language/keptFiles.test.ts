import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CodeAction, CodeActionProvider, CodeLensProvider } from 'vscode';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { activate } from '../../../../src/extension.ts';
import { placeOfFile } from '../../../../src/vscode/dataset/filePlace.ts';
import { sums } from '../../../fakes/loopFakes.ts';
import { writeProject } from '../../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode, vscodeModule } from '../../../fakes/vscode.ts';
import { front } from '../../../fakes/vscodeCustomEditors.ts';
import {
  changeTabs,
  openText,
  providersOf,
  typeInto,
  uriOf,
} from '../../../fakes/vscodeLanguages.ts';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);
beforeEach(resetVscode);

const ROW = '{"v":1,"id":"t-0","prompt":"Question"}';

/** A file of round 0 of a project, opened in the text editor. */
async function opened(name: string) {
  const root = join(await temporaryFolder(), 'p');
  await mkdir(root);
  await writeProject(root, { train: sums('t', 1, 1), dev: sums('d', 1, 50) });
  const path = join(root, 'rounds', '0', name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, ROW);
  editor.folders = [root];
  activate(extensionContext());
  const document = openText(path, ROW);
  await vi.waitFor(() =>
    expect(providersOf('lens', openText(join(root, 'rounds/0/train.jsonl'), ''))).not.toEqual([]),
  );
  return { root, document };
}

describe('a file of a round in the text editor', () => {
  const LOCK = 'workbench.action.files.setActiveEditorReadonlyInSession';
  const RESET = 'workbench.action.files.resetActiveEditorReadonlyInSession';
  const executed = (): string[] => editor.executed.map(({ id }) => id);
  const toFront = (input: unknown, isDirty = false): void => {
    Object.assign(front, { input, isDirty });
    changeTabs();
  };
  const textOf = (path: string) => new vscodeModule.TabInputText(uriOf(path));

  it('is made read-only when it comes to the front, once: who makes it writable means it', async () => {
    const { root, document } = await opened('train.jsonl');
    toFront(textOf(join(root, 'data/train.jsonl')));
    toFront(new vscodeModule.TabInputText(document.uri));
    await vi.waitFor(() => expect(executed()).toEqual([LOCK]));
    toFront(textOf(join(root, 'data/train.jsonl')));
    toFront(new vscodeModule.TabInputText(document.uri));
    const journal = join(root, 'rounds/0/decisions/ada-1.jsonl');
    toFront(new vscodeModule.TabInputTextDiff(uriOf(journal), uriOf(journal)));
    await vi.waitFor(() => expect(executed()).toEqual([LOCK, LOCK]));
  });

  it('keeps what was typed into it before, and tells', async () => {
    const { document } = await opened('train.jsonl');
    toFront(new vscodeModule.TabInputText(document.uri), true);
    typeInto(document, 'x');
    await vi.waitFor(() => expect(editor.information).toHaveLength(1));
    expect(executed()).toEqual([]);
  });

  it('is meant alone: an editor that came to the front meanwhile stays as it was', async () => {
    const { root, document } = await opened('train.jsonl');
    editor.builtins.set(LOCK, () => toFront(textOf(join(root, 'notes.txt'))));
    toFront(new vscodeModule.TabInputText(document.uri));
    await vi.waitFor(() => expect(executed()).toEqual([LOCK, RESET]));
    editor.builtins.delete(LOCK);
    toFront(new vscodeModule.TabInputText(document.uri));
    await vi.waitFor(() => expect(executed()).toEqual([LOCK, RESET, LOCK]));
  });

  it('of no project is a file like any other, whatever its name: no setting makes it read-only', async () => {
    const manifest = z
      .object({ contributes: z.record(z.string(), z.unknown()) })
      .parse(JSON.parse(await readFile('package.json', 'utf8')));
    expect(JSON.stringify(manifest.contributes)).not.toContain('files.readonly');
    const { root } = await opened('train.jsonl');
    const other = join(root, '..', 'elsewhere', 'rounds', '0');
    await mkdir(other, { recursive: true });
    await writeFile(join(other, 'train.jsonl'), ROW);
    toFront(textOf(join(other, 'train.jsonl')));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(executed()).toEqual([]);
  });

  it.each([
    'train.jsonl',
    'exam/train.ada-1.jsonl',
    'again/ada-1.jsonl',
    'teacher/items.ada-1.jsonl',
    'decisions/ada-1.jsonl',
    'looks/ada-1.jsonl',
    'manifest.json',
    'served/ada-1.jsonl',
    'grades.jsonl',
    'round.json',
    'runs/r0-1/events.jsonl',
    'runs/r0-1/run.json',
  ])('%s says why, and leads on', async (name) => {
    const { root, document } = await opened(name);
    // SAFETY: our own provider, and the members that it reads.
    const [provider] = providersOf('lens', document) as CodeLensProvider[];
    const lenses = (await provider?.provideCodeLenses(document as never, {} as never)) ?? [];
    const [review, data, reason] = lenses.map(({ command }) => command);
    expect(review).toMatchObject({ command: 'tailor.openReview', arguments: [{ root }] });
    expect(data).toMatchObject({
      command: 'tailor.openDataset',
      arguments: [{ root, set: 'train' }],
    });
    expect(reason?.title).toMatch(/round 0/u);
    expect(reason?.command).toBe('');
  });

  it('is what the Dataset Editor takes for one: one rule decides, whatever leads to the file', async () => {
    const { root } = await opened('train.jsonl');
    const linked = join(root, '..', 'linked.jsonl');
    const places = [
      ...['train.jsonl', 'manifest.json', 'served/a-1.jsonl', 'grades.jsonl', 'round.json'],
      ...['runs/r/events.jsonl', 'runs/r/checkpoints/1/state.json', 'exam/dev.a-1.jsonl'],
    ].map((name) => `rounds/0/${name}`);
    const own = ['.tailor/review.json', '.tailor/locks/train.00000001'];
    const free = ['tailor.json', 'data/train.jsonl', 'prompts/annotate.md', 'models/a/parity.json'];
    for (const place of [...places, ...own, ...free]) {
      await mkdir(join(root, place, '..'), { recursive: true });
      await writeFile(join(root, place), ROW, { flag: 'a' });
    }
    await symlink(join(root, 'rounds/0/manifest.json'), linked);
    for (const path of [...[...places, ...own, ...free].map((one) => join(root, one)), linked]) {
      const { readOnly } = await placeOfFile(path);
      const before = executed().length;
      toFront(textOf(path));
      if (readOnly === null) await new Promise((resolve) => setTimeout(resolve, 20));
      else await vi.waitFor(() => expect(executed()).toHaveLength(before + 1));
      expect(executed().length - before, path).toBe(readOnly === null ? 0 : 1);
      // A link has another name than the folder that a lens is found by.
      if (path === linked) continue;
      const document = openText(path, ROW);
      // SAFETY: our own provider, and the members that it reads.
      const providers = providersOf('lens', document) as CodeLensProvider[];
      const lenses = await providers[0]?.provideCodeLenses(document as never, {} as never);
      expect(lenses?.at(-1)?.command?.title ?? null, path).toBe(readOnly && `$(lock) ${readOnly}`);
    }
    expect(new Set(executed())).toEqual(new Set([LOCK]));
  });

  it('in Restricted Mode is a kept one as ever, and what is edited freely is none', async () => {
    const { root } = await opened('train.jsonl');
    editor.isTrusted = false;
    toFront(textOf(join(root, 'data/train.jsonl')));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(executed()).toEqual([]);
    toFront(textOf(join(root, 'rounds/0/train.jsonl')));
    await vi.waitFor(() => expect(executed()).toEqual([LOCK]));
  });

  it('leads from a row to its question', async () => {
    const { root, document } = await opened('train.jsonl');
    // SAFETY: our own provider, and the members that it reads.
    const [provider] = providersOf('actions', document) as CodeActionProvider[];
    const at = new vscodeModule.Range(0, 0, 0, 0);
    const actions = await provider?.provideCodeActions(
      document as never,
      at as never,
      {} as never,
      {} as never,
    );
    // SAFETY: our provider gives actions alone.
    expect(((actions ?? []) as CodeAction[]).map(({ command }) => command?.arguments)).toEqual([
      [{ root, id: 't-0' }],
      [{ root, set: 'train' }],
    ]);
  });

  it('tells whoever changes it all the same, once, and takes it back or leads on', async () => {
    const { root, document } = await opened('train.jsonl');
    editor.answer = 'Open in Review';
    typeInto(document, 'x');
    typeInto(document, 'xy');
    await vi.waitFor(() => expect(editor.executed).toHaveLength(1));
    expect(editor.information).toEqual([expect.stringContaining('frozen set of round 0')]);
    expect(editor.executed).toEqual([{ id: 'tailor.openReview', args: [{ root }] }]);
  });

  it('can be taken back at once', async () => {
    const { document } = await opened('decisions/ada-1.jsonl');
    editor.answer = 'Revert the Change';
    typeInto(document, 'x');
    await vi.waitFor(() =>
      expect(editor.executed.map(({ id }) => id)).toEqual(['workbench.action.files.revert']),
    );
  });

  it('outside of a project is nothing to us', async () => {
    const { root } = await opened('train.jsonl');
    const other = join(root, '..', 'elsewhere', 'rounds', '0');
    await mkdir(other, { recursive: true });
    await writeFile(join(other, 'train.jsonl'), ROW);
    const document = openText(join(other, 'train.jsonl'), ROW);
    // SAFETY: our own provider, and the members that it reads.
    const [provider] = providersOf('lens', document) as CodeLensProvider[];
    expect(await provider?.provideCodeLenses(document as never, {} as never)).toEqual([]);
    typeInto(document, 'x');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(editor.information).toEqual([]);
  });
});
