import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { openReview, type PageOptions, type ReviewTab } from './browserPage.ts';
import { MemoryHost } from './memoryHost.ts';
import { keptAt, STATES, type ViewState } from './states.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export interface Look {
  readonly tab: ReviewTab;
  readonly host: MemoryHost;
}

/** Brings a page into a state. */
export async function lookAt(
  browser: Browser,
  state: ViewState,
  options: Omit<PageOptions, 'place'>,
): Promise<Look> {
  const host = new MemoryHost(state.host);
  state.before?.(host);
  const tab = await openReview(browser, host.handlers(), {
    kept: keptAt(state.at ?? null),
    ...options,
    place: options.width < 480 ? 'side' : 'panel',
  });
  host.onSnapshot((snapshot) => tab.server.emit('snapshot', snapshot));
  host.onList((list) => tab.server.emit('list', list));
  const { page } = tab;
  await page.locator('.decide, .blank, .skeleton').first().waitFor();
  if (state.act) {
    await page.locator('.decide').waitFor();
    await page.locator('#queue').focus();
    await state.act(page, host);
  }
  await page.locator(state.shows).first().waitFor();
  return { tab, host };
}

/** What axe-core finds in the page: nothing, or a line each. */
export async function axeOn({ page }: { readonly page: Page }): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async (rules) => {
    interface Axe {
      run(options: object): Promise<{
        violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[];
      }>;
    }
    // SAFETY: the script evaluated above defines it.
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations } = await axe.run({ runOnly: rules, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    );
  }, RULES);
}

/** All names of states. */
export const STATE_NAMES = Object.keys(STATES);

export function stateNamed(name: string): ViewState {
  const state = STATES[name];
  if (!state) throw new Error(`There is no state "${name}".`);
  return state;
}
