import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lookAtBoard } from '../webview/boardLook.ts';
import { BOARD_STATE_NAMES, boardStateNamed } from '../webview/boardStates.ts';
import { launch, THEMES } from '../webview/browserPage.ts';
import { axeOn } from '../webview/look.ts';

const root = join(import.meta.dirname, '..', '..');
const bundle = join(root, 'dist', 'webview');
const pictures = join(root, '.cache', 'views');
const SIZES = [
  { width: 320, height: 900 },
  { width: 720, height: 900 },
  { width: 1300, height: 900 },
];

/** Every state × five themes × three widths: readable for axe-core, silent on the console, and a picture to look at. */
describe('Round Dashboard: the whole matrix', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
    mkdirSync(pictures, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
  });

  it.each(BOARD_STATE_NAMES)('%s', async (name) => {
    for (const theme of Object.keys(THEMES)) {
      for (const size of SIZES) {
        const { tab } = await lookAtBoard(browser, boardStateNamed(name), {
          bundle,
          theme,
          ...size,
        });
        const file = `dashboard-${name}.${theme}.${size.width}.png`.replaceAll(' ', '-');
        await tab.page.screenshot({ path: join(pictures, file) });
        const found = [...(await axeOn(tab)), ...tab.problems, ...tab.strangers];
        expect([theme, size.width, found]).toEqual([theme, size.width, []]);
        await tab.close();
      }
    }
  });
});
