import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as vscode from 'vscode';

export interface Uri {
  readonly scheme: string;
  readonly fsPath: string;
  readonly path: string;
  toString(): string;
}

export class Position {
  readonly line: number;
  readonly character: number;
  constructor(line: number, character: number) {
    this.line = line;
    this.character = character;
  }
}

export class Range {
  readonly start: Position;
  readonly end: Position;
  constructor(start: Position, end: Position);
  constructor(line: number, character: number, endLine: number, endCharacter: number);
  constructor(a: Position | number, b: Position | number, c = 0, d = 0) {
    this.start = typeof a === 'number' ? new Position(a, Number(b)) : a;
    this.end = typeof b === 'number' ? new Position(c, d) : b;
  }
}

export class Location {
  readonly uri: Uri;
  readonly range: Range;
  constructor(uri: Uri, range: Range) {
    this.uri = uri;
    this.range = range;
  }
}

export class Diagnostic {
  source?: string;
  code?: string;
  relatedInformation?: { readonly location: Location; readonly message: string }[];
  readonly range: Range;
  readonly message: string;
  readonly severity: number;
  constructor(range: Range, message: string, severity: number) {
    this.range = range;
    this.message = message;
    this.severity = severity;
  }
}

export class DiagnosticRelatedInformation {
  readonly location: Location;
  readonly message: string;
  constructor(location: Location, message: string) {
    this.location = location;
    this.message = message;
  }
}

export class CodeAction {
  edit?: WorkspaceEdit;
  command?: vscode.Command;
  isPreferred?: boolean;
  diagnostics?: Diagnostic[];
  readonly title: string;
  readonly kind: unknown;
  constructor(title: string, kind: unknown) {
    this.title = title;
    this.kind = kind;
  }
}

/** Changes of texts and files that are made together. */
export class WorkspaceEdit {
  readonly changes: { readonly uri: Uri; readonly range: Range; readonly text: string }[] = [];
  readonly created: Uri[] = [];
  replace(uri: Uri, range: Range, text: string): void {
    this.changes.push({ uri, range, text });
  }
  delete(uri: Uri, range: Range): void {
    this.replace(uri, range, '');
  }
  createFile(uri: Uri): void {
    this.created.push(uri);
  }
}

