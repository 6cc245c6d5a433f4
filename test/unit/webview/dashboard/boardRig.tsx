import { render } from 'preact';
import { onTestFinished, vi } from 'vitest';
import { readBoardLook } from '../../../../webview/dashboard/look.ts';
import { DashboardPage } from '../../../../webview/dashboard/page.tsx';
import { DashboardStore } from '../../../../webview/dashboard/store.ts';
import { boardClient, BoardHost, type BoardOptions } from '../../../webview/boardHost.ts';

/** Shows a dashboard over a host in memory, until the test ends. */
export async function showBoard(options: BoardOptions = {}, kept: unknown = null) {
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = (): void => undefined;
      disconnect = (): void => undefined;
    },
  );
  render(null, document.body);
  document.body.replaceChildren();
  onTestFinished(() => {
    render(null, document.body);
    vi.unstubAllGlobals();
  });
  const host = new BoardHost(options);
  const store = new DashboardStore(boardClient(host), 'en', readBoardLook(kept));
  render(<DashboardPage store={store} />, document.body);
  await store.start();
  await settle();
  return { host, store };
}

export const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 25));

export const all = (selector: string): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>(selector),
];

export const textOf = (element: Element | undefined): string =>
  (element?.textContent ?? '').replaceAll(/[\s\u00a0]+/gu, ' ').trim();

export const texts = (selector: string): string[] => all(selector).map((one) => textOf(one));

/** Presses the first button whose words or name fit. */
export async function press(name: RegExp): Promise<void> {
  const button = all('button, vscode-button').find(
    (one) => name.test(one.getAttribute('aria-label') ?? '') || name.test(textOf(one)),
  );
  if (!button) throw new Error(`No button says ${String(name)}.`);
  button.click();
  await settle();
}
