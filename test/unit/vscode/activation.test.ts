import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { activate, deactivate } from '../../../src/extension.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode } from '../../fakes/vscode.ts';

const loaded = vi.hoisted(() => [] as string[]);
vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);
vi.mock('openai', () => {
  loaded.push('openai');
  return {};
});
vi.mock('execa', () => {
  loaded.push('execa');
  return {};
});

beforeEach(() => {
  resetVscode();
});

describe('activation', () => {
  it('loads nothing heavy, and the first use of it does', async () => {
    const root = join(await temporaryFolder(), 'p');
    await mkdir(root);
    await writeProject(root, { train: sums('t', 2, 10), dev: sums('d', 1, 10) });
    editor.folders = [root];
    const context = extensionContext();
    activate(context);
    await vi.waitFor(() => expect(editor.context.get('tailor.hasProject')).toBe(true));
    await editor.trees.get('tailor.rounds')?.getChildren();
    expect(loaded).toEqual([]);
    await editor.commands.get('tailor.doctor')?.();
    expect(loaded).toContain('execa');
    context.subscriptions.forEach((one) => void one.dispose());
    await deactivate();
    expect(editor.live.size).toBe(0);
  });
});
