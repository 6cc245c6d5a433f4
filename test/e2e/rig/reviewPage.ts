import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import { recordsIn } from '../../process/practiceLoop.ts';
import type { Workbench } from './workbench.ts';

/** The Review view or panel, worked with keys as a person does. */
export class ReviewPage {
  readonly frame: Frame;
  readonly #workbench: Workbench;

  private constructor(workbench: Workbench, frame: Frame) {
    this.#workbench = workbench;
    this.frame = frame;
  }

  /** Opens the wide panel and waits for its first rows. */
  static async panel(workbench: Workbench): Promise<ReviewPage> {
    await workbench.command('Tailor: Open Review in an Editor');
    return ReviewPage.at(workbench, 'panel');
  }

  /** Opens the view of the secondary side bar. */
  static async side(workbench: Workbench): Promise<ReviewPage> {
    await workbench.command('Tailor: Focus on Review View');
    return ReviewPage.at(workbench, 'side');
  }

  /** The page that is shown already, for example after a reload. */
  static async at(workbench: Workbench, place: 'panel' | 'side'): Promise<ReviewPage> {
    const frame = await workbench.frame(`body[data-place="${place}"] #queue .row-title`);
    return new ReviewPage(workbench, frame);
  }

  get queue(): Locator {
    return this.frame.locator('#queue');
  }

  async focusQueue(): Promise<void> {
    await this.queue.focus();
  }

  /** Presses a key in the list, and nowhere else. */
  async press(key: string): Promise<void> {
    await this.#workbench.page.keyboard.press(key);
  }

  /** The id of the row under the cursor. */
  async current(): Promise<string> {
    return (await this.frame.locator('.row-current .row-id').innerText()).trim();
  }

  /** What is taken back next, as the undo button says it; null where there is nothing. */
  async undoLabel(): Promise<string | null> {
    const button = this.frame.locator('.header-tools [aria-label^="Undo"]').first();
    return button.getAttribute('aria-label');
  }

  /** Accepts or rejects the item under the cursor and waits until the cursor has moved on. */
  async decide(key: 'a' | 'x'): Promise<string> {
    const id = await this.current();
    await this.press(key);
    await this.#workbench.until(
      `${key} on ${id} moves on`,
      async () => (await this.current()) !== id,
    );
    return id;
  }
}

/** All decision events of a round, of every writer, as they lie on disk. */
export function decisionsOf(project: string, round = 0): Record<string, unknown>[] {
  const folder = join(project, 'rounds', String(round), 'decisions');
  return existsSync(folder) && readdirSync(folder).length > 0 ? recordsIn(folder) : [];
}
