// Makes the README's pictures from the real product: npm run pictures. They go to media/pictures/.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, say } from '../../../scripts/environment.mjs';
import { prepareRig } from './prepareRig.ts';
import { practiceProject } from './projects.ts';
import { ReviewPage } from './reviewPage.ts';
import { serveEditor } from './serve.ts';

const THEMES = { dark: 'Dark 2026', light: 'Light 2026' };
const LARGEST = 300 * 1024;
const out = join(ROOT, 'media', 'pictures');

const rig = await prepareRig();
if (rig.missing !== null) throw new Error(rig.missing);
mkdirSync(out, { recursive: true });
for (const [name, theme] of Object.entries(THEMES)) {
  const scratch = mkdtempSync(join(tmpdir(), 'tailor-pictures-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const folder = await practiceProject(join(scratch, 'practice'), 'taught');
    const settings = { 'workbench.colorTheme': theme };
    const viewport = { width: 1360, height: 820 };
    const editor = await serveEditor(rig, scratch, { folder, settings, viewport }, (end) => {
      ends.push(end);
    });
    const { workbench } = editor;
    await workbench.showTailor();
    await workbench
      .treeRow(/round 0/iu)
      .first()
      .waitFor();
    const review = await ReviewPage.panel(workbench);
    await review.focusQueue();
    for (const key of ['a', 'a', 'x', 'a'] as const) await review.decide(key);
    await keep(`review-${name}.png`);
    await workbench.command('View: Close All Editors');
    await ReviewPage.side(workbench);
    await keep(`side-bar-${name}.png`);

    async function keep(file: string): Promise<void> {
      const path = join(out, file);
      writeFileSync(path, await workbench.page.screenshot());
      const { size } = statSync(path);
      say(`${file}: ${Math.round(size / 1024)} KB${size > LARGEST ? ', more than 300' : ''}`);
    }
  } finally {
    for (const end of ends.reverse()) await end();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
