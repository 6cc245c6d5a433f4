import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { WorkspaceProjects } from '../../../src/vscode/projects.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, memento, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

afterEach(() => {
  vi.restoreAllMocks();
});

it('a look that is overtaken by a later one ends only when that has found the project', async () => {
  resetVscode();
  const root = join(await temporaryFolder(), 'p');
  await mkdir(root);
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  editor.folders = [root];
  const find = vscode.workspace.findFiles.bind(vscode.workspace);
  let letGo: () => void = () => undefined;
  const slow = new Promise<void>((resolve) => (letGo = resolve));
  let looks = 0;
  vi.spyOn(vscode.workspace, 'findFiles').mockImplementation(async (...args) => {
    looks += 1;
    if (looks === 2) await slow;
    return find(...args);
  });
  const projects = new WorkspaceProjects(memento(), () => undefined);
  let over = false;
  const first = projects.refresh().then(() => (over = true));
  const second = projects.refresh();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(over).toBe(false);
  letGo();
  await Promise.all([first, second]);
  expect(projects.all.map((one) => one.root)).toEqual([root]);
  projects.dispose();
});
