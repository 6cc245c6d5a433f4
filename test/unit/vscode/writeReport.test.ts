import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { DashboardView } from '../../../src/node/dashboard/dashboardView.ts';
import { systemClock } from '../../../src/node/storage/systemClock.ts';
import { TRAINING_STRINGS } from '../../../src/shared/trainingStrings.ts';
import type { Editor } from '../../../src/vscode/editor.ts';
import { writeReportHandler } from '../../../src/vscode/writeReport.ts';
import { commandContext } from '../../fakes/commandContext.ts';
import { reportProject } from '../../fakes/reportProject.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

beforeEach(resetVscode);

function handler(root: string, shown: DashboardView | null = null) {
  const given = {
    board: { of: (asked: string) => Promise.resolve(asked === root ? shown : null) },
    projects: { pick: () => Promise.resolve({ root, name: 'Sums' }) },
    makeContext: () => commandContext(root),
  };
  // SAFETY: the members of the editor that the handler uses.
  return writeReportHandler(given as unknown as Editor);
}

describe('Write Report', () => {
  it('writes the format that was chosen where the person says, and opens it', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    editor.chosenFile = join(await temporaryFolder(), 'mine.md');
    editor.answers.push('Markdown', 'Open');
    await handler(root)({});
    expect(editor.picks).toEqual([['Web page', 'Markdown', 'Table (CSV)']]);
    expect(editor.savedAs[0]).toMatch(/\/report\.md$/u);
    const text = await readFile(editor.chosenFile, 'utf8');
    expect(text).toContain('# Round Dashboard: Sums &lt;b&gt;&amp;&lt;/b&gt;');
    expect(editor.executed.map(({ id }) => id)).toEqual(['vscode.open']);
  });

  it('writes the rounds, the set and the moment that an open Dashboard shows, and leaves it open', async () => {
    const { root, run } = await reportProject();
    await run();
    const view = await DashboardView.open({
      root,
      project: 'P',
      clock: { ...systemClock, sleep: () => new Promise<void>(() => undefined) },
      strings: TRAINING_STRINGS,
      prices: () => Promise.resolve(new Map()),
    });
    onTestFinished(() => view.dispose());
    await view.compare(0, 1, 'far');
    editor.chosenFile = join(await temporaryFolder(), 'mine.md');
    editor.answers.push('Markdown', undefined);
    await handler(root, view)({});
    expect(await readFile(editor.chosenFile, 'utf8')).toContain(
      '## Comparison: Round 0 → Round 1, far',
    );
    // It goes on: it can be asked for other rounds, and is written as it is then.
    await view.compare(0, 2, 'dev');
    editor.answers.push('Markdown', undefined);
    await handler(root, view)({});
    expect(await readFile(editor.chosenFile, 'utf8')).toContain(
      '## Comparison: Round 0 → Round 2, dev',
    );
    // Without one it is the newest pair.
    editor.answers.push('Markdown', undefined);
    await handler(root)({});
    expect(await readFile(editor.chosenFile, 'utf8')).toContain(
      '## Comparison: Round 1 → Round 2, dev',
    );
  });

  it('reads only, so that it needs no trust, and writes nothing where the person thinks better of it', async () => {
    const { root } = await reportProject();
    editor.isTrusted = false;
    await expect(handler(root)({})).rejects.toMatchObject({ code: 'cancelled' });
    editor.answers.push('Web page');
    await expect(handler(root)({})).rejects.toMatchObject({ code: 'cancelled' });
    expect(editor.executed).toEqual([]);
  });
});
