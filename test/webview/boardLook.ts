import type { Browser } from 'playwright-core';
import { dashboardContract, type DashboardContract } from '../../src/shared/dashboardContract.ts';
import { BoardHost } from './boardHost.ts';
import type { BoardState } from './boardStates.ts';
import { openView, type PageOptions, type ViewTab } from './browserPage.ts';

const DASHBOARD = {
  name: 'dashboard',
  title: 'Round Dashboard',
  contract: dashboardContract,
} as const;

export interface BoardLook {
  readonly tab: ViewTab<DashboardContract>;
  readonly host: BoardHost;
}

/** Brings a dashboard into a state. */
export async function lookAtBoard(
  browser: Browser,
  state: BoardState,
  options: Omit<PageOptions, 'place'>,
): Promise<BoardLook> {
  const host = new BoardHost(state.host);
  state.before?.(host);
  const tab = await openView(browser, DASHBOARD, host.handlers(), { ...options, place: 'panel' });
  host.onState((now) => tab.server.emit('state', now));
  const { page } = tab;
  await page.locator('.board-head, .spinner').first().waitFor();
  await state.act?.(page, host);
  await page.locator(state.shows).first().waitFor();
  return { tab, host };
}
