import { describe, expect, it } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';
import { axeOn } from '../webview/axe.ts';
import { DASHBOARD } from '../webview/boardLook.ts';
import { THEMES } from '../webview/browserPage.ts';
import { looksAt } from '../webview/looks.ts';

const NARROW = { width: 320, height: 900 };
const WIDE = { width: 1300, height: 900 };

describe.skipIf(findChromium() === null)('Round Dashboard in a browser', () => {
  const { look, closeAll } = looksAt(DASHBOARD, WIDE);

  // One of each kind; all of them, in every theme and width, are in the long proofs.
  it.each([
    'whole',
    'a training goes on',
    'no exam yet',
    'exams that differ',
    'hostile texts',
    'as tables',
    'a list of training questions',
    'the export menu',
    'refused',
    'loading',
  ])('is readable, named and quiet: %s', async (name) => {
    const { tab } = await look(name, name.length % 2 === 0 ? NARROW : WIDE);
    expect(await axeOn(tab)).toEqual([]);
    expect([tab.problems, tab.strangers]).toEqual([[], []]);
  });

  it('has contrast in every theme', async () => {
    for (const theme of Object.keys(THEMES)) {
      const { tab } = await look('a list', { ...WIDE, theme });
      expect([theme, await axeOn(tab)]).toEqual([theme, []]);
      await closeAll();
    }
  });

  it('does not scroll sideways from 256 px on, with and without a list', async () => {
    for (const width of [256, 759, 760, 1600]) {
      for (const name of ['whole', 'a list']) {
        const { tab } = await look(name, { ...NARROW, width });
        const over = await tab.page.evaluate(() => {
          interface Box {
            readonly scrollWidth: number;
            readonly clientWidth: number;
          }
          // SAFETY: the page's document, which the compiler of these files does not know.
          const { document } = globalThis as unknown as {
            document: { querySelector(selector: string): Box | null };
          };
          return ['html', '.board', '.list-panel'].map((selector) => {
            const box = document.querySelector(selector);
            return box ? box.scrollWidth - box.clientWidth : 0;
          });
        });
        expect([width, name, over]).toEqual([width, name, [0, 0, 0]]);
        await closeAll();
      }
    }
  });

  it('is worked by keys alone: a number, its list, a page on, a question, and back', async () => {
    const { tab, host } = await look('whole');
    const { page } = tab;
    const focused = (): Promise<unknown> =>
      page.evaluate('document.activeElement.getAttribute("aria-label")');
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await page.keyboard.press('Tab');
      if (/: still wrong,/u.test(String(await focused()))) break;
    }
    expect(await focused()).toMatch(/: still wrong, round 1 → 2, dev$/u);
    await page.keyboard.press('Enter');
    await page.locator('.question').first().waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('list-title');
    // Close, a page on (there is none back), the first question.
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('.pages span', { hasText: '51–' }).waitFor();
    for (let tabs = 0; tabs < 5; tabs += 1) {
      await page.keyboard.press('Tab');
      if (/^Open /u.test(String(await focused()))) break;
    }
    await page.keyboard.press('Enter');
    await expect.poll(() => host.calls.at(-1)?.method).toBe('open');
    await page.keyboard.press('Escape');
    await page.locator('.list-panel').waitFor({ state: 'detached' });
    expect(await focused()).toMatch(/: still wrong, round 1 → 2, dev$/u);
  });

  it('saves every picture as a PNG that is drawn, without loading an image', async () => {
    const { tab, host } = await look('whole');
    const { page } = tab;
    const pictures = ['accuracy', 'accuracy-train', 'change', 'course'];
    const curves = ['lm', 'pair', 'cos', 'active', 'source'].map((name) => `curve-${name}`);
    const names = [...pictures, ...curves];
    const buttons = page.getByRole('button', { name: /: save as PNG$/u });
    expect(await buttons.count()).toBe(names.length);
    for (const button of await buttons.all()) await button.click();
    const saved = (): { name: string; data: string }[] =>
      host.calls.flatMap(({ method, params }) =>
        // SAFETY: the contract's parameters of this very method.
        method === 'export' ? [params as { name: string; data: string }] : [],
      );
    await expect.poll(() => saved().length).toBe(names.length);
    expect(saved().map(({ name }) => name)).toEqual(names);
    for (const { data } of saved()) {
      const bytes = Buffer.from(data, 'base64');
      expect(bytes.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
      expect(bytes.readUInt32BE(16)).toBe(2 * 752);
      // A blank picture of this size is far smaller.
      expect(bytes.length).toBeGreaterThan(8_000);
    }
    expect([tab.problems, tab.strangers]).toEqual([[], []]);
  });

  it('follows a training without losing the place on the page', async () => {
    const { tab, host } = await look('a training goes on');
    const { page } = tab;
    await page.locator('#part-cost').scrollIntoViewIfNeeded();
    const place = (): Promise<unknown> =>
      page.evaluate('document.querySelector(".board").scrollTop');
    const before = await place();
    expect(before).toBeGreaterThan(500);
    for (let step = 413; step < 423; step += 1) {
      const { training } = host.state();
      host.tell({ training: training && { ...training, rev: step, step } });
    }
    await page.locator('.live-words', { hasText: 'Step 422' }).waitFor();
    expect(await place()).toBe(before);
  });
});
