import type { Frame } from 'playwright-core';
import * as z from 'zod/mini';

/**
 * Runs in a page: notes when what is waited for was on screen, in the task after its frame, by the pages' common clock.
 * It is looked for by a timer and not by frames: the editor writes its page into one that is there already, which forgets
 * what it waits to draw.
 */
const CLOCK = `globalThis.benchClock ??= {
  happened: {},
  painted: {},
  expect(name, holds) {
    this.painted[name] = new Promise((resolve) => {
      const look = () => {
        if (!holds()) setTimeout(look, 4);
        else requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
          port2.postMessage(null);
        });
      };
      look();
    });
  },
};`;

/** Runs in a page once it is written: when a key was last pressed, something typed or clicked, by the same clock. */
const LISTEN = `for (const type of ['keydown', 'input', 'click'])
  addEventListener(type, (event) => {
    benchClock.happened[event.key ?? type] = performance.timeOrigin + event.timeStamp;
  }, { capture: true });`;

/** An init script: every frame but the window's own waits for these conditions from its start. */
export function expectInFrames(conditions: Readonly<Record<string, string>>): string {
  const all = Object.entries(conditions).map(([name, condition]) => expecting(name, condition));
  return `if (window !== top) {\n${CLOCK}\n${all.join('\n')}\n}`;
}

const expecting = (name: string, condition: string): string =>
  `benchClock.expect(${JSON.stringify(name)}, () => ${condition});`;

/** Times of one page: between what a person does in it and what is painted for that. */
export class PaintClock {
  readonly #frame: Frame;

  private constructor(frame: Frame) {
    this.#frame = frame;
  }

  static async in(frame: Frame): Promise<PaintClock> {
    await frame.evaluate(`${CLOCK}\n${LISTEN}`);
    return new PaintClock(frame);
  }

  /** Waits from now on until the condition, a JavaScript expression, holds in the page. */
  async expect(name: string, condition: string): Promise<void> {
    await this.#frame.evaluate(`${expecting(name, condition)}; undefined`);
  }

  /** When that was on screen. */
  async painted(name: string, patienceMs = 120_000): Promise<number> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const seconds = Math.round(patienceMs / 1000);
      timer = setTimeout(
        () => reject(new Error(`“${name}” did not come within ${seconds} s`)),
        patienceMs,
      );
    });
    try {
      const painted = this.#frame.evaluate(`benchClock.painted[${JSON.stringify(name)}]`);
      // Whoever waits no longer does not care that the page ends.
      painted.catch(() => null);
      return z.number().parse(await Promise.race([painted, late]));
    } finally {
      clearTimeout(timer);
    }
  }

  /** When a key was last pressed, or the last `click` or `input` happened. */
  async happened(event: string): Promise<number> {
    return z
      .number()
      .parse(await this.#frame.evaluate(`benchClock.happened[${JSON.stringify(event)}]`));
  }
}
