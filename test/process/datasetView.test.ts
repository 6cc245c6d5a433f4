import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';
import { axeOn } from '../webview/axe.ts';
import { THEMES } from '../webview/browserPage.ts';
import { LINES } from '../webview/datasetLines.ts';
import { DATASET } from '../webview/datasetLook.ts';
import { HOSTILE_TEXTS } from '../webview/hostileTexts.ts';
import { looksAt } from '../webview/looks.ts';

const NARROW = { width: 300, height: 800 };
const WIDE = { width: 1200, height: 760 };
const EDITS = ['setField', 'addField', 'removeField', 'setLine', 'insert', 'duplicate', 'remove'];

const valueOf = (page: Page, selector: string): Promise<string> =>
  page.locator(selector).evaluate((element) => Reflect.get(element, 'value') as string);

interface SeenMark {
  readonly text: string;
  readonly contrast: number;
  /** A background or an outline of its own. */
  readonly seen: boolean;
  readonly outlined: boolean;
}

/** The marks in sight, each with the contrast of its text on what is behind it, as the browser lays the colours over. */
const marksOf = (page: Page): Promise<SeenMark[]> =>
  page.evaluate(`(() => {
    const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 })
      .getContext('2d', { willReadFrequently: true });
    const flat = (colours) => {
      context.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      return [...context.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b]
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    return [...document.querySelectorAll('.found-word')].map((mark) => {
      const behind = [];
      for (let one = mark; one; one = one.parentElement) behind.unshift(getComputedStyle(one).backgroundColor);
      // The text over marks behind a field is the field's.
      const field = mark.closest('.found-behind')?.nextElementSibling;
      const ground = flat(behind);
      const text = flat([...behind, getComputedStyle(field ?? mark).color]);
      const [high, low] = [light(ground), light(text)].sort((a, b) => b - a);
      const own = getComputedStyle(mark);
      const outlined = flat([own.outlineColor])[3] > 0;
      return {
        text: mark.textContent,
        contrast: (high + 0.05) / (low + 0.05),
        seen: outlined || flat([own.backgroundColor])[3] > 0,
        outlined,
      };
    });
  })()`);

/** Keys that come through to whoever listens behind the page, as the editor does. */
async function keysBehind(page: Page): Promise<() => Promise<unknown>> {
  await page.evaluate(`
    window.behind = [];
    document.addEventListener('keydown', (event) => {
      window.behind.push([event.key, event.defaultPrevented]);
    });
  `);
  return () => page.evaluate('window.behind.splice(0)');
}

