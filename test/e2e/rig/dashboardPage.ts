import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** The Round Dashboard, worked as a person does. */
export class DashboardPage {
  readonly frame: Frame;

  private constructor(frame: Frame) {
    this.frame = frame;
  }

  /** Opens it, or brings it to the front, and waits for what it shows. */
  static async open(workbench: Workbench): Promise<DashboardPage> {
    await workbench.command('Tailor: Show Dashboard');
    return new DashboardPage(await workbench.frame('.dashboard .part h2'));
  }

  /** One part of the board, by its name in the page. */
  part(name: string): Locator {
    return this.frame.locator(`#part-${name}`);
  }

  /** Chooses in one of the comparison's three fields. */
  async compare(field: 'Compare round' | 'with round' | 'on', value: string): Promise<void> {
    await this.part('change').getByLabel(field, { exact: true }).selectOption(value);
  }

  /** The number beside a bar, by the list it opens. */
  number(list: RegExp): Locator {
    return this.frame.getByRole('button', { name: list });
  }

  /** Opens the list behind a number and waits for its questions; tells how many it has in all. */
  async openList(list: RegExp): Promise<number> {
    const number = this.number(list).first();
    const count = Number((await number.innerText()).replaceAll(',', ''));
    await number.click();
    await this.frame.locator('.list-panel .question').first().waitFor();
    return count;
  }

  /** Ids of the questions in the open list's page. */
  listed(): Promise<string[]> {
    return this.frame.locator('.list-panel .question-id').allInnerTexts();
  }

  async press(name: string | RegExp): Promise<void> {
    await this.frame.getByRole('button', { name, exact: true }).first().click();
  }
}

/** Names a file in the editor's own dialog for saving, which it shows for folders of a server. */
export async function saveAs(workbench: Workbench, path: string): Promise<void> {
  const { page } = workbench;
  const input = page.locator('.quick-input-widget input.input').first();
  await workbench.until('the dialog for saving names a file', async () => {
    const shown = await input.inputValue({ timeout: 2000 });
    if (shown === path) return true;
    if (shown.startsWith('/')) await input.fill(path, { timeout: 2000 });
    await page.waitForTimeout(300);
    return false;
  });
  await workbench.until('the file is named', async () => {
    if (!(await input.isVisible())) return true;
    await page.keyboard.press('Enter');
    await input.waitFor({ state: 'hidden', timeout: 2000 });
    return true;
  });
}
