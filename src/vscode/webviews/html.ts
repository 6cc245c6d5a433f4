import { randomBytes } from 'node:crypto';
import { asMarkup } from '../../shared/markup.ts';

export interface PageParts {
  /** Where the editor serves our files from: `webview.cspSource`. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  readonly title: string;
  /** A BCP 47 language tag. */
  readonly language: string;
  /** Which of the editor's surfaces the page lies in: it paints that background itself. */
  readonly place: 'side' | 'panel';
}

/**
 * The page of a webview: our one script, our one style sheet, and nothing else may load, run or be sent. No data is in
 * it; all of that comes over the channel.
 */
export function webviewPage(parts: PageParts): string {
  const nonce = randomBytes(24).toString('base64');
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${parts.cspSource} 'nonce-${nonce}'`,
    `font-src ${parts.cspSource}`,
  ].join('; ');
  const background =
    parts.place === 'side' ? '--vscode-sideBar-background' : '--vscode-editor-background';
  return `<!DOCTYPE html>
<html lang="${asMarkup(parts.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${asMarkup(policy)}">
<meta property="csp-nonce" content="${nonce}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${asMarkup(parts.title)}</title>
<style nonce="${nonce}">html, body { background: var(${background}); }</style>
<link rel="stylesheet" href="${asMarkup(parts.style)}">
<script nonce="${nonce}" src="${asMarkup(parts.script)}" defer></script>
</head>
<body data-place="${parts.place}">
<div id="root"></div>
</body>
</html>
`;
}
