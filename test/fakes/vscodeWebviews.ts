import type * as vscode from 'vscode';
import type { Port } from '../../src/shared/contract.ts';

/** A webview of the fake editor, with its page's end of the channel. */
export interface FakeWebview {
  readonly webview: vscode.Webview;
  /** What a page loaded into it would use. */
  readonly page: Port;
  /** Whoever shows it takes it away. */
  close(): void;
  /** Another view or editor is brought in front of it, and its page destroyed. */
  hide(): void;
  /** Whether the host still listens. */
  listeners(): number;
  disposed: boolean;
  revealed: number;
  title: string;
}

export interface FakePanel extends FakeWebview {
  readonly panel: vscode.WebviewPanel;
  readonly viewType: string;
}

/** Views, panels and file systems that the extension registered. */
export const webviews = {
  providers: new Map<string, vscode.WebviewViewProvider>(),
  serializers: new Map<string, vscode.WebviewPanelSerializer>(),
  fileSystems: new Map<string, vscode.FileSystemProvider>(),
  panels: [] as FakePanel[],
};

export function resetWebviews(): void {
  webviews.providers.clear();
  webviews.serializers.clear();
  webviews.fileSystems.clear();
  webviews.panels.length = 0;
}

interface Shown extends FakeWebview {
  onDispose(listener: () => void): void;
  readonly onVisibility: (listener: () => void) => { dispose(): void };
  visible: boolean;
}

function fakeWebview(): Shown {
  const toHost = new Set<(message: unknown) => unknown>();
  const toPage = new Set<(message: unknown) => unknown>();
  const onDispose = new Set<() => void>();
  const onVisibility = new Set<() => void>();
  /** What a page says before the host has loaded it: a page that is not there says nothing yet. */
  const early: (() => void)[] = [];
  let html = '';
  const webview = {
    options: {},
    get html() {
      return html;
    },
    set html(text: string) {
      html = text;
      for (const say of early.splice(0)) queueMicrotask(say);
    },
    cspSource: 'https://*.vscode-cdn.net',
    asWebviewUri: (uri: vscode.Uri) => ({ toString: () => `https://file.invalid${uri.path}` }),
    onDidReceiveMessage: (listener: (message: unknown) => unknown) => {
      toHost.add(listener);
      return { dispose: () => toHost.delete(listener) };
    },
    postMessage: (message: unknown) => {
      if (fake.disposed) throw new Error('Webview is disposed');
      const copy: unknown = structuredClone(message);
      queueMicrotask(() => toPage.forEach((listener) => listener(copy)));
      return Promise.resolve(true);
    },
  };
  const fake = {
    // SAFETY: the members of a webview that the extension uses.
    webview: webview as unknown as vscode.Webview,
    page: {
      post: (message: unknown) => {
        const copy: unknown = structuredClone(message);
        const say = (): void => toHost.forEach((listener) => listener(copy));
        if (html === '') early.push(say);
        else queueMicrotask(say);
      },
      listen: (listener: (message: unknown) => void) => {
        toPage.add(listener);
        return () => void toPage.delete(listener);
      },
    },
    close: () => {
      if (fake.disposed) return;
      fake.disposed = true;
      onDispose.forEach((listener) => listener());
    },
    hide: () => {
      toPage.clear();
      fake.visible = false;
      onVisibility.forEach((listener) => listener());
    },
    onVisibility: (listener: () => void) => {
      onVisibility.add(listener);
      return { dispose: () => void onVisibility.delete(listener) };
    },
    visible: true,
    listeners: () => toHost.size,
    onDispose: (listener: () => void) => void onDispose.add(listener),
    disposed: false,
    revealed: 0,
    title: '',
  };
  return fake;
}

/** Shows a view as the editor does; `badge` is what its provider set last. */
export function showView(id: string): FakeWebview & { readonly view: vscode.WebviewView } {
  const fake = fakeWebview();
  const view = {
    webview: fake.webview,
    badge: undefined,
    get visible() {
      return fake.visible;
    },
    onDidChangeVisibility: fake.onVisibility,
    onDidDispose: (listener: () => void) => {
      fake.onDispose(listener);
      return { dispose: () => undefined };
    },
  };
  // SAFETY: the members of a view that its provider uses.
  const typed = view as unknown as vscode.WebviewView;
  void webviews.providers.get(id)?.resolveWebviewView(typed, { state: undefined }, {
    isCancellationRequested: false,
  } as vscode.CancellationToken);
  return Object.assign(fake, { view: typed });
}

/** A panel as the editor makes one, or brings one back after a reload. */
export function makePanel(viewType: string, title = ''): FakePanel {
  const fake = fakeWebview();
  const panel = {
    webview: fake.webview,
    viewType,
    title,
    reveal: () => (fake.revealed += 1),
    dispose: () => fake.close(),
    onDidDispose: (listener: () => void) => {
      fake.onDispose(listener);
      return { dispose: () => undefined };
    },
    onDidChangeViewState: fake.onVisibility,
    get visible() {
      return fake.visible;
    },
    get active() {
      return fake.visible;
    },
  };
  // SAFETY: the members of a panel that the extension uses.
  const made = Object.assign(fake, { panel: panel as unknown as vscode.WebviewPanel, viewType });
  webviews.panels.push(made);
  return made;
}

class FileSystemError extends Error {
  static FileNotFound = (): Error =>
    Object.assign(new Error('not found'), { code: 'FileNotFound' });
  static NoPermissions = (): Error =>
    Object.assign(new Error('no permissions'), { code: 'NoPermissions' });
  static Unavailable = (): Error =>
    Object.assign(new Error('unavailable'), { code: 'Unavailable' });
}

type Tracked = (value: object, end: () => void) => { dispose(): void };

/** The part of `window` for webviews; `tracked` counts what is alive. */
export const webviewWindow = (tracked: Tracked) => ({
  registerWebviewViewProvider: (id: string, provider: vscode.WebviewViewProvider) => {
    webviews.providers.set(id, provider);
    return tracked({}, () => webviews.providers.delete(id));
  },
  registerWebviewPanelSerializer: (type: string, serializer: vscode.WebviewPanelSerializer) => {
    webviews.serializers.set(type, serializer);
    return tracked({}, () => webviews.serializers.delete(type));
  },
  createWebviewPanel: (type: string, title: string) => makePanel(type, title).panel,
  onDidChangeWindowState: () => tracked({}, () => undefined),
});

export const webviewWorkspace = (tracked: Tracked) => ({
  registerFileSystemProvider: (scheme: string, provider: vscode.FileSystemProvider) => {
    webviews.fileSystems.set(scheme, provider);
    return tracked({}, () => webviews.fileSystems.delete(scheme));
  },
});

/** Values that come with webviews and file systems. */
export const webviewValues = {
  ViewColumn: { Active: -1, Beside: -2, One: 1 },
  FileType: { Unknown: 0, File: 1, Directory: 2 },
  FilePermission: { Readonly: 1 },
  FileChangeType: { Changed: 1, Created: 2, Deleted: 3 },
  FileSystemError,
  Range: class {
    readonly start: { line: number; character: number };
    constructor(line: number, character: number) {
      this.start = { line, character };
    }
  },
  Disposable: class {
    readonly dispose: () => unknown;
    constructor(end: () => unknown) {
      this.dispose = end;
    }
  },
};
