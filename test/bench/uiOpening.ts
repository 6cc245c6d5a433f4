import * as z from 'zod/mini';
import { ReviewPage } from '../e2e/rig/reviewPage.ts';
import type { Workbench } from '../e2e/rig/workbench.ts';

/** Long enough for what a closed editor leaves behind to be over. */
const REST_MS = 700;
const READ_MS = 600_000;

/** Runs in the window: when a command of the palette was chosen, by the pages' common clock. */
const NOTE_CHOICE = `addEventListener('click', (event) => {
  if (event.target.closest('.quick-input-list'))
    globalThis.chosenAt = performance.timeOrigin + event.timeStamp;
}, { capture: true })`;

/** Runs in every frame from its start: when its first row of the queue was on screen, in the task after its frame. */
const NOTE_ROW = `if (window !== top) {
  const look = () => {
    // Not by frames: the editor writes its page into one that is there already, which forgets what it waits to draw.
    if (document.querySelector('#queue .row-title') === null) setTimeout(look, 4);
    else requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => { globalThis.rowAt = performance.timeOrigin + performance.now(); };
      port2.postMessage(null);
    });
  };
  look();
}`;

/** Opens and closes Review's panel and says how long it took: the pages themselves note when. */
export class Openings {
  readonly #workbench: Workbench;

  private constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  static async watch(workbench: Workbench): Promise<Openings> {
    await workbench.page.addInitScript(NOTE_ROW);
    await workbench.page.evaluate(NOTE_CHOICE);
    return new Openings(workbench);
  }

  /** From the choice of the palette's command to the first row on screen, in ms. */
  async open(): Promise<readonly [ReviewPage, number]> {
    const review = await ReviewPage.panel(this.#workbench);
    let rowAt: unknown;
    await this.#workbench.until('the first row is on screen', async () => {
      rowAt = await review.frame.evaluate('globalThis.rowAt');
      return rowAt !== undefined;
    });
    const chosenAt: unknown = await this.#workbench.page.evaluate('chosenAt');
    return [review, Math.round(z.number().parse(rowAt) - z.number().parse(chosenAt))];
  }

  async close(): Promise<void> {
    await this.#workbench.command('View: Close All Editors');
    await new Promise((resolve) => setTimeout(resolve, REST_MS));
  }

  /** Resolves when the host has read the round: its whole queue is listed, and can be decided on. */
  async read(review: ReviewPage, count: number): Promise<void> {
    const whole = review.frame.locator(`#queue .row[aria-setsize="${count}"]`).first();
    await whole.waitFor({ timeout: READ_MS });
    const decided = review.frame.locator('.decide-buttons .button:not([disabled])').first();
    await decided.waitFor({ timeout: READ_MS });
  }
}

/** The value in the middle of several. */
export function middle(values: readonly number[]): number {
  return part(values, 0.5);
}

/** The value below which a share of all lies. */
export function part(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
}
