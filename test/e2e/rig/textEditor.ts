import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** The text editor in front, worked as a person does. */
export class TextEditor {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  get #page() {
    return this.#workbench.page;
  }

  /** The text that is shown, with what stands between and behind the lines. */
  get #shown(): Locator {
    return this.#page.locator('.editor-group-container.active .monaco-editor').first();
  }

  /** Opens a file of the workspace by its path. */
  async open(path: string): Promise<void> {
    const name = path.split('/').at(-1) ?? path;
    const input = this.#page.locator('.quick-input-widget input.input').first();
    const row = this.#page.locator('.quick-input-list .monaco-list-row').first();
    const tab = this.#page.locator('.tabs-container .tab.active');
    await this.#workbench.until(`${path} is open`, async () => {
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('Control+p');
      await input.fill(path, { timeout: 2000 });
      await row.filter({ hasText: name }).waitFor({ timeout: 2000 });
      await this.#page.keyboard.press('Enter');
      await tab.filter({ hasText: name }).waitFor({ timeout: 3000 });
      return true;
    });
    await this.#shown.locator('.view-line').first().waitFor();
  }

  /** Waits for a row of the Problems panel that says this. */
  async problem(message: string, place: string): Promise<Locator> {
    const row = this.#page
      .locator('.markers-panel .monaco-list-row')
      .filter({ hasText: message })
      .filter({ hasText: place })
      .first();
    await this.#workbench.until(`Problems shows "${message}"`, async () => {
      if (await row.isVisible()) return true;
      if (!(await this.#page.locator('.markers-panel').isVisible())) {
        await this.#workbench.command('Problems: Focus on Problems View');
      }
      return false;
    });
    return row;
  }

  /** Goes to a problem, opens its quick fixes and chooses one. */
  async fix(message: string, title: string): Promise<void> {
    await this.#goTo(message);
    const entry = this.#page.locator('.action-widget .monaco-list-row').filter({ hasText: title });
    await this.#workbench.until(`the fix "${title}" is offered`, async () => {
      await this.#page.keyboard.press('Control+.');
      await entry.first().waitFor({ timeout: 3000 });
      await entry.first().click({ timeout: 2000 });
      return true;
    });
  }

  /** Goes to a problem and completes the value there. */
  async complete(message: string, label: string): Promise<void> {
    await this.#goTo(message);
    const entry = this.#page.locator('.suggest-widget .monaco-list-row').filter({ hasText: label });
    await this.#workbench.until(`"${label}" is suggested`, async () => {
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('Control+Space');
      await entry.first().waitFor({ timeout: 3000 });
      await entry.first().click({ timeout: 2000 });
      return true;
    });
  }

  async #goTo(message: string): Promise<void> {
    const row = await this.problem(message, 'Ln ');
    await row.dblclick();
    await this.#shown.locator('textarea, .native-edit-context').first().focus();
  }

  async save(): Promise<void> {
    await this.#page.keyboard.press('Control+s');
  }

  /** Waits for a text in the editor, between its lines or behind them. */
  async shows(text: RegExp): Promise<void> {
    await this.#shown.getByText(text).first().waitFor({ timeout: 60_000 });
  }

  /** Asks for the hover at the cursor. */
  async hover(text: RegExp): Promise<Locator> {
    const hover = this.#page.locator('.monaco-hover').filter({ hasText: text }).first();
    await this.#workbench.until('the hover is shown', async () => {
      await this.#page.keyboard.press('Escape');
      await this.#page.keyboard.press('Control+k');
      await this.#page.keyboard.press('Control+i');
      await hover.waitFor({ timeout: 3000 });
      return true;
    });
    return hover;
  }

  /** Types a letter and waits for the editor's word that nothing can be typed here. */
  async refusesTyping(): Promise<void> {
    const message = this.#page.locator('.monaco-editor-overlaymessage').filter({
      hasText: /read-only/iu,
    });
    await this.#workbench.until('the editor refuses', async () => {
      await this.#shown.locator('.view-line').first().click({ timeout: 2000 });
      await this.#page.keyboard.type('x');
      await message.first().waitFor({ timeout: 3000 });
      return true;
    });
  }
}
