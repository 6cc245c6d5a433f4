import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, THEMES } from '../webview/browserPage.ts';
import { datasetStateNamed, lookAtDataset } from '../webview/datasetLook.ts';
import { DATASET_STATES } from '../webview/datasetStates.ts';
import { axeOn } from '../webview/look.ts';

const root = join(import.meta.dirname, '..', '..');
const bundle = join(root, 'dist', 'webview');
const pictures = join(root, '.cache', 'views', 'dataset');
const SIZES = [
  { width: 300, height: 800 },
  { width: 640, height: 760 },
  { width: 1200, height: 760 },
];

/** Every state × five themes × three widths: readable for axe-core, silent on the console, and a picture to look at. */
describe('Dataset Editor: the whole matrix', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    mkdirSync(pictures, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
  });

  it.each(Object.keys(DATASET_STATES))('%s', async (name) => {
    for (const theme of Object.keys(THEMES)) {
      for (const size of SIZES) {
        const { tab } = await lookAtDataset(browser, datasetStateNamed(name), {
          bundle,
          theme,
          ...size,
        });
        const file = `${name}.${theme}.${size.width}.png`.replaceAll(' ', '-');
        await tab.page.screenshot({ path: join(pictures, file) });
        const found = [...(await axeOn(tab)), ...tab.problems, ...tab.strangers];
        expect([theme, size.width, found]).toEqual([theme, size.width, []]);
        await tab.close();
      }
    }
  });
});
