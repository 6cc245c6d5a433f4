import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** The Dataset Editor in front, worked with keys as a person does. */
export class DatasetPage {
  readonly frame: Frame;
  readonly #workbench: Workbench;

  private constructor(workbench: Workbench, frame: Frame) {
    this.#workbench = workbench;
    this.frame = frame;
  }

  /** Opens a set of the workspace's project by command. */
  static async openSet(workbench: Workbench, set: string): Promise<DatasetPage> {
    await workbench.command('Tailor: Open in Dataset Editor');
    await workbench.pick(set);
    return DatasetPage.at(workbench);
  }

  /** The one that is shown already, for example after a reload; `says` tells it from another. */
  static async at(workbench: Workbench, says = ''): Promise<DatasetPage> {
    const frame = await workbench.frame(`#root:has-text("${says}") #rows .row-current .row-line`);
    return new DatasetPage(workbench, frame);
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#workbench.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.#workbench.page.keyboard.insertText(text);
  }

  async focusRows(): Promise<void> {
    await this.frame.locator('#rows').focus();
  }

  /** The line of the row under the cursor, once its record is on screen as well. */
  async current(): Promise<number> {
    return Number(await this.frame.locator('.row-current .row-line').innerText());
  }

  /** How many rows are listed. */
  async rows(): Promise<number> {
    const first = this.frame.locator('#rows [role="option"]').first();
    return Number(await first.getAttribute('aria-setsize'));
  }

  async goToLine(line: number): Promise<void> {
    await this.focusRows();
    await this.press('l');
    await this.frame.locator('#root input:focus').waitFor();
    await this.type(String(line));
    await this.press('Enter');
    await this.#workbench.until(`line ${line} is current`, async () => {
      const heading = await this.frame.locator('.record-head h2').innerText();
      return (await this.current()) === line && heading.includes(String(line));
    });
    await this.focusRows();
  }

  /** Looks for words, as the box over the rows does. */
  async search(words: string): Promise<void> {
    await this.focusRows();
    await this.press('/');
    await this.type(words);
  }

  /** The text of a field of the row under the cursor. */
  field(name: string): Locator {
    const label = new RegExp(`^${name}\\s`, 'u');
    return this.frame
      .locator('.field-card')
      .filter({ has: this.frame.locator('.field-name', { hasText: label }) })
      .locator('textarea');
  }

  /** Waits until the cursor is in this line, and a field of it says this. */
  async isAt(line: number, name: string, text: string): Promise<void> {
    await this.#workbench.until(
      `the cursor is in line ${line}, whose ${name} is “${text}”`,
      async () => (await this.current()) === line && (await this.field(name).inputValue()) === text,
      20_000,
    );
  }

  /** Replaces a field's text and writes it with Ctrl+Enter. */
  async write(name: string, text: string): Promise<void> {
    const field = this.field(name);
    await field.focus();
    await this.press('Control+a');
    await this.type(text);
    await this.press('Control+Enter');
    await this.focusRows();
  }

  /** What the head of the page says has been done to the file, for example "1 row edited". */
  async changes(): Promise<string> {
    return (await this.frame.locator('.summary-changes').innerText())
      .replaceAll(/\s+/gu, ' ')
      .trim();
  }

  /** Whether the page has just said this. */
  async says(text: string): Promise<boolean> {
    return (await this.frame.locator('.summary').innerText()).includes(text);
  }

  banner(text: string | RegExp): Locator {
    return this.frame.locator('.banner').filter({ hasText: text });
  }

  /** The mark of unsaved edits on the tab in front. */
  async isDirty(): Promise<boolean> {
    return (await this.#workbench.page.locator('.tabs-container .tab.active.dirty').count()) > 0;
  }

  async untilDirty(dirty: boolean, why: string): Promise<void> {
    await this.#workbench.until(
      `the tab is ${dirty ? '' : 'not '}dirty: ${why}`,
      async () => (await this.isDirty()) === dirty,
      20_000,
    );
  }

  async save(): Promise<void> {
    await this.press('Control+s');
    await this.untilDirty(false, 'saved');
  }
}

/** Puts a folder under version control as it is. */
export function commitAll(folder: string): void {
  const git = (...args: string[]): void => void execFileSync('git', args, { cwd: folder });
  git('init', '--quiet');
  git('add', '--all');
  const who = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  git(...who, 'commit', '--quiet', '--message', 'As it was');
}

/** The lines that differ from the last commit, as git shows them. */
export function changedLines(folder: string, path: string): string[] {
  const args = ['diff', '--unified=0', '--no-color', '--', path];
  return execFileSync('git', args, { cwd: folder, encoding: 'utf8' })
    .split('\n')
    .filter((line) => /^[-+](?![-+]{2} )/u.test(line));
}

export const linesOf = (path: string): string[] => readFileSync(path, 'utf8').trimEnd().split('\n');
