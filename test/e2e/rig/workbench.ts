import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsoleMessage, Frame, Locator, Page } from 'playwright-core';
import { ROOT } from '../../../scripts/environment.mjs';

const PICTURES = join(ROOT, '.cache', 'e2e', 'pictures');
/** Long enough for a loaded machine; every wait ends as soon as what it waits for is there. */
const PATIENCE = 90_000;

/** The toolkit's badge and progress ring carry a style attribute, which our policy refuses: harmless, and named. */
const KNOWN_VIOLATION = /style-src(?:-attr)?\b.*|Applying inline style violates/u;

/** VS Code's window, as a person sees it. */
export class Workbench {
  readonly page: Page;
  /** When the last command was chosen in the palette. */
  ranAt = 0;
  readonly #url: string;
  readonly #violations: string[] = [];
  readonly #strangers: string[] = [];

  private constructor(page: Page, url: string, origin: string) {
    this.page = page;
    this.#url = url;
    page.on('console', (message) => this.#listen(message));
    page.on('request', (request) => {
      const target = new URL(request.url());
      const local = ['blob:', 'data:', 'vscode-file:'].includes(target.protocol);
      // VS Code's own: its extension gallery, and the name under which a service worker serves an extension's files.
      const own = /^open-vsx\.org$|\.vscode-resource\.vscode-cdn\.net$/u.test(target.hostname);
      if (!local && !own && target.origin !== origin) this.#strangers.push(request.url());
    });
  }

  /** Opens `folder` and waits until the window stands. */
  static async open(page: Page, origin: string, folder: string | null): Promise<Workbench> {
    const query = folder === null ? 'ew=true' : `folder=${encodeURIComponent(folder)}`;
    const workbench = new Workbench(page, `${origin}/?${query}`, origin);
    await page.goto(workbench.#url);
    await workbench.#ready();
    return workbench;
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: PATIENCE });
    await this.page
      .locator('.activitybar [aria-label^="Tailor"]')
      .first()
      .waitFor({ timeout: PATIENCE });
  }

  /** What a person's F5 in the browser does. */
  async reload(): Promise<void> {
    // In a browser VS Code writes down every five seconds which editors are open, and nothing when a page goes.
    await this.page.waitForTimeout(7000);
    await this.page.reload();
    await this.#ready();
  }

  /** Waits until the window has gone over to this folder by itself, and stands again. */
  async arrived(folder: string): Promise<void> {
    await this.page.waitForURL(({ searchParams }) => searchParams.get('folder') === folder, {
      timeout: PATIENCE,
    });
    await this.#ready();
  }

  /** Content-security violations so far, without those of the toolkit that are known. */
  get violations(): readonly string[] {
    return this.#violations.filter((text) => !KNOWN_VIOLATION.test(text));
  }

  /** Requests that left for another server. */
  get strangers(): readonly string[] {
    return this.#strangers;
  }

