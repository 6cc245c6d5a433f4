import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { activate, deactivate } from '../../../src/extension.ts';
import { connect } from '../../../src/shared/connect.ts';
import { ALL_COMMANDS } from '../../../src/shared/commands.ts';
import { reviewContract } from '../../../src/shared/reviewContract.ts';
import { trainingContract } from '../../../src/shared/trainingContract.ts';
import { VERB_COMMANDS } from '../../../src/vscode/webviews/reviewActions.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode } from '../../fakes/vscode.ts';
import { showView, webviews } from '../../fakes/vscodeWebviews.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

async function start() {
  const root = join(await temporaryFolder(), 'p');
  await mkdir(root);
  await writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
  editor.folders = [root];
  const context = extensionContext();
  activate(context);
  return async (): Promise<void> => {
    context.subscriptions.forEach((one) => void one.dispose());
    await deactivate();
  };
}

beforeEach(resetVscode);

describe('the views in the extension', () => {
  it('show the real review of the workspace’s project, and let go of it', async () => {
    const end = await start();
    const shown = showView('tailor.review');
    const client = connect(reviewContract, shown.page);
    await vi.waitFor(
      async () => {
        const { snapshot, strings } = await client.request('init', { view: 'side' });
        // No student lies in this project: that is what to do first.
        expect(snapshot).toMatchObject({ phase: 'no-student', project: 'Test project' });
        expect(snapshot.primary?.verb).toBe('choose-student');
        expect(Object.keys(strings).length).toBeGreaterThan(100);
      },
      { timeout: 10_000 },
    );
    editor.isTrusted = false;
    editor.trustListeners.forEach((tell) => tell());
    await vi.waitFor(async () => {
      const { snapshot } = await client.request('init', { view: 'side' });
      expect(snapshot.banners.map(({ code }) => code)).toContain('untrusted');
    });
    await end();
    expect(shown.listeners()).toBe(0);
    expect(editor.live.size).toBe(0);
  });

  it('show that nothing was trained yet', async () => {
    const end = await start();
    await editor.commands.get('tailor.showTraining')?.();
    const client = connect(trainingContract, webviews.panels[0]!.page);
    const { snapshot } = await client.request('init', {});
    expect(snapshot).toMatchObject({ state: 'none', project: 'Test project' });
    await end();
    expect(webviews.panels[0]!.disposed).toBe(true);
  });

  it('run no command that does not exist', () => {
    const ours = Object.values(VERB_COMMANDS).flatMap((one) =>
      one === 'host' || !one.command.startsWith('tailor.') ? [] : [one.command],
    );
    expect(ours.length).toBeGreaterThan(10);
    expect(ours.filter((id) => !Object.hasOwn(ALL_COMMANDS, id))).toEqual([]);
  });
});
