import { describe, expect, it } from 'vitest';
import { findChromium } from '../../scripts/chromium.mjs';
import { anAnswerAgain } from '../fakes/answerAgain.ts';
import { axeOn } from '../webview/axe.ts';
import { THEMES } from '../webview/browserPage.ts';
import { HOSTILE_TEXTS } from '../webview/hostileTexts.ts';
import { looksAt } from '../webview/looks.ts';
import { CHOICE_QUESTIONS, type Asked } from '../webview/questions.ts';
import { REVIEW } from '../webview/reviewLook.ts';
import { keptAt } from '../webview/states.ts';

const NARROW = { width: 300, height: 800 };
const WIDE = { width: 1200, height: 760 };

describe.skipIf(findChromium() === null)('Review in a browser', () => {
  const { look, closeAll } = looksAt(REVIEW, WIDE);

  // One of each kind; all of them, in every theme and width, are in the long proofs.
  it.each([
    'ready',
    'hostile',
    'decided',
    'edit',
    'people disagree',
    'second opinions',
    'ask the student again',
    'first wrong step',
    'choices',
    'word diff',
    'filter',
    'a list from elsewhere',
    'bulk question',
    'no exam',
    'frozen',
    'all done',
  ])('is readable, named and quiet: %s', async (name) => {
    const { tab } = await look(name, name.length % 2 === 0 ? NARROW : WIDE);
    expect(await axeOn(tab)).toEqual([]);
    expect([tab.problems, tab.strangers]).toEqual([[], []]);
  });

  it('has contrast in every theme', async () => {
    for (const theme of Object.keys(THEMES)) {
      const { tab } = await look('picked', { ...WIDE, theme });
      expect([theme, await axeOn(tab)]).toEqual([theme, []]);
      await closeAll();
    }
  });

  it('says before a hint is written that a program understands none', async () => {
    const hint = async (name: string): Promise<string> =>
      (await look(name)).tab.page.locator('.form-ask .form-hint').innerText();
    expect(await hint('ask a program')).toContain('understands no hints');
    await closeAll();
    expect(await hint('ask')).toContain('The gold answer is not told');
  });

  it('offers each way once: to the training, and to take one rationale or one more', async () => {
    const { tab } = await look('training');
    expect(await tab.page.getByRole('button', { name: /show training/iu }).count()).toBe(1);
    await closeAll();
    const { page } = (await look('ready', { ...WIDE, kept: keptAt('bakery-0417') })).tab;
    await page.locator('.side-tools', { hasText: /Accept this one(?!, too)/u }).waitFor();
    await page.locator('#queue').focus();
    for (const key of ['t', 'k', '2']) await page.keyboard.press(key);
    await page.locator('.side-tools', { hasText: 'Accept this one, too' }).waitFor();
  });

  it('marks the choice of the gold and of the attempt in hand in words, and fixes the gold to a letter', async () => {
    for (const size of [WIDE, NARROW]) {
      const { tab, host } = await look('choices', size);
      const { page } = tab;
      const marks = async (): Promise<string[]> => {
        const all = await page.locator('.choice').allInnerTexts();
        return all.map((text) => text.replace(/\s+/gu, ' ').trim());
      };
      expect((await marks()).slice(1, 3)).toEqual([
        '(b) blotting paper gold',
        '(c) the pen this attempt’s answer',
      ]);
      await page.locator('#queue').focus();
      await page.keyboard.press(']');
      // What is right now goes behind what is wrong.
      await expect
        .poll(marks)
        .toContainEqual(expect.stringMatching(/^\(e\) .* this attempt’s answer$/u));
      await page.keyboard.press(']');
      await expect.poll(marks).toContainEqual('(b) blotting paper gold this attempt’s answer');
      const name = await page.locator('.row-current .row-name').innerText();
      expect(name).toContain('student (c) the pen, gold (b) blotting paper');
      const row = page.locator('.row-current .row-answers');
      expect((await row.innerText()).replace(/\s/gu, '')).toBe('(c)(b)');

      await page.getByRole('button', { name: 'Fix…' }).click();
      const select = page.getByRole('combobox', { name: 'Gold choice' });
      expect(await select.inputValue()).toBe('b');
      await select.selectOption('c');
      await page.locator('.form-gold vscode-text-field').click();
      await page.keyboard.type('the pen it is');
      await page.keyboard.press('Control+Enter');
      await expect
        .poll(() => host.decisions)
        .toMatchObject([{ type: 'fix-gold', questionId: 'ink-0715', was: 'b', answer: 'c' }]);
      await expect
        .poll(async () => (await page.locator('.gold').innerText()).trim())
        .toMatch(/\(c\) the pen[^]*in the data[^]*\(b\) blotting paper/u);
      await closeAll();
    }
  });

  it('names what was answered when the student was asked again by letter and text, too', async () => {
    const { tab } = await look({
      host: { asked: CHOICE_QUESTIONS },
      at: 'ink-0715',
      before: (host) => {
        host.askedAgain.push(anAnswerAgain('ink-0715', { over: { text: ' So.\nAnswer: (a)' } }));
      },
      shows: '.asking-answers',
    });
    expect(await tab.page.locator('.asking-answers').innerText()).toContain(
      '(a) a second sheet of writing paper',
    );
  });

  it('fixes the gold of yes and no by choosing one of the two', async () => {
    const { tab, host } = await look(
      { host: { asked: CHOICE_QUESTIONS }, at: 'whale-0716', shows: '.decide' },
      WIDE,
    );
    const { page } = tab;
    await page.getByRole('button', { name: 'Fix…' }).click();
    await page.getByRole('combobox', { name: 'Gold answer' }).selectOption('yes');
    await page.locator('.form-gold vscode-text-field').click();
    await page.keyboard.type('it swims');
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => host.decisions).toMatchObject([{ was: 'no', answer: 'yes' }]);
  });

  it('does not scroll sideways from 256 px on', async () => {
    for (const width of [256, 300, 479, 480, 640, 900, 1600]) {
      const state = width % 2 === 0 ? 'choices' : 'ready';
      const { tab } = await look(state, { ...NARROW, width });
      const over = await tab.page.evaluate(() => {
        interface Box {
          readonly scrollWidth: number;
          readonly clientWidth: number;
        }
        // SAFETY: the page's document, which the compiler of these files does not know.
        const { document } = globalThis as unknown as {
          document: { documentElement: Box; querySelector(selector: string): Box | null };
        };
        const boxes = [document.documentElement, document.querySelector('.detail-scroll')];
        return boxes.map((box) => (box ? box.scrollWidth - box.clientWidth : 0));
      });
      expect([width, over]).toEqual([width, [0, 0]]);
      await closeAll();
    }
  });

  it('decides nothing whatever is typed into any field, and Ctrl+Z there undoes text', async () => {
    const KEYS = 'jkaxserwpcmdonu?/fgG[]123 PUXt';
    for (const name of ['edit', 'write', 'ask', 'fix the gold', 'fix the question', 'filter']) {
      const { tab, host } = await look(name);
      const { page } = tab;
      // The search field last: what is typed there takes the item off the screen.
      const fields = page.locator('vscode-text-area, vscode-text-field');
      const count = await fields.count();
      expect(count).toBeGreaterThan(1);
      for (const index of [...Array(count).keys()].reverse()) {
        const field = fields.nth(index);
        await field.click();
        const before = await field.evaluate((element) => Reflect.get(element, 'value') as string);
        await page.keyboard.press('End');
        await page.keyboard.type(KEYS);
        const typed = await field.evaluate((element) => Reflect.get(element, 'value') as string);
        expect([name, index, typed.length]).toEqual([name, index, before.length + KEYS.length]);
        for (let n = 0; n < 40; n += 1) await page.keyboard.press('Control+z');
        const undone = await field.evaluate((element) => Reflect.get(element, 'value') as string);
        expect([name, index, undone.length]).toEqual([name, index, before.length]);
        await page.keyboard.press('Control+y');
      }
      expect(host.decisions).toEqual([]);
      expect(host.calls.filter(({ method }) => ['decide', 'bulk', 'ask'].includes(method))).toEqual(
        [],
      );
      await closeAll();
    }
  });

  it('reviews by keys alone, without a pointer', async () => {
    const { tab, host } = await look('ready', { ...WIDE, kept: keptAt('q-1004') });
    await tab.page.locator('#queue').focus();
    for (const key of ['a', 'x', 'a', 's', 'a', 'n', 'x']) await tab.page.keyboard.press(key);
    const decided = (): unknown[] =>
      host.calls.flatMap(({ method, params }) => (method === 'decide' ? [params] : []));
    await expect.poll(decided).toEqual([
      { id: 'q-1004', act: { type: 'accept' } },
      { id: 'q-1005', act: { type: 'reject' } },
      { id: 'q-1006', act: { type: 'accept' } },
      { id: 'q-1008', act: { type: 'accept' } },
      { id: 'q-1010', act: { type: 'reject' } },
    ]);
    const before = host.decisions.length;
    await tab.page.keyboard.press('u');
    await expect.poll(() => host.decisions.length).toBeLessThan(before);
    await expect.poll(() => tab.page.locator('#live').textContent()).toMatch(/^Undone/u);
    await expect.poll(() => tab.page.locator('.row-current .row-id').textContent()).toBe('q-1010');
  });

  it('is where it was after the page was loaded anew', async () => {
    const { tab } = await look('edit', WIDE);
    const { page } = tab;
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' half a thought');
    await expect
      .poll(() => page.evaluate("sessionStorage.getItem('kept')"))
      .toMatch(/half a thought/u);
    await page.reload();
    await page.locator('.form-edit').waitFor();
    expect(await page.locator('.row-current .row-id').innerText()).toBe('bakery-0417');
    const value = await page
      .locator('.form-edit vscode-text-area')
      .evaluate((element) => Reflect.get(element, 'value') as string);
    expect(value).toMatch(/half a thought$/u);
  });

  it('threat 6: script injection from dataset or teacher text', async () => {
    const asked = HOSTILE_TEXTS.map((text, index): Asked => {
      const id = `hostile-${index}`;
      return {
        question: { id, question: `${text} How many? ${text}`, answer: '7' },
        texts: [` ${text}\nAnswer: 8`, ` 3 + 4 = 8 ${text}\nAnswer: ${text}`],
        rationales: [`${text} 3 + 4 = 7.\nAnswer: 7`],
      };
    });
    const { tab } = await look(
      { host: { asked }, shows: '.decide' },
      { ...WIDE, kept: keptAt('hostile-0') },
    );
    const { page } = tab;
    await page.locator('#queue').focus();
    for (const mode of ['', 'd', 'd']) {
      if (mode) await page.keyboard.press(mode);
      await page.keyboard.press('Home');
      for (let index = 1; index < asked.length; index += 1) await page.keyboard.press('j');
    }
    await page.keyboard.press('e');
    await page.locator('.form').first().waitFor();
    expect(await page.evaluate('window.harm')).toBeUndefined();
    expect(tab.strangers).toEqual([]);
    expect(tab.problems).toEqual([]);
    const own = await page
      .locator(
        '#root :is(script, iframe, object, embed, img, a, video, audio, base, meta, link, style, form:not(.form))',
      )
      .count();
    expect(own).toBe(0);
  });
});
