import { join } from 'node:path';
import { expect } from 'vitest';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage, actsOf } from './rig/reviewPage.ts';

journey(
  'fifty decisions outlive a killed extension host, and undo walks back through them',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
    const { workbench, extensionHosts } = await startEditor({ folder });
    let review = await ReviewPage.panel(workbench);
    await review.focusQueue();
    const decided: string[] = [];
    for (let index = 0; index < 50; index += 1) {
      decided.push(await review.decide(index % 7 === 3 ? 'x' : 'a'));
    }
    await workbench.until('fifty decisions lie on disk', () => actsOf(folder).length === 50);
    const hosts = extensionHosts();
    expect(hosts).toHaveLength(1);
    for (const pid of hosts) process.kill(pid, 'SIGKILL');
    await workbench.until('the extension host is gone', () => extensionHosts().length === 0);

    await workbench.reload();
    review = await ReviewPage.at(workbench, 'panel');
    expect(actsOf(folder).flatMap(({ questions }) => questions)).toEqual(decided);
    await review.focusQueue();
    for (let back = 1; back <= 3; back += 1) {
      await review.press('u');
      await workbench.until(`undo ${back}`, () => actsOf(folder).length === 50 + back);
    }
    await workbench.until('the last three wait again', async () => {
      const labels = await Promise.all(decided.slice(-3).map((id) => review.labelOf(id)));
      return labels.every((label) => label.includes('to review'));
    });
  },
);
