// Draws media/icon.png (128 px, the marketplace's icon) from media/tailor.svg.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumArguments } from './chromium.mjs';
import { ROOT } from './environment.mjs';

/** @param {string} executablePath */
export async function drawIcon(executablePath) {
  const browser = await chromium.launch({ executablePath, args: chromiumArguments() });
  try {
    const page = await browser.newPage({ viewport: { width: 128, height: 128 } });
    const svg = readFileSync(join(ROOT, 'media', 'tailor.svg'), 'utf8');
    await page.setContent(
      `<style>
        html, body { margin: 0; background: transparent; }
        div { box-sizing: border-box; width: 128px; height: 128px; padding: 22px; border-radius: 26px;
              background: #20242e; color: #f4f1e8; }
        svg { width: 84px; height: 84px; }
      </style><div>${svg}</div>`,
    );
    writeFileSync(join(ROOT, 'media', 'icon.png'), await page.screenshot({ omitBackground: true }));
  } finally {
    await browser.close();
  }
}
