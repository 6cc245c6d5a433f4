import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame, Locator } from 'playwright-core';
import * as z from 'zod/mini';
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
    await workbench.command('Tailor Review: Focus on Review View');
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

  /** The name that a screen reader gives the row of this item; its status is in it. */
  async labelOf(id: string): Promise<string> {
    const row = this.frame.locator('.row', { has: this.frame.locator('.row-id', { hasText: id }) });
    return (await row.first().locator('.row-name').textContent()) ?? '';
  }

  /** The text control that has the focus now. */
  async openField(): Promise<{ value(): Promise<string> }> {
    const focused = this.frame.locator(
      'vscode-text-area:focus, vscode-text-field:focus, input:focus',
    );
    await focused.first().waitFor({ timeout: 15_000 });
    const field = await focused.first().elementHandle();
    return {
      value: () =>
        // SAFETY: both the toolkit's text controls and inputs have a string as their value.
        field.evaluate((element) => (element as unknown as { value: string }).value),
    };
  }

  /** How many rationales the item on screen has to choose from. */
  async candidates(): Promise<number> {
    const tabs = await this.frame.locator('.side-teacher .tab').count();
    if (tabs > 0) return tabs;
    return this.frame.locator('.side-teacher .side-about').count();
  }

  /** Asks the teacher again about the item under the cursor, with this hint, by keys. */
  async askAgain(hint: string): Promise<void> {
    await this.press('r');
    const field = await this.openField();
    await this.#workbench.page.keyboard.insertText(hint);
    await this.#workbench.until('the hint is written', async () => (await field.value()) === hint);
    await this.press('Control+Enter');
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
    await this.#workbench.until(`${key} on ${id} decides and moves on`, async () => {
      const moved = (await this.current()) !== id;
      return moved && !(await this.labelOf(id)).includes('to review');
    });
    return id;
  }
}

/** What a person did in one step: the events that share an action. */
export interface Act {
  readonly types: readonly string[];
  readonly questions: readonly string[];
}

const eventSchema = z.object({
  type: z.string(),
  seq: z.number(),
  at: z.string(),
  action: z.optional(z.string()),
  questionId: z.optional(z.string()),
  /** Of a spot check they are bare ids. */
  items: z.optional(z.array(z.union([z.object({ questionId: z.string() }), z.string()]))),
  author: z.object({ kind: z.string() }),
});

/** The acts of people in a round, in order, as they lie on disk. */
export function actsOf(project: string, round = 0): Act[] {
  const folder = join(project, 'rounds', String(round), 'decisions');
  if (!existsSync(folder)) return [];
  const events = recordsIn(folder)
    .map((record) => eventSchema.parse(record))
    .filter(({ author }) => author.kind === 'person')
    .sort((a, b) => a.at.localeCompare(b.at) || a.seq - b.seq);
  const acts = new Map<string, { types: Set<string>; questions: Set<string> }>();
  for (const event of events) {
    const key = event.action ?? `${event.at} ${event.seq}`;
    const act = acts.get(key) ?? { types: new Set(), questions: new Set() };
    act.types.add(event.type);
    if (event.questionId !== undefined) act.questions.add(event.questionId);
    for (const item of event.items ?? []) {
      if (typeof item !== 'string') act.questions.add(item.questionId);
    }
    acts.set(key, act);
  }
  return [...acts.values()].map(({ types, questions }) => ({
    types: [...types],
    questions: [...questions],
  }));
}
