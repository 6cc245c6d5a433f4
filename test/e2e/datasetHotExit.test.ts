import { join } from 'node:path';
import { expect } from 'vitest';
import { changedLines, commitAll, DatasetPage, linesOf } from './rig/datasetPage.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';

journey('unsaved edits of data outlive F5, a reload and a killed extension host', async () => {
  const folder = await practiceProject(join(scratchFolder(), 'practice'), 'new');
  const train = join(folder, 'data', 'train.jsonl');
  const before = linesOf(train);
  commitAll(folder);
  const { workbench, extensionHosts } = await startEditor({ folder });
  let data = await DatasetPage.openSet(workbench, 'train');
  const written = new Map<number, string>();
  const edit = async (line: number): Promise<void> => {
    const answer = `edited ${line}`;
    await data.goToLine(line);
    await data.write('answer', answer);
    written.set(line, answer);
    await workbench.until(`${written.size} rows are edited`, async () =>
      (await data.changes()).startsWith(`${written.size} row`),
    );
  };
  const stillThere = async (how: string): Promise<void> => {
    // Which tabs were open VS Code writes down every few seconds only: a person opens the file again.
    const tab = workbench.page.locator('.tab', { hasText: 'train.jsonl' });
    await tab.waitFor({ timeout: 10_000 }).catch(() => undefined);
    const isOpen = (await tab.count()) > 0;
    data = await (isOpen ? DatasetPage.at(workbench) : DatasetPage.openSet(workbench, 'train'));
    await workbench.until(`${how}: the edits are back`, async () =>
      (await data.changes()).startsWith(`${written.size} row`),
    );
    await data.untilDirty(true, how);
    expect(linesOf(train), how).toEqual(before);
  };

  await edit(11);
  await workbench.reload();
  await stillThere('F5');
  await workbench.picture('dataset-after-f5');

  await edit(22);
  const loaded = workbench.page.waitForEvent('load');
  await workbench.command('Developer: Reload Window');
  await loaded;
  await stillThere('Reload Window');
  const [line, answer] = [...written].at(-1) ?? [0, ''];
  await data.isAt(line, 'answer', answer);

  await edit(33);
  const hosts = extensionHosts();
  for (const pid of hosts) process.kill(pid, 'SIGKILL');
  await workbench.until('the extension host is gone', () =>
    hosts.every((pid) => !extensionHosts().includes(pid)),
  );
  await workbench.reload();
  await stillThere('a killed extension host');

  await data.focusRows();
  await data.save();
  const changed = changedLines(folder, 'data/train.jsonl');
  expect(changed).toHaveLength(6);
  for (const answer of written.values()) expect(changed.join('\n')).toContain(`"${answer}"`);
});
