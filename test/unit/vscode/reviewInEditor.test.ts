import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { activate, deactivate } from '../../../src/extension.ts';
import { connect } from '../../../src/shared/connect.ts';
import { ALL_COMMANDS } from '../../../src/shared/commands.ts';
import { reviewContract } from '../../../src/shared/reviewContract.ts';
import { trainingContract } from '../../../src/shared/trainingContract.ts';
import { VERB_COMMANDS } from '../../../src/vscode/webviews/reviewActions.ts';
import { sums } from '../../fakes/loopFakes.ts';
import { startFaultServer } from '../../fakes/faultServer.ts';
import { writeReviewProject } from '../../fakes/reviewData.ts';
import { writeProject } from '../../fakes/projectFolder.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, extensionContext, resetVscode } from '../../fakes/vscode.ts';
import { showView, webviews } from '../../fakes/vscodeWebviews.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

async function start(
  others: readonly string[] = [],
  write: (root: string) => Promise<unknown> = (root) =>
    writeProject(root, { train: sums('t', 4, 10), dev: sums('d', 2, 10) }),
) {
  const root = join(await temporaryFolder(), 'p');
  await mkdir(root);
  await write(root);
  editor.folders = [root, ...others];
  const context = extensionContext();
  activate(context);
  return async (): Promise<void> => {
    context.subscriptions.forEach((one) => void one.dispose());
    await deactivate();
  };
}

beforeEach(() => {
  resetVscode();
  return () => vi.unstubAllEnvs();
});

async function change(root: string, fields: Record<string, unknown>): Promise<void> {
  const path = join(root, 'tailor.json');
  const before: unknown = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify(Object.assign({}, before, fields)));
}

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

  it('say once what leaves the computer before a teacher elsewhere is asked again', async () => {
    const config = await temporaryFolder();
    vi.stubEnv('XDG_CONFIG_HOME', config);
    vi.stubEnv('FAR_KEY', 'far-key-of-this-test');
    await mkdir(join(config, 'tailor'));
    const far = { name: 'far', baseURL: 'https://far.example/v1', model: 'm', keyEnv: 'FAR_KEY' };
    const profiles = JSON.stringify({ v: 1, profiles: [far] });
    await writeFile(join(config, 'tailor', 'teachers.json'), profiles);
    const end = await start();
    await change(editor.folders[0] ?? '', { teacher: 'far' });
    const client = connect(reviewContract, showView('tailor.review').page);
    await client.request('init', { view: 'side' });
    const ask = (): Promise<unknown> =>
      client.request('ask', { ids: ['t-1'], hint: 'slower', round: null });
    editor.answers.push(undefined);
    await expect(ask()).rejects.toMatchObject({ code: 'cancelled' });
    expect(editor.details.join()).toContain('What is sent');
    editor.answers.push('Send to https://far.example');
    // Agreed: now it is the question that there is no mistake at yet.
    await expect(ask()).rejects.not.toMatchObject({ code: 'cancelled' });
    await expect(ask()).rejects.not.toMatchObject({ code: 'cancelled' });
    expect(editor.details).toHaveLength(2);
    await end();
  });

  it('show asking again as everything that runs, and let it be stopped as everything', async () => {
    const server = await startFaultServer(() => ({ kind: 'hang', after: 'headers' }));
    const config = await temporaryFolder();
    vi.stubEnv('XDG_CONFIG_HOME', config);
    vi.stubEnv('SLOW_KEY', 'slow-key-of-this-test');
    await mkdir(join(config, 'tailor'));
    const slow = { name: 'slow', baseURL: server.baseURL, model: 'm', keyEnv: 'SLOW_KEY' };
    const profiles = JSON.stringify({ v: 1, profiles: [slow] });
    await writeFile(join(config, 'tailor', 'teachers.json'), profiles);
    const end = await start([], async (root) => {
      await writeReviewProject(root, 4);
      await change(root, { teacher: 'slow' });
    });
    const bar = editor.statusBar[0]!;
    const client = connect(reviewContract, showView('tailor.review').page);
    await vi.waitFor(
      async () => {
        const { snapshot } = await client.request('init', { view: 'side' });
        expect(snapshot).toMatchObject({ phase: 'ready', canAsk: true });
      },
      { timeout: 10_000 },
    );
    const asked = client.request('ask', { ids: ['bench-000003'], hint: 'slower', round: 0 });
    const ended = expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    await vi.waitFor(() => expect(server.seen).toHaveLength(1), { timeout: 10_000 });
    expect(bar.text).toContain('Asking the teacher again');
    expect(bar.tooltip).toContain('calls');
    await editor.commands.get('tailor.whatRuns')?.();
    expect(editor.picks.at(-1)?.[0]).toContain('Stop Asking the teacher again');
    const { snapshot } = await client.request('init', { view: 'side' });
    expect(snapshot).toMatchObject({ canAsk: false, job: { done: 0, total: 1 } });

    await editor.commands.get('tailor.stop')?.();
    await ended;
    await vi.waitFor(async () => {
      const after = await client.request('init', { view: 'side' });
      expect(after.snapshot).toMatchObject({ canAsk: true, job: null });
    });
    expect(bar.text).not.toContain('stopped');
    await end();
    await server.close();
  });

  it('open for the project that is meant, where there are several', async () => {
    const other = join(await temporaryFolder(), 'q');
    await mkdir(other);
    await writeProject(other, { train: sums('t', 4, 10), dev: sums('d', 2, 10) });
    await change(other, { name: 'The other one' });
    const end = await start([other]);
    await editor.commands.get('tailor.openReview')?.({ root: other });
    const client = connect(reviewContract, webviews.panels[0]!.page);
    const { snapshot } = await client.request('init', { view: 'panel' });
    expect(snapshot.phase).not.toBe('no-project');
    await vi.waitFor(async () => {
      const now = await client.request('init', { view: 'panel' });
      expect(now.snapshot.project).toBe('The other one');
    });
    await end();
  });

  it('ask a student again as work of this window, and not in Restricted Mode', async () => {
    const end = await start([], (root) => writeReviewProject(root, 5));
    const shown = showView('tailor.review');
    const client = connect(reviewContract, shown.page);
    await vi.waitFor(
      async () => {
        const { snapshot } = await client.request('init', { view: 'side' });
        expect(snapshot).toMatchObject({ phase: 'ready', noAgain: null });
      },
      { timeout: 10_000 },
    );
    const ask = { how: 'fresh', who: 'round', samples: null, round: 0 } as const;
    const again = () => client.request('again', { ...ask, id: 'bench-000001' });
    // As far as the student, whose folder holds no weights: what the window says comes from there.
    await expect(again()).rejects.toMatchObject({ code: 'student.modelMissing' });
    editor.isTrusted = false;
    await expect(again()).rejects.toMatchObject({ code: 'trust.required' });
    await end();
  });
});
