import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';
import type { Contract, Handlers, Server } from '../../src/shared/contract.ts';
import { serve } from '../../src/shared/serve.ts';
import { webviewPage } from '../../src/vscode/webviews/html.ts';

const ORIGIN = 'https://view.invalid';
/** Folder with the script and the style sheet of each view. */
const BUNDLES = join(import.meta.dirname, '..', '..', 'dist', 'webview');

interface Theme {
  readonly kind: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** The variables that VS Code 1.139 gives a webview in each of five themes, as far as our pages use them. */
export const THEMES: Readonly<Record<string, Theme>> = themes();

function themes(): Record<string, Theme> {
  const path = join(import.meta.dirname, '..', 'fixtures', 'review', 'themes.json');
  // SAFETY: our own fixture; a wrong shape shows as a page without colours.
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Theme>;
}

export interface PageOptions {
  readonly place: 'side' | 'panel';
  readonly width: number;
  readonly height: number;
  readonly theme?: string;
  /** What the editor kept from the page's former life. */
  readonly kept?: unknown;
  readonly deviceScaleFactor?: number;
}

/** The real bundle in a real browser, with a host of the test's own at the other end of its port. */
export interface ViewTab<C extends Contract> {
  readonly page: Page;
  readonly server: Server<C>;
  /** Page errors, console errors and refusals of the content security policy. */
  readonly problems: readonly string[];
  /** Requests that left the page for anything but its own three files. */
  readonly strangers: readonly string[];
  close(): Promise<void>;
}

/** A view as it is bundled, and what it speaks. */
export interface ViewKind<C extends Contract> {
  readonly name: string;
  readonly title: string;
  readonly contract: C;
}

export async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('No Chromium found; set CHROME_PATH.');
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
}

export async function openView<C extends Contract>(
  browser: Browser,
  view: ViewKind<C>,
  handlers: Handlers<C>,
  options: PageOptions,
): Promise<ViewTab<C>> {
  const { width, height, deviceScaleFactor = 1 } = options;
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor });
  const page = await context.newPage();
  const problems: string[] = [];
  const strangers: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await serveFiles(context, view, options, strangers);
  const listeners = new Set<(message: unknown) => void>();
  await page.exposeFunction('postToHost', (message: unknown) => {
    for (const listener of listeners) listener(message);
  });
  await page.addInitScript(standIn, {
    theme: THEMES[options.theme ?? 'Dark 2026'] ?? { kind: '', variables: {} },
    kept: options.kept ?? null,
  });
  const server = serve(
    view.contract,
    {
      post: (message) => {
        // A page that is gone hears nothing.
        page.evaluate(hear, message).catch(() => undefined);
      },
      listen: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    handlers,
  );
  await page.goto(`${ORIGIN}/`);
  return {
    page,
    server,
    problems,
    strangers,
    close: async () => {
      server.dispose();
      await context.close();
    },
  };
}

async function serveFiles(
  context: BrowserContext,
  { name, title }: { readonly name: string; readonly title: string },
  { place }: PageOptions,
  strangers: string[],
): Promise<void> {
  const html = webviewPage({
    cspSource: ORIGIN,
    script: `${ORIGIN}/${name}.js`,
    style: `${ORIGIN}/${name}.css`,
    title,
    language: 'en',
    place,
  });
  await context.route('**/*', async (route) => {
    const { origin, pathname } = new URL(route.request().url());
    if (origin !== ORIGIN || !['/', `/${name}.js`, `/${name}.css`].includes(pathname)) {
      strangers.push(route.request().url());
      await route.abort();
    } else if (pathname === '/') await route.fulfill({ contentType: 'text/html', body: html });
    else await route.fulfill({ path: join(BUNDLES, pathname.slice(1)) });
  });
}

/** Runs in the page: the editor passes a message on. */
function hear(message: unknown): void {
  // SAFETY: a page's global object, which the compiler of these files does not know.
  (globalThis as unknown as { postMessage(data: unknown, to: string): void }).postMessage(
    message,
    '*',
  );
}

/** Runs in the page before everything else: the editor's API and its theme, as a webview has them. */
function standIn({ theme, kept }: { theme: Theme; kept: unknown }): void {
  // SAFETY: a page's global object, which the compiler of these files does not know.
  const place = globalThis as unknown as {
    acquireVsCodeApi: () => unknown;
    postToHost: (message: unknown) => void;
    sessionStorage: { getItem(key: string): string | null; setItem(key: string, v: string): void };
    document: {
      documentElement: { style: { setProperty(name: string, value: string): void } };
      body: { className: string };
      addEventListener(name: string, listener: () => void): void;
    };
  };
  let taken = false;
  place.acquireVsCodeApi = () => {
    if (taken) throw new Error('The API was taken before.');
    taken = true;
    return {
      postMessage: (message: unknown) => place.postToHost(message),
      getState: (): unknown =>
        JSON.parse(place.sessionStorage.getItem('kept') ?? JSON.stringify(kept)),
      setState: (state: unknown) => place.sessionStorage.setItem('kept', JSON.stringify(state)),
    };
  };
  place.document.addEventListener('readystatechange', () => {
    for (const [name, value] of Object.entries(theme.variables)) {
      place.document.documentElement.style.setProperty(name, value);
    }
    place.document.body.className = theme.kind;
  });
}
