import type { Browser } from 'playwright-core';
import { reviewContract, type ReviewContract } from '../../src/shared/reviewContract.ts';
import { openView } from './browserPage.ts';
import { MemoryHost } from './memoryHost.ts';
import { keptAt, STATES, type ViewState } from './states.ts';
import type { Look, LookOptions, View } from './views.ts';

const KIND = { name: 'review', title: 'Review', contract: reviewContract } as const;

export type ReviewLook = Look<ReviewContract, MemoryHost>;

/** Brings a Review into a state. */
async function lookAt(
  browser: Browser,
  state: ViewState,
  options: LookOptions,
): Promise<ReviewLook> {
  const host = new MemoryHost(state.host);
  state.before?.(host);
  const tab = await openView(browser, KIND, host.handlers(), {
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

export const REVIEW: View<ViewState, ReviewLook> = { states: STATES, lookAt };
