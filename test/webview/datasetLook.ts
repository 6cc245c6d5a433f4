import type { Browser } from 'playwright-core';
import { datasetContract, type DatasetContract } from '../../src/shared/datasetContract.ts';
import { openView, type PageOptions, type ViewTab } from './browserPage.ts';
import { DatasetHost } from './datasetHost.ts';
import { LINES } from './datasetLines.ts';
import { DATASET_STATES, datasetKeptAt, type DatasetViewState } from './datasetStates.ts';

const DATASET = { name: 'dataset', title: 'train.jsonl', contract: datasetContract } as const;

export interface DatasetLook {
  readonly tab: ViewTab<DatasetContract>;
  readonly host: DatasetHost;
}

export function datasetStateNamed(name: string): DatasetViewState {
  const state = DATASET_STATES[name];
  if (!state) throw new Error(`There is no state "${name}".`);
  return state;
}

/** Brings a Dataset Editor into a state. */
export async function lookAtDataset(
  browser: Browser,
  state: DatasetViewState,
  options: Omit<PageOptions, 'place'>,
): Promise<DatasetLook> {
  const host = new DatasetHost({ lines: LINES, ...state.host });
  state.before?.(host);
  const tab = await openView(browser, DATASET, host.handlers(), {
    kept: datasetKeptAt(state.at ?? null),
    ...options,
    place: 'panel',
  });
  host.connect(tab.server);
  const { page } = tab;
  await page.locator('.record-head, .blank, .skeleton').first().waitFor();
  if (state.act) {
    await page.locator('.detail-scroll[aria-busy="false"] .record-head').waitFor();
    await page.locator('#rows').focus();
    await state.act(page, host);
  }
  await page.locator(state.shows).first().waitFor();
  return { tab, host };
}