  #listen(message: ConsoleMessage): void {
    if (/content security policy/iu.test(message.text())) this.#violations.push(message.text());
  }

  /**
   * Runs a command by its full title in the palette, for example "Tailor: Run Exam"; `inPlace` leaves what has the focus
   * to begin with.
   */
  async command(title: string, { inPlace = false } = {}): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input').first();
    const row = this.quickRow(title);
    let first = inPlace;
    await this.until(`the palette offers "${title}"`, async () => {
      if (!first) await this.page.keyboard.press('Escape');
      first = false;
      await this.page.keyboard.press('F1');
      // Its rows are a snapshot: a command that comes later needs the palette opened anew.
      await input.fill(`>${title}`, { timeout: 2000 });
      await row.waitFor({ timeout: 2000 });
      this.ranAt = Date.now();
      await row.click({ timeout: 2000 });
      return true;
    });
  }

  /** A row of the open quick pick whose label is exactly this. */
  quickRow(label: string): Locator {
    return this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ has: this.page.locator(`.label-name`, { hasText: exactly(label) }) })
      .first();
  }

  /** Chooses from the open quick pick. */
  async pick(label: string | RegExp): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label });
    await row.first().click({ timeout: PATIENCE });
  }

  /** Names a folder in the editor's own dialog, which it shows for folders of a server. */
  async pickFolder(folder: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input').first();
    // It comes with the home folder, writes what it reads into the field, and would take an early Enter for that.
    await this.until('the dialog names the folder', async () => {
      const shown = await input.inputValue({ timeout: 2000 });
      if (shown === `${folder}/`) return true;
      if (shown.startsWith('/')) await input.fill(`${folder}/`, { timeout: 2000 });
      await this.page.waitForTimeout(300);
      return false;
    });
    await this.until('the folder is taken', async () => {
      if (!(await input.isVisible())) return true;
      await this.page.keyboard.press('Enter');
      await input.waitFor({ state: 'hidden', timeout: 2000 });
      return true;
    });
  }

  /** Types into the open input box and confirms. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input.input').first();
    await input.waitFor({ timeout: PATIENCE });
    await input.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** Waits for a notification that holds this text; one that has hidden itself meanwhile is found behind the bell. */
  async notification(text: string | RegExp): Promise<Locator> {
    const found = this.page.locator('.notification-list-item').filter({ hasText: text }).first();
    const center = this.page.locator('.notifications-center');
    await this.until(`a notification says ${String(text)}`, async () => {
      if (await found.isVisible()) return true;
      const toasts = await this.page.locator('.notification-toast').count();
      const unseen = this.page.locator('[id="status.notifications"] .codicon-bell-dot');
      if (toasts === 0 && (await unseen.count()) > 0 && !(await center.isVisible())) {
        await unseen.click();
      }
      return false;
    });
    return found;
  }

  async pressInNotification(text: string | RegExp, button: string): Promise<void> {
    const found = await this.notification(text);
    await found.hover();
    await found.getByRole('button', { name: button }).click();
  }

  /** Presses a button of the modal dialog whose text holds `text`. */
  async pressInDialog(text: string | RegExp, button: string): Promise<void> {
    const dialog = this.page.locator('.monaco-dialog-box').filter({ hasText: text });
    await dialog.waitFor({ timeout: PATIENCE });
    await dialog.getByRole('button', { name: button, exact: true }).click();
  }

  /** Tailor's item in the status bar. */
  get status(): Locator {
    return this.page.locator('[id="tailor-distill.tailor-distill.tailor.status"]');
  }

  /** Whether the palette offers a command with exactly this title now. */
  async offers(title: string): Promise<boolean> {
    const input = this.page.locator('.quick-input-widget input.input').first();
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await this.until('the palette answers', async () => {
      await this.page.keyboard.press('Escape');
      await this.page.keyboard.press('F1');
      await input.fill(`>${title}`, { timeout: 2000 });
      await rows.first().waitFor({ timeout: 2000 });
      return true;
    });
    const found = (await this.quickRow(title).count()) > 0;
    await this.page.keyboard.press('Escape');
    return found;
  }

  /** Shows Tailor's container in the Activity Bar. */
  async showTailor(): Promise<void> {
    const container = this.page.locator('[id="workbench.view.extension.tailor"]');
    if (await container.isVisible()) return;
    await this.page.locator('.activitybar [aria-label^="Tailor"]').first().click();
    await container.waitFor({ timeout: PATIENCE });
  }

  /** Rows of the Rounds tree that hold this text. */
  treeRow(text: string | RegExp): Locator {
    return this.page
      .locator('[id="workbench.view.extension.tailor"] .monaco-list-row')
      .filter({ hasText: text });
  }

  /** A frame of one of our webviews that holds an element for this selector. */
  async frame(selector: string): Promise<Frame> {
    const found: Frame[] = [];
    await this.until(`a webview holds ${selector}`, async () => {
      for (const frame of this.page.frames()) {
        const url = frame.parentFrame()?.url() ?? '';
        if (!url.includes('extensionId=tailor-distill.tailor-distill')) continue;
        if ((await frame.locator(selector).count()) > 0) found.push(frame);
      }
      return found.length > 0;
    });
    const [first] = found;
    if (first === undefined) throw new Error(`no webview holds ${selector}`);
    return first;
  }

  /** Retries until it is true; errors of the page on the way count as "not yet". */
  async until(
    what: string,
    look: () => Promise<boolean> | boolean,
    patience = PATIENCE,
  ): Promise<void> {
    const end = Date.now() + patience;
    let last: unknown = null;
    while (Date.now() < end) {
      try {
        if (await look()) return;
      } catch (error) {
        last = error;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`It did not come about in time: ${what}`, { cause: last });
  }

  /** Keeps a picture of the window for people to look at. */
  async picture(name: string): Promise<void> {
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`) });
  }
}

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')}$`, 'u');
}
