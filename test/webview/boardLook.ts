import type { Browser } from 'playwright-core';
import { dashboardContract, type DashboardContract } from '../../src/shared/dashboardContract.ts';
import { BoardHost } from './boardHost.ts';
import { BOARD_STATES, type BoardState } from './boardStates.ts';
import { openView } from './browserPage.ts';
import type { Look, LookOptions, View } from './views.ts';

const KIND = { name: 'dashboard', title: 'Round Dashboard', contract: dashboardContract } as const;

export type BoardLook = Look<DashboardContract, BoardHost>;

/** Brings a Round Dashboard into a state. */
async function lookAt(
  browser: Browser,
  state: BoardState,
  options: LookOptions,
): Promise<BoardLook> {
  const host = new BoardHost(state.host);
  state.before?.(host);
  const tab = await openView(browser, KIND, host.handlers(), { ...options, place: 'panel' });
  host.onState((now) => tab.server.emit('state', now));
  const { page } = tab;
  await page.locator('.board-head, .spinner').first().waitFor();
  await state.act?.(page, host);
  await page.locator(state.shows).first().waitFor();
  return { tab, host };
}

export const DASHBOARD: View<BoardState, BoardLook> = { states: BOARD_STATES, lookAt };
