import { render } from 'preact';
import { afterEach, beforeEach, vi } from 'vitest';
import { ControlProvider } from '../../../../webview/dataset/app.tsx';
import { Control } from '../../../../webview/dataset/control.ts';
import { DatasetPage } from '../../../../webview/dataset/datasetPage.tsx';
import { readKept } from '../../../../webview/dataset/kept.ts';
import { pageOf } from '../../../../webview/dataset/page.ts';
import { createStore } from '../../../../webview/dataset/store.ts';
import { DatasetHost, type DatasetHostOptions } from '../../../webview/datasetHost.ts';
import { clientOf, settle, TEN } from './datasetRig.ts';

/** The page over a host in memory, as it is once all is there. */
export async function show(
  options: DatasetHostOptions = { lines: TEN },
  sel: string | null = null,
) {
  const host = new DatasetHost(options);
  const store = createStore('en');
  let now = 0;
  const page = pageOf(document);
  const control = new Control(clientOf(host), store, page, () => (now += 1000));
  render(
    <ControlProvider value={control}>
      <DatasetPage initialScroll={0} onScroll={() => undefined} onAgain={() => undefined} />
    </ControlProvider>,
    document.body,
  );
  await control.start({ ...readKept(null), sel });
  await settle();
  return { host, control, store };
}

/** Every element of a selector. */
export const all = (selector: string): HTMLElement[] => [
  ...document.querySelectorAll<HTMLElement>(selector),
];
/** The first of them. */
export const one = (selector: string): HTMLElement => {
  const [found] = all(selector);
  if (!found) throw new Error(`Nothing is ${selector}.`);
  return found;
};
/** What each of them says. */
export const words = (selector: string): string[] =>
  all(selector).map(({ textContent }) => textContent.replaceAll(/\s+/gu, ' ').trim());
/** A text that is edited, by its id. */
export const area = (id: string): HTMLTextAreaElement => {
  const found = document.getElementById(id);
  if (!(found instanceof HTMLTextAreaElement)) throw new Error(`There is no text ${id}.`);
  return found;
};
/** Presses a button by its words. */
export const press = async (text: string): Promise<void> => {
  const button = all('vscode-button, button').find(
    (each) => each.textContent.includes(text) || each.getAttribute('aria-label') === text,
  );
  if (!button) throw new Error(`There is no button "${text}".`);
  button.click();
  await settle();
};
/** Types a text into one, and stays in it. */
export const typeInto = async (id: string, text: string): Promise<void> => {
  area(id).focus();
  area(id).value = text;
  area(id).dispatchEvent(new InputEvent('input', { bubbles: true }));
  await settle();
};
/** Leaves a text: then it is written. */
export const leave = async (id: string): Promise<void> => {
  area(id).blur();
  await settle();
};

/** Each test of a file has the page to itself. */
export function freshPage(): void {
  beforeEach(() => {
    document.body.replaceChildren();
    // Nothing is laid out here: every element is as high as ten rows.
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(440);
    vi.stubGlobal(
      'ResizeObserver',
      class {
        observe = (): void => undefined;
        disconnect = (): void => undefined;
      },
    );
  });
  afterEach(() => {
    render(null, document.body);
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });
}