/** The marks around a block of code, by the editor's own rule: longer than those that begin a line of it. */
export function fenceOf(code: string): string {
  const longest = Math.max(0, ...(code.match(/^`+/gmu) ?? []).map(({ length }) => length));
  return '`'.repeat(longest >= 3 ? longest + 1 : 3);
}

export class MarkdownString {
  value = '';
  isTrusted?: boolean;
  supportHtml?: boolean;
  appendText(text: string): this {
    this.value += text;
    return this;
  }
  appendCodeblock(code: string, language: string): this {
    const fence = fenceOf(code);
    this.value += `\n${fence}${language}\n${code}\n${fence}\n`;
    return this;
  }
}

export class Hover {
  readonly contents: MarkdownString;
  readonly range: Range;
  constructor(contents: MarkdownString, range: Range) {
    this.contents = contents;
    this.range = range;
  }
}

export class InlayHint {
  paddingLeft?: boolean;
  paddingRight?: boolean;
  tooltip?: string;
  readonly position: Position;
  readonly label: string;
  constructor(position: Position, label: string) {
    this.position = position;
    this.label = label;
  }
}

export class CompletionItem {
  insertText?: string;
  range?: Range;
  filterText?: string;
  sortText?: string;
  detail?: string;
  readonly label: string;
  readonly kind: number;
  constructor(label: string, kind: number) {
    this.label = label;
    this.kind = kind;
  }
}

export class CodeLens {
  readonly range: Range;
  readonly command: vscode.Command;
  constructor(range: Range, command: vscode.Command) {
    this.range = range;
    this.command = command;
  }
}

export class TabInputCustom {
  readonly uri: Uri;
  readonly viewType: string;
  constructor(uri: Uri, viewType: string) {
    this.uri = uri;
    this.viewType = viewType;
  }
}

export class TabInputWebview {
  readonly viewType: string;
  constructor(viewType: string) {
    this.viewType = viewType;
  }
}

/** A text that is open in the fake editor. */
export class FakeDocument {
  version = 1;
  isClosed = false;
  isDirty = false;
  readonly uri: Uri;
  #text: string;
  constructor(uri: Uri, text: string) {
    this.uri = uri;
    this.#text = text;
  }
  get lineCount(): number {
    return this.#lines().length;
  }
  getText(): string {
    return this.#text;
  }
  set(text: string): void {
    this.#text = text;
    this.version += 1;
    this.isDirty = true;
  }
  lineAt(line: number): { text: string; range: Range } {
    const text = this.#lines()[line] ?? '';
    return { text, range: new Range(line, 0, line, text.length) };
  }
  offsetAt({ line, character }: Position): number {
    const before = this.#lines().slice(0, line);
    return before.reduce((sum, one) => sum + one.length + 1, 0) + character;
  }
  positionAt(offset: number): Position {
    const before = this.#text.slice(0, offset).split('\n');
    return new Position(before.length - 1, before.at(-1)?.length ?? 0);
  }
  #lines(): string[] {
    return this.#text.split('\n');
  }
}

export type Listener = (event: unknown) => unknown;
type Kind = 'actions' | 'hover' | 'hints' | 'completion' | 'lens';

/** What the extension has registered with the fake editor, and what it shows there. */
export const texts = {
  documents: [] as FakeDocument[],
  providers: [] as {
    readonly kind: Kind;
    readonly selector: unknown;
    readonly provider: unknown;
  }[],
  /** By collection, then by URI. */
  diagnostics: new Map<string, Map<string, readonly Diagnostic[]>>(),
  tabs: [] as { readonly input: unknown; readonly isDirty: boolean }[],
  events: { open: new Set<Listener>(), change: new Set<Listener>(), close: new Set<Listener>() },
  tabEvents: new Set<Listener>(),
  groupEvents: new Set<Listener>(),
};

export function resetTexts(): void {
  texts.documents.length = 0;
  texts.providers.length = 0;
  texts.tabs.length = 0;
  texts.diagnostics.clear();
  for (const listeners of [...Object.values(texts.events), texts.tabEvents, texts.groupEvents])
    listeners.clear();
}

export const uriOf = (path: string): Uri => ({
  scheme: 'file',
  fsPath: path,
  path,
  toString: () => `file:${path}`,
});

/** Opens a text as an editor does. */
export function openText(path: string, text: string): FakeDocument {
  const document = new FakeDocument(uriOf(path), text);
  texts.documents.push(document);
  texts.events.open.forEach((listener) => listener(document));
  return document;
}

/** A person's change. */
export function typeInto(document: FakeDocument, text: string): void {
  document.set(text);
  texts.events.change.forEach((listener) => listener({ document, contentChanges: [{}] }));
}

export function closeText(document: FakeDocument): void {
  document.isClosed = true;
  texts.documents.splice(texts.documents.indexOf(document), 1);
  texts.events.close.forEach((listener) => listener(document));
}

/** Shows a file in a tab; one that is too large for extensions has no text beside it. */
export function openTab(tab: { readonly input: unknown; readonly isDirty: boolean }): void {
  texts.tabs.push(tab);
  texts.tabEvents.forEach((listener) => listener({ opened: [tab], closed: [], changed: [] }));
}

export function closeTab(tab: { readonly input: unknown; readonly isDirty: boolean }): void {
  texts.tabs.splice(texts.tabs.indexOf(tab), 1);
  texts.tabEvents.forEach((listener) => listener({ opened: [], closed: [tab], changed: [] }));
}

/** Another tab is in front, or the one in front has changed. */
export function changeTabs(): void {
  texts.tabEvents.forEach((listener) => listener({ opened: [], closed: [], changed: [] }));
}

/** What a document's text is after an edit; files that it creates are made empty. */
export function editText(document: FakeDocument, edit: WorkspaceEdit): string {
  for (const { fsPath } of edit.created) writeFileSync(fsPath, '', { flag: 'wx' });
  const changes = edit.changes
    .filter(({ uri }) => uri.toString() === document.uri.toString())
    .map(({ range, text }) => ({
      from: document.offsetAt(range.start),
      to: document.offsetAt(range.end),
      text,
    }))
    .sort((a, b) => b.from - a.from);
  return changes.reduce(
    (all, { from, to, text }) => all.slice(0, from) + text + all.slice(to),
    document.getText(),
  );
}

/** All that the Problems panel shows of a file. */
export function problemsOf(document: FakeDocument): readonly Diagnostic[] {
  const key = document.uri.toString();
  return [...texts.diagnostics.values()].flatMap((collection) => collection.get(key) ?? []);
}

/** The providers that the editor would ask about a document. */
export function providersOf(kind: Kind, document: FakeDocument): unknown[] {
  return texts.providers
    .filter((one) => one.kind === kind && matches(one.selector, document.uri.fsPath))
    .map(({ provider }) => provider);
}

interface Filter {
  readonly pattern: string | { readonly baseUri: Uri; readonly pattern: string };
}

function matches(selector: unknown, path: string): boolean {
  // SAFETY: our selectors are filters with patterns.
  const filters = (Array.isArray(selector) ? selector : [selector]) as Filter[];
  return filters.some(({ pattern }) => {
    const glob =
      typeof pattern === 'string' ? pattern : join(pattern.baseUri.fsPath, pattern.pattern);
    return globPattern(glob).test(path);
  });
}

function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/?|[*?{},]|[.+^$()|]/gu, (mark) => {
    const meaning: Record<string, string> = {
      '**/': '(?:.*/)?',
      '**': '.*',
      '*': '[^/]*',
      '?': '[^/]',
      '{': '(?:',
      '}': ')',
      ',': '|',
    };
    return meaning[mark] ?? `\\${mark}`;
  });
  return new RegExp(`^${source}$`, 'u');
}

