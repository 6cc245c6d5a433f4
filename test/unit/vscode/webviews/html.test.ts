import { describe, expect, it, vi } from 'vitest';
import { webviewPage, type PageParts } from '../../../../src/vscode/webviews/html.ts';
import { loadPage } from '../../../../src/vscode/webviews/page.ts';
import { makePanel } from '../../../fakes/vscodeWebviews.ts';
import { vscodeModule } from '../../../fakes/vscode.ts';
import type * as vscode from 'vscode';

vi.mock('vscode', async () => (await import('../../../fakes/vscode.ts')).vscodeModule);

const PARTS: PageParts = {
  cspSource: 'https://*.vscode-cdn.net',
  script: 'https://cdn.invalid/review.js',
  style: 'https://cdn.invalid/review.css',
  title: 'Review',
  language: 'en',
  place: 'side',
};

/** The directives of a page's policy by name. */
function policyOf(html: string): Map<string, string[]> {
  const content = /http-equiv="Content-Security-Policy" content="([^"]*)"/u.exec(html)?.[1] ?? '';
  return new Map(
    content.split('; ').map((directive): [string, string[]] => {
      const [name = '', ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );
}

const nonceOf = (html: string): string =>
  /property="csp-nonce" content="([^"]+)"/u.exec(html)?.[1] ?? '';

describe('the page of a webview', () => {
  it('threat 6: runs our own script by its nonce and nothing else', () => {
    const html = webviewPage(PARTS);
    const nonce = nonceOf(html);
    expect(Buffer.from(nonce, 'base64')).toHaveLength(24);
    const policy = policyOf(html);
    expect(policy.get('default-src')).toEqual([`'none'`]);
    expect(policy.get('script-src')).toEqual([`'nonce-${nonce}'`]);
    expect(policy.get('style-src')).toEqual([PARTS.cspSource, `'nonce-${nonce}'`]);
    expect(html).not.toMatch(/unsafe-(?:inline|eval)|strict-dynamic|blob:|data:/u);
    const scripts = [...html.matchAll(/<script[^>]*>([^<]*)</gu)];
    expect(scripts.map(([, inline]) => inline)).toEqual(['']);
    expect(html).toContain(`<script nonce="${nonce}" src="${PARTS.script}" defer>`);
    expect(html).not.toMatch(/ on[a-z]+=/u);
  });

  it('threat 7: may load no picture, open no connection, send no form', () => {
    const policy = policyOf(webviewPage(PARTS));
    expect([...policy.keys()].sort()).toEqual([
      'default-src',
      'font-src',
      'script-src',
      'style-src',
    ]);
    expect(policy.get('font-src')).toEqual([PARTS.cspSource]);
  });

  it('has another nonce at each load', () => {
    const nonces = Array.from({ length: 20 }, () => nonceOf(webviewPage(PARTS)));
    expect(new Set(nonces).size).toBe(20);
  });

  it('threat 6: lets no value end an attribute or begin an element', () => {
    const hostile = `"><script>alert(1)</script><x y='`;
    const html = webviewPage({
      ...PARTS,
      title: hostile,
      language: hostile,
      script: hostile,
      style: hostile,
      cspSource: hostile,
    });
    expect(html.match(/<script/gu)).toHaveLength(1);
    expect(html).not.toContain('<x ');
  });

  it('paints the background of its place itself', () => {
    expect(webviewPage(PARTS)).toContain('var(--vscode-sideBar-background)');
    expect(webviewPage({ ...PARTS, place: 'panel' })).toContain('var(--vscode-editor-background)');
  });

  it('threat 24: may load from our own two folders only, follow no command link, send no form', () => {
    const { webview } = makePanel('x');
    // SAFETY: the fake's URI has the members that are read.
    const extension = vscodeModule.Uri.file('/opt/tailor') as unknown as vscode.Uri;
    loadPage(webview, { extension, name: 'review', title: 'Review', place: 'panel' });
    const { localResourceRoots, ...options } = webview.options;
    expect(localResourceRoots?.map(({ path }) => path)).toEqual([
      '/opt/tailor/dist/webview',
      '/opt/tailor/media',
    ]);
    expect(options).toEqual({ enableScripts: true, enableForms: false, enableCommandUris: false });
    expect(webview.html).toContain('https://file.invalid/opt/tailor/dist/webview/review.js');
  });
});
