import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/node/commands/context.ts';
import type { Editor } from '../../../src/vscode/editor.ts';
import { exportHandler } from '../../../src/vscode/exportSet.ts';
import { commandContext } from '../../fakes/commandContext.ts';
import { RECORDS } from '../../fakes/exportChecks.ts';
import { reportProject } from '../../fakes/reportProject.ts';
import { temporaryFolder } from '../../fakes/temporaryFolder.ts';
import { editor, resetVscode } from '../../fakes/vscode.ts';

vi.mock('vscode', async () => (await import('../../fakes/vscode.ts')).vscodeModule);

beforeEach(resetVscode);

function handler(root: string) {
  const shown: string[] = [];
  const given = {
    projects: { pick: () => Promise.resolve({ root, name: 'Sums' }) },
    makeContext: () => commandContext(root),
    jobs: {
      run: (_about: unknown, work: (context: CommandContext) => Promise<unknown>) =>
        work(commandContext(root)),
    },
    reports: {
      show: (_title: string, text: string) => {
        shown.push(text);
        return Promise.resolve();
      },
    },
  };
  // SAFETY: the members of the editor that the handler uses.
  return { run: exportHandler(given as unknown as Editor), shown };
}

describe('Export Training Set', () => {
  it('asks for round, format and place, and writes the set there', async () => {
    const { root, run, store } = await reportProject({ rounds: 2 });
    await run();
    editor.chosenFile = join(await temporaryFolder(), 'mine.json');
    editor.answers.push('Round 0', 'alpaca');
    const { run: act, shown } = handler(root);
    await act({});
    expect(editor.savedAs[0]).toMatch(/\/alpaca-round-0\.json$/u);
    const rows: unknown = JSON.parse(await readFile(editor.chosenFile, 'utf8'));
    const texts = (await store.frozenRows(0)).flatMap(({ positives }) => positives);
    expect(RECORDS.alpaca.array().parse(rows)).toHaveLength(texts.length);
    expect(shown[0]).toContain(`${texts.length} rows`);
  });

  it('keeps another data set’s entry of that name, of which the dialog asked nothing', async () => {
    const { root, run } = await reportProject({ rounds: 1 });
    await run();
    const folder = await temporaryFolder();
    const list = join(folder, 'dataset_info.json');
    await writeFile(list, '{"mine": {"file_name": "somebody-elses.json"}}');
    editor.chosenFile = join(folder, 'mine.json');
    editor.answers.push('Round 0', 'alpaca');
    await expect(handler(root).run({})).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(list, 'utf8')).toBe('{"mine": {"file_name": "somebody-elses.json"}}');
    expect(await readdir(folder)).toEqual(['dataset_info.json']);
  });

  it('says so where no round is frozen, and writes nothing in a folder that is not trusted', async () => {
    const { root } = await reportProject({ rounds: 1 });
    await handler(root).run({});
    expect(editor.information.join()).toContain('No round is frozen yet');
    editor.isTrusted = false;
    await expect(handler(root).run({})).rejects.toMatchObject({ code: 'trust.required' });
  });
});