type Tracked = (value: object, end: () => void) => { dispose(): void };

export const languageValues = {
  Position,
  Range,
  Location,
  Diagnostic,
  DiagnosticRelatedInformation,
  DiagnosticSeverity: { Error: 0, Warning: 1, Information: 2, Hint: 3 },
  CodeAction,
  CodeActionKind: { QuickFix: 'quickfix' },
  CodeActionTriggerKind: { Invoke: 1, Automatic: 2 },
  CodeLens,
  CompletionItem,
  CompletionItemKind: { File: 16, Folder: 18, Constant: 20 },
  Hover,
  InlayHint,
  MarkdownString,
  TabInputCustom,
  TabInputWebview,
  WorkspaceEdit,
};

export const languageModule = (tracked: Tracked) => {
  const register = (kind: Kind) => (selector: unknown, provider: unknown) => {
    const one = { kind, selector, provider };
    texts.providers.push(one);
    return tracked({}, () => texts.providers.splice(texts.providers.indexOf(one), 1));
  };
  return {
    createDiagnosticCollection: (name: string) => {
      const shown = new Map<string, readonly Diagnostic[]>();
      texts.diagnostics.set(name, shown);
      return tracked(
        {
          set: (uri: Uri, diagnostics: readonly Diagnostic[]) =>
            shown.set(uri.toString(), diagnostics),
          delete: (uri: Uri) => shown.delete(uri.toString()),
        },
        () => texts.diagnostics.delete(name),
      );
    },
    registerCodeActionsProvider: register('actions'),
    registerHoverProvider: register('hover'),
    registerInlayHintsProvider: register('hints'),
    registerCompletionItemProvider: register('completion'),
    registerCodeLensProvider: register('lens'),
  };
};

export const languageWorkspace = (tracked: Tracked) => {
  const event = (listeners: Set<Listener>) => (listener: Listener) => {
    listeners.add(listener);
    return tracked({}, () => listeners.delete(listener));
  };
  return {
    textDocuments: texts.documents,
    onDidOpenTextDocument: event(texts.events.open),
    onDidChangeTextDocument: event(texts.events.change),
    onDidCloseTextDocument: event(texts.events.close),
  };
};

/** Members of `window.tabGroups` beside the tab in front. */
export const languageTabs = (tracked: Tracked) => ({
  all: [{ tabs: texts.tabs }],
  close: (tabs: readonly (typeof texts.tabs)[number][]) => {
    for (const tab of tabs) texts.tabs.splice(texts.tabs.indexOf(tab), 1);
    return Promise.resolve(true);
  },
  onDidChangeTabs: (listener: Listener) => {
    texts.tabEvents.add(listener);
    return tracked({}, () => texts.tabEvents.delete(listener));
  },
  onDidChangeTabGroups: (listener: Listener) => {
    texts.groupEvents.add(listener);
    return tracked({}, () => texts.groupEvents.delete(listener));
  },
});
