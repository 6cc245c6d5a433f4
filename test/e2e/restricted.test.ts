import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DatasetPage } from './rig/datasetPage.ts';
import { journey, scratchFolder, startEditor } from './rig/editor.ts';
import { practiceProject } from './rig/projects.ts';
import { ReviewPage, actsOf } from './rig/reviewPage.ts';

const RUNS = ['Run Exam', 'Ask Teacher', 'Train Student', 'Run Next Round', 'Freeze Round'];

journey(
  'in Restricted Mode a project is read and reviewed, and no command that runs anything is offered',
  async () => {
    const folder = await practiceProject(join(scratchFolder(), 'practice'), 'taught');
    const before = readdirSync(join(folder, 'rounds', '0', 'exam'));
    const { workbench } = await startEditor({ folder, restricted: true });
    await workbench.showTailor();
    await workbench
      .treeRow(/round 0/iu)
      .first()
      .waitFor();
    const review = await ReviewPage.panel(workbench);
    await review.focusQueue();
    const accepted = await review.decide('a');
    await workbench.until('the decision lies on disk', () => actsOf(folder).length === 1);
    expect(actsOf(folder)[0]?.questions).toEqual([accepted]);
    await workbench.picture('restricted');
    const train = join(folder, 'data', 'train.jsonl');
    const rows = readFileSync(train);
    const data = await DatasetPage.openSet(workbench, 'train');
    await data.banner(/Restricted Mode.*Manage Workspace Trust/u).waitFor();
    await data.focusRows();
    await data.press('Delete', 'Control+s');
    expect(await data.changes()).toBe('');
    expect(readFileSync(train)).toEqual(rows);
    await workbench.picture('restricted-data');
    for (const title of RUNS) expect(await workbench.offers(`Tailor: ${title}`), title).toBe(false);
    expect(readdirSync(join(folder, 'rounds', '0', 'exam'))).toEqual(before);
  },
);
