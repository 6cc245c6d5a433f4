import type { Browser } from 'playwright-core';
import { datasetContract, type DatasetContract } from '../../src/shared/datasetContract.ts';
import { openView } from './browserPage.ts';
import { DatasetHost } from './datasetHost.ts';
import { LINES } from './datasetLines.ts';
import { DATASET_STATES, datasetKeptAt, type DatasetViewState } from './datasetStates.ts';
import type { Look, LookOptions, View } from './views.ts';

const KIND = { name: 'dataset', title: 'train.jsonl', contract: datasetContract } as const;

export type DatasetLook = Look<DatasetContract, DatasetHost>;

/** Brings a Dataset Editor into a state. */
async function lookAt(
  browser: Browser,
  state: DatasetViewState,
  options: LookOptions,
): Promise<DatasetLook> {
  const host = new DatasetHost({ lines: LINES, ...state.host });
  state.before?.(host);
  const tab = await openView(browser, KIND, host.handlers(), {
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

export const DATASET: View<DatasetViewState, DatasetLook> = { states: DATASET_STATES, lookAt };