describe.skipIf(findChromium() === null)('the Dataset Editor in a browser', () => {
  const { look, closeAll } = looksAt(DATASET, WIDE);

  // One of each kind; all of them, in every theme and width, are in the long proofs.
  it.each([
    'ready',
    'hostile',
    'editing',
    'not JSON',
    'stale',
    'edited',
    'searching',
    'words marked',
    'loading',
    'empty',
    'read-only',
    'changed',
    'German',
  ])('is readable, named and quiet: %s', async (name) => {
    const { tab } = await look(name, name.length % 2 === 0 ? NARROW : WIDE);
    expect(await axeOn(tab)).toEqual([]);
    expect([tab.problems, tab.strangers]).toEqual([[], []]);
  });

  it('has contrast in every theme', async () => {
    for (const theme of Object.keys(THEMES)) {
      const { tab } = await look('edited', { ...WIDE, theme });
      expect([theme, await axeOn(tab)]).toEqual([theme, []]);
      await closeAll();
    }
  });

  it('marks what is looked for, readable in every theme, and outlined in high contrast', async () => {
    for (const theme of Object.keys(THEMES)) {
      for (const name of ['words marked', 'words marked to read']) {
        const { tab } = await look(name, { ...WIDE, theme });
        expect([theme, name, await axeOn(tab)]).toEqual([theme, name, []]);
        const marks = await marksOf(tab.page);
        const low = marks.filter(({ contrast }) => contrast < 4.5);
        expect([theme, name, low]).toEqual([theme, name, []]);
        const unseen = marks.filter(({ seen }) => !seen);
        expect([theme, name, unseen]).toEqual([theme, name, []]);
        const isOutlined = marks.every(({ outlined }) => outlined);
        expect([theme, isOutlined]).toEqual([theme, /High Contrast/iu.test(theme)]);
        await closeAll();
      }
    }
  });

  it('puts its marks where the words of a field are, also of one that is scrolled', async () => {
    const { tab } = await look('words marked', WIDE);
    const { page } = tab;
    const off = (): Promise<number> =>
      page.evaluate(`(() => {
      const [text] = document.querySelectorAll('#field-1');
      const behind = text.previousElementSibling;
      const style = (of) => getComputedStyle(of);
      const same = ['fontFamily', 'fontSize', 'lineHeight', 'paddingLeft', 'paddingTop', 'letterSpacing'];
      return same.filter((name) => style(text)[name] !== style(behind)[name]).length +
        Math.abs(text.scrollHeight - behind.scrollHeight) + Math.abs(text.clientWidth - behind.clientWidth) +
        Math.abs(text.scrollTop - behind.scrollTop);
    })()`);
    expect(await off()).toBe(0);
    await page.evaluate(`
      Object.assign(document.querySelector('#field-1').style, { height: '46px' });
      document.querySelector('#field-1').scrollTop = 20;
    `);
    await page.waitForFunction(
      `document.querySelector('#field-1').previousElementSibling.scrollTop === 20`,
    );
    expect(await off()).toBe(0);
  });

  it('does not scroll sideways from 256 px on', async () => {
    for (const width of [256, 300, 479, 480, 899, 900]) {
      for (const name of ['chat', 'changed']) {
        const { tab } = await look(name, { ...NARROW, width });
        const over = await tab.page.evaluate(`
          [document.documentElement, document.querySelector('.detail-scroll')].map((box) =>
            box.scrollWidth - box.clientWidth)
        `);
        expect([width, name, over]).toEqual([width, name, [0, 0]]);
        await closeAll();
      }
    }
  });

  it('does nothing with rows whatever is typed into a text, and Ctrl+Z there undoes text', async () => {
    const KEYS = 'jkaxserwpcmdonilu?/fgG[]123 DNXt';
    for (const [name, field] of [
      ['ready', '#field-1'],
      ['not valid', '#line'],
      ['new field', '.add-form vscode-text-area'],
      ['ready', '#search'],
      ['move to', '.line-form vscode-text-field'],
    ] as const) {
      const { tab, host } = await look(name);
      const { page } = tab;
      const behind = await keysBehind(page);
      await page.locator(field).click();
      await page.keyboard.press('End');
      const before = await valueOf(page, field);
      await page.keyboard.type(KEYS);
      await page.keyboard.press('Backspace');
      expect((await valueOf(page, field)).length).toBe(before.length + KEYS.length - 1);
      for (let n = 0; n < 60; n += 1) await page.keyboard.press('Control+z');
      expect([field, await valueOf(page, field)]).toEqual([field, before]);
      // None of these keys came to the editor, which would run its own bindings.
      expect(await behind()).toEqual(
        [['Control', false]].concat(Array(60).fill(['Control', false])).slice(0, 60),
      );
      expect(EDITS.flatMap((method) => host.asked(method))).toEqual([]);
      await closeAll();
    }
  });

  it('leaves undo outside of texts to the editor, and whatever it does not know', async () => {
    const { tab, host } = await look('ready');
    const behind = await keysBehind(tab.page);
    await tab.page.locator('#rows').focus();
    for (const key of ['Control+z', 'Control+y', 'Control+Shift+z', 'Control+s', 'F1', 'Backspace'])
      await tab.page.keyboard.press(key);
    const came = (await behind()) as [string, boolean][];
    expect(came.filter(([key]) => key !== 'Control' && key !== 'Shift')).toEqual([
      ['z', false],
      ['y', false],
      ['z', false],
      ['s', false],
      ['F1', false],
      ['Backspace', false],
    ]);
    expect(EDITS.flatMap((method) => host.asked(method))).toEqual([]);
  });

  it('sends what is being typed before the editor hears of Ctrl+S', async () => {
    const { tab, host } = await look('ready');
    const { page } = tab;
    await page.locator('#field-2').focus();
    await page.keyboard.type('9');
    await page.evaluate(`
      window.order = [];
      const post = window.postToHost;
      window.postToHost = (message) => {
        window.order.push(message.method);
        return post(message);
      };
      document.addEventListener('keydown', ({ key, defaultPrevented }) => {
        if (key === 's') window.order.push(['s', defaultPrevented]);
      });
    `);
    await page.keyboard.press('Control+s');
    await expect.poll(() => host.texts[0]).toContain('"answer": "149"');
    expect((await page.evaluate<unknown[]>('window.order')).slice(0, 2)).toEqual([
      'setField',
      ['s', false],
    ]);
  });

  it('edits a file by keys alone, without a pointer', async () => {
    const { tab, host } = await look('of no project');
    const { page } = tab;
    host.tell({ singleKeys: true });
    await page.locator('#rows').focus();
    const press = async (...keys: string[]): Promise<void> => {
      for (const key of keys) await page.keyboard.press(key);
    };
    // The first row without a search, its answer, written by leaving the text.
    await press('Home');
    await page.locator('.row-current .row-line', { hasText: /^1$/u }).waitFor();
    await press('Enter');
    await page.locator('#field-1:focus').waitFor();
    await press('Alt+ArrowDown');
    await page.locator('#field-2:focus').waitFor();
    await press('Control+a');
    await page.keyboard.type('15');
    await press('Control+Enter');
    await expect.poll(() => host.texts[0]).toContain('"answer": "15"');
    // Escape puts back what is not written, then goes to the list.
    await page.keyboard.type('999');
    await press('Escape');
    expect(await valueOf(page, '#field-2')).toBe('15');
    await press('Escape');
    await page.locator('#rows:focus').waitFor();
    // A row below, a copy of the second, both away again, one moved.
    await press('Insert');
    await expect.poll(() => host.texts.length).toBe(LINES.length + 1);
    await press('j', 'Shift+D');
    await expect.poll(() => host.texts.length).toBe(LINES.length + 2);
    expect(host.texts[2]).toBe(host.texts[3]);
    await press('Shift+ArrowUp', 'Shift+ArrowUp', 'Delete');
    await expect.poll(() => host.texts.length).toBe(LINES.length - 1);
    expect(host.asked('remove')).toEqual([{ keys: ['n1', 'o1', 'n2'] }]);
    await press('Alt+ArrowDown');
    await expect.poll(() => host.texts[2]).toBe(LINES[2]);
    // The next problem, and the search.
    await press('n');
    await expect.poll(() => page.locator('.row-current .row-problem').count()).toBe(1);
    await press('/');
    await page.keyboard.type('stamps');
    await page.locator('.found', { hasText: '38 of' }).waitFor();
    await press('Escape');
    await page.locator('#rows:focus').waitFor();
    expect(tab.problems).toEqual([]);
  });

  it('means no row by a key that is pressed on something in the record', async () => {
    const { tab, host } = await look('ready');
    const { page } = tab;
    await page.locator('[data-field="2"] .icon-button').first().focus();
    for (const key of ['Delete', 'Shift+D', 'Control+a', 'Space']) await page.keyboard.press(key);
    expect(await page.locator('#field-2').getAttribute('class')).toMatch(/code/u);
    await page.keyboard.press('j');
    await page.locator('.record-head h2', { hasText: '2' }).waitFor();
    expect(EDITS.flatMap((method) => host.asked(method))).toEqual([]);
    expect(await page.locator('.batch').count()).toBe(0);
  });

  it('keeps the focus where what had it is gone', async () => {
    const { tab, host } = await look('ready');
    const { page } = tab;
    await page.locator('[data-field="7"] .icon-button').first().click();
    await expect.poll(() => host.asked('removeField').length).toBe(1);
    await page.locator('#rows:focus').waitFor();
  });

  it('goes round its parts by F6, and by Tab from the list into the record', async () => {
    const { tab } = await look('ready');
    const { page } = tab;
    await page.locator('#rows').focus();
    const region = (): Promise<unknown> =>
      page.evaluate(`document.activeElement.closest('[data-region]')?.dataset.region ?? null`);
    const seen: unknown[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      await page.keyboard.press('F6');
      seen.push(await region());
    }
    expect(seen).toEqual(['form', 'toolbar', 'list']);
    await page.keyboard.press('Tab');
    expect(await region()).toBe('form');
  });

  it('is where it was after the page was loaded anew, with what was half typed', async () => {
    const { tab, host } = await look('chat');
    const { page } = tab;
    await page.locator('#field-0').focus();
    await page.keyboard.press('End');
    await page.keyboard.type(' half a thought');
    await expect
      .poll(() => page.evaluate("sessionStorage.getItem('kept')"))
      .toMatch(/half a thought/u);
    // A page that is destroyed does not leave its texts.
    host.silent = true;
    await page.reload();
    host.silent = false;
    await page.reload();
    await page.locator('#field-0:focus').waitFor();
    expect(await page.locator('.row-current .row-id').innerText()).toBe('chat-0533');
    expect(await valueOf(page, '#field-0')).toBe('chat-0533 half a thought');
    expect(host.texts[1]).toBe(LINES[1]);
  });

  it('scrolls through ten million rows by bar and by wheel', async () => {
    const { tab } = await look('ten million');
    const { page } = tab;
    const list = page.locator('#rows');
    const first = async (): Promise<number> => {
      const lines = await page.locator('.row .row-line').evaluateAll((rows) => {
        const top = (row: unknown): number =>
          (row as { getBoundingClientRect(): { top: number } }).getBoundingClientRect().top;
        const [seen] = rows.filter((row) => top(row) > 98);
        return seen ? Number((seen as { textContent: string }).textContent) : 0;
      });
      return lines;
    };
    const drag = (share: number): Promise<void> =>
      list.evaluate((element, to) => {
        const box = element as unknown as {
          scrollTop: number;
          scrollHeight: number;
          clientHeight: number;
        };
        box.scrollTop = to * (box.scrollHeight - box.clientHeight);
      }, share);
    await drag(0.5);
    await expect.poll(async () => Math.abs((await first()) - 5_000_000)).toBeLessThan(10_000);
    await list.hover();
    // Settled, then ten rows by the wheel, and not one more.
    await page.waitForTimeout(300);
    const before = await first();
    await page.mouse.wheel(0, 440);
    await expect.poll(first).toBe(before + 10);
    await page.waitForTimeout(300);
    expect(await first()).toBe(before + 10);
    await drag(0);
    await expect.poll(first).toBe(1);
    await drag(1);
    await expect
      .poll(() => page.locator('.row .row-line', { hasText: /^10000000$/u }).count())
      .toBe(1);
    const rows = await page.locator('.row').count();
    expect(rows).toBeLessThan(60);
  });

  it('threat 6: script injection from dataset text', async () => {
    const lines = HOSTILE_TEXTS.map((text, index) =>
      JSON.stringify({ id: `h-${index}`, question: `${text} ?`, [text]: [text], answer: text }),
    );
    const state = { host: { lines: [...lines, ...HOSTILE_TEXTS] }, shows: '.record-head' };
    const { tab } = await look(state);
    const { page } = tab;
    await page.locator('#rows').focus();
    for (let index = 1; index < 2 * HOSTILE_TEXTS.length; index += 1)
      await page.keyboard.press('j');
    await page.locator('.row-current[aria-posinset]').waitFor();
    expect(await page.evaluate('window.harm')).toBeUndefined();
    expect([tab.strangers, tab.problems]).toEqual([[], []]);
    const own = await page
      .locator(
        '#root :is(script, iframe, object, embed, img, a, video, audio, base, meta, link, style)',
      )
      .count();
    expect(own).toBe(0);
  });
});
