import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';
import { report } from '../../src/node/commands/report.ts';
import { commandContext } from '../fakes/commandContext.ts';
import { reportProject } from '../fakes/reportProject.ts';
import { launch } from '../webview/browserPage.ts';

/** Runs in the page: opens every list, and finds words of cells that stand on two lines. */
function brokenWords(): { readonly words: number; readonly broken: string[] } {
  // SAFETY: a page's global object, which the compiler of these files does not know.
  const { document, NodeFilter } = globalThis as unknown as {
    document: {
      body: unknown;
      querySelectorAll(selector: string): Iterable<{ open: boolean }>;
      createTreeWalker(
        root: unknown,
        what: number,
      ): {
        nextNode(): {
          textContent: string;
          parentElement: { closest(selector: string): unknown };
        } | null;
      };
      createRange(): {
        setStart(node: unknown, at: number): void;
        setEnd(node: unknown, at: number): void;
        getClientRects(): Iterable<{ top: number }>;
      };
    };
    NodeFilter: { SHOW_TEXT: number };
  };
  for (const list of document.querySelectorAll('details')) list.open = true;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const broken: string[] = [];
  let words = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const { parentElement: parent } = node;
    if (parent.closest('td, th') === null || parent.closest('.long') !== null) continue;
    for (const { 0: word, index } of node.textContent.matchAll(/[\p{L}\p{N}.,%]+/gu)) {
      const range = document.createRange();
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const tops = [...range.getClientRects()].map(({ top }) => Math.round(top));
      words += 1;
      if (new Set(tops).size > 1) broken.push(word);
    }
  }
  return { words, broken };
}

describe.skipIf(findChromium() === null)('the page that tailor report writes', () => {
  it.each([1200, 700, 360])('breaks no word of a cell in a window of %i pixels', async (width) => {
    const { root, run } = await reportProject();
    await run();
    const output = join(root, 'report.html');
    await report(commandContext(root), { format: 'html', output });
    const html = pathToFileURL(output).href;
    const browser = await launch();
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(html);
    const { words, broken } = await page.evaluate(brokenWords);
    expect(words).toBeGreaterThan(1000);
    expect(broken).toEqual([]);
    // The page itself never scrolls sideways: its tables do.
    const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
    expect(wide).toBeLessThanOrEqual(width);
  });
});
