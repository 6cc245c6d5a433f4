import * as vscode from 'vscode';
import { webviewPage } from './html.ts';

/** The only folders that our pages may load from. */
export function webviewRoots(extension: vscode.Uri): vscode.Uri[] {
  return [
    vscode.Uri.joinPath(extension, 'dist', 'webview'),
    vscode.Uri.joinPath(extension, 'media'),
  ];
}

/** What our pages may do: run their own script. No command links, no forms, no other folder. */
export function webviewOptions(extension: vscode.Uri): vscode.WebviewOptions {
  return {
    enableScripts: true,
    enableForms: false,
    enableCommandUris: false,
    localResourceRoots: webviewRoots(extension),
  };
}

/** The picture on a panel's tab: an image there takes no colour of the theme. */
export function panelIcon(extension: vscode.Uri): vscode.WebviewPanel['iconPath'] & object {
  return {
    light: vscode.Uri.joinPath(extension, 'media', 'tailor-light.svg'),
    dark: vscode.Uri.joinPath(extension, 'media', 'tailor-dark.svg'),
  };
}

/** The pages that are built: each has a script and a sheet of its name. */
export type PageName = 'review' | 'training' | 'dataset' | 'dashboard';

/** Loads a page into a webview, also anew: each load has its own nonce. */
export function loadPage(
  webview: vscode.Webview,
  page: {
    readonly extension: vscode.Uri;
    readonly name: PageName;
    readonly title: string;
    readonly place: 'side' | 'panel';
  },
): void {
  const file = (name: string): string =>
    webview.asWebviewUri(vscode.Uri.joinPath(page.extension, 'dist', 'webview', name)).toString();
  webview.options = webviewOptions(page.extension);
  webview.html = webviewPage({
    cspSource: webview.cspSource,
    script: file(`${page.name}.js`),
    style: file(`${page.name}.css`),
    title: page.title,
    language: vscode.env.language,
    place: page.place,
  });
}
