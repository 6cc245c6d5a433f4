import { largestPage, memoryOf } from '../e2e/rig/processMemory.ts';
import type { Editor } from '../e2e/rig/serve.ts';
import type { Workbench } from '../e2e/rig/workbench.ts';
import { SOUGHT } from './dataFile.ts';
import { PaintClock } from './paintClock.ts';

/** VS Code's own text editor on a file; null where it did not come to that. */
export interface TextFigures {
  /** What it said instead of opening the file at once. */
  readonly refusal: string | null;
  /** From the choice of the file, or, after a refusal, from the press of its button that opens it nevertheless. */
  readonly openMs: number | null;
  readonly openAgainMs: number | null;
  readonly endMs: number | null;
  readonly findMs: number | null;
  readonly saveMs: number | null;
  /** What ended it early, and what was on screen then. */
  readonly failed: string | null;
  readonly hostPeakMB: number;
  readonly windowPeakMB: number;
}

type Step = 'openMs' | 'openAgainMs' | 'endMs' | 'findMs' | 'saveMs';
type Steps = Record<Step, number | null>;

const PATIENCE_MS = 180_000;
const GROUP = '.editor-group-container.active';
const DIRTY = `document.querySelector('.tabs-container .tab.active.dirty')`;

const shows = (text: string): string =>
  `[...document.querySelectorAll('${GROUP} .view-line')].some((line) => line.textContent.includes(${JSON.stringify(text)}))`;

/** Opens the file `name` of the window's folder, goes to its end, finds the word, changes it and saves. */
export async function measureTextEditor(
  { workbench, extensionHosts }: Editor,
  name: string,
  rows: number,
): Promise<TextFigures> {
  const [host = 0] = extensionHosts();
  const clock = await PaintClock.in(workbench.page.mainFrame());
  const watched = watchPages(workbench);
  const steps: Steps = { openMs: null, openAgainMs: null, endMs: null, findMs: null, saveMs: null };
  let refusal: string | null = null;
  let failed: string | null = null;
  try {
    const open = async (line: string): Promise<number> => {
      await clock.expect('first', shows(line));
      refusal = await choose(workbench, name);
      if (refusal !== null) {
        await workbench.page.locator(GROUP).getByRole('button', { name: 'Open Anyway' }).click();
      }
      return since(clock, 'click', 'first');
    };
    steps.openMs = await open('"q-0"');
    await work(workbench, clock, rows, steps);
    await workbench.command('View: Close All Editors');
    await workbench.page.locator('.tabs-container .tab').first().waitFor({ state: 'detached' });
    // It goes back to the lines that were shown last.
    steps.openAgainMs = await open('"q-');
  } catch (error) {
    failed = [reasonOf(error), ...(await onScreen(workbench))].join('; ');
    await workbench.picture(`bench-text-editor-${rows}`).catch(() => null);
  }
  const windowPeakMB = Math.round(await watched());
  return { refusal, ...steps, failed, hostPeakMB: Math.round(memoryOf(host).most), windowPeakMB };
}

async function work(
  { page }: Workbench,
  clock: PaintClock,
  rows: number,
  steps: Steps,
): Promise<void> {
  const { keyboard } = page;
  await page.locator(`${GROUP} .view-line`).first().click();
  await clock.expect('end', shows(`"q-${rows - 1}"`));
  await keyboard.press('Control+End');
  steps.endMs = await since(clock, 'End', 'end');
  await clock.expect('home', shows('"q-0"'));
  await keyboard.press('Control+Home');
  await clock.painted('home', PATIENCE_MS);
  await keyboard.press('Control+f');
  await page.locator(`${GROUP} .find-widget.visible textarea`).first().waitFor();
  await clock.expect('found', shows(SOUGHT));
  await keyboard.insertText(SOUGHT);
  steps.findMs = await since(clock, 'input', 'found');
  // Where the mouse rests on the widget, the first press closes what VS Code says about the place under it.
  const widget = page.locator(`${GROUP} .find-widget.visible`);
  while ((await widget.count()) > 0) {
    await keyboard.press('Escape');
    await page.waitForTimeout(200);
  }
  await clock.expect('edited', `${DIRTY} !== null`);
  await keyboard.type('x');
  await clock.painted('edited', PATIENCE_MS);
  await clock.expect('saved', `${DIRTY} === null`);
  await keyboard.press('Control+s');
  steps.saveMs = await since(clock, 's', 'saved');
}

async function since(clock: PaintClock, event: string, painted: string): Promise<number> {
  const end = await clock.painted(painted, PATIENCE_MS);
  return Math.round(end - (await clock.happened(event)));
}

/** Chooses the file in Quick Open; gives back what the editor says in place of its lines, if it does. */
async function choose(workbench: Workbench, name: string): Promise<string | null> {
  const { page } = workbench;
  const input = page.locator('.quick-input-widget input.input').first();
  const row = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first();
  await workbench.until(`${name} is offered`, async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+p');
    await input.fill(name, { timeout: 2000 });
    await row.waitFor({ timeout: 2000 });
    await row.click({ timeout: 2000 });
    return true;
  });
  const lines = page.locator(`${GROUP} .view-line`);
  const label = page.locator(`${GROUP} .editor-placeholder-label-container`);
  await workbench.until(
    `the editor answers`,
    async () => (await lines.count()) + (await label.count()) > 0,
    PATIENCE_MS,
  );
  return (await label.count()) > 0 ? (await label.innerText()).trim() : null;
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';

/** What the window says about it. */
async function onScreen({ page }: Workbench): Promise<string[]> {
  const places = ['.editor-placeholder-label-container', '.notification-toast', '.dialog-message'];
  try {
    const told = await page.locator(places.join(', ')).allInnerTexts();
    return told.map((text) => text.replaceAll(/\s+/gu, ' ').trim());
  } catch {
    return ['the window itself is gone'];
  }
}

/** Asks each second, for a page that breaks takes its figure along; what is given back ends that and says the most. */
function watchPages(workbench: Workbench): () => Promise<number> {
  let most = 0;
  const look = async (): Promise<void> => {
    most = Math.max(most, await largestPage(workbench).catch(() => 0));
  };
  const timer = setInterval(() => void look(), 1000);
  return async () => {
    clearInterval(timer);
    await look();
    return most;
  };
}
