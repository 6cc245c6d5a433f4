import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launch } from './browserPage.ts';
import { stateNamed, type AnyTab, type LookOptions, type View } from './views.ts';

interface Looks<S, L> {
  /** Brings a page into a state, by its name or as it is. */
  readonly look: (state: string | S, options?: LookOptions) => Promise<L>;
  /** Closes all pages now, in the middle of a test. */
  readonly closeAll: () => Promise<void>;
}

/** The pages of a group of tests, in a browser of its own; each is closed after its test. */
export function looksAt<S extends object, L extends { readonly tab: AnyTab }>(
  view: View<S, L>,
  usual: LookOptions,
): Looks<S, L> {
  let browser: Browser;
  const open: L[] = [];
  const closeAll = async (): Promise<void> => {
    for (const { tab } of open.splice(0)) await tab.close();
  };
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => {
    await browser.close();
  });
  afterEach(closeAll);
  return {
    look: async (state, options = usual) => {
      const wanted = typeof state === 'string' ? stateNamed(view, state) : state;
      const one = await view.lookAt(browser, wanted, options);
      open.push(one);
      return one;
    },
    closeAll,
  };
}
