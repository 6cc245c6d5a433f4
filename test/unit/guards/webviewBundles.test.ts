import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildWebviews, WEBVIEWS } from '../../../esbuild.mjs';
import { repositoryFiles, ROOT } from './repositoryFiles.ts';

/** KiB, minified and compressed: a view is loaded over the wire of a remote window, each time it is shown. */
const BUDGETS: Record<keyof typeof WEBVIEWS, { minified: number; gzip: number }> = {
  review: { minified: 258, gzip: 78 },
  training: { minified: 230, gzip: 75 },
  dataset: { minified: 250, gzip: 72 },
  dashboard: { minified: 290, gzip: 90 },
};

const KIB = 1024;

/** How far a bundle is over its budget; empty when it is not. */
export function overBudget(bytes: Buffer, budget: { minified: number; gzip: number }): string[] {
  const sizes = { minified: bytes.length / KIB, gzip: gzipSync(bytes).length / KIB };
  return (['minified', 'gzip'] as const)
    .filter((kind) => sizes[kind] > budget[kind])
    .map((kind) => `${sizes[kind].toFixed(1)} KiB ${kind}, budget ${budget[kind].toString()}`);
}

/** The module type that governs a file: that of the nearest package.json above it. */
function moduleType(path: string): string {
  for (let folder = dirname(join(ROOT, path)); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (!existsSync(file)) continue;
    const { type } = z
      .object({ type: z.string().optional() })
      .parse(JSON.parse(readFileSync(file, 'utf8')));
    return `${file.slice(ROOT.length + 1)}: ${type ?? 'none'}`;
  }
}

describe('the bundles of the webviews', () => {
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tailor-webviews-'));
    await buildWebviews(folder);
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(Object.entries(BUDGETS))('%s stays inside its budget', (name, budget) => {
    const bytes = readFileSync(join(folder, 'webview', `${name}.js`));
    expect(bytes.length).toBeGreaterThan(KIB);
    expect(overBudget(bytes, budget)).toEqual([]);
    expect(overBudget(bytes, { minified: 1, gzip: 1 })).toHaveLength(2);
  });

  it('have a budget each, and are plain scripts that load nothing more', () => {
    expect(Object.keys(BUDGETS).sort()).toEqual(Object.keys(WEBVIEWS).sort());
    for (const name of Object.keys(WEBVIEWS)) {
      const script = readFileSync(join(folder, 'webview', `${name}.js`), 'utf8');
      expect(script).not.toMatch(/\bimport\(|\beval\(|sourceMappingURL/u);
      expect(existsSync(join(folder, 'webview', `${name}.css`)), name).toBe(true);
    }
  });

  it('are made of sources that no "commonjs" governs: else the whole toolkit comes along', () => {
    const sources = repositoryFiles().filter((path) => /^webview\/.*\.tsx?$/u.test(path));
    expect(sources.length).toBeGreaterThan(2);
    for (const path of sources) {
      expect(moduleType(path), path).toBe('webview/package.json: module');
    }
  });

  it('let no browser send a form: in a webview’s sandbox that does nothing at all', () => {
    for (const path of repositoryFiles().filter((one) => /^webview\/.*\.tsx?$/u.test(one))) {
      expect(readFileSync(join(ROOT, path), 'utf8'), path).not.toMatch(/requestSubmit|\.submit\(/u);
    }
  });

  it('name the tags of the toolkit in webview/kit only, and never make HTML of text', () => {
    const sources = repositoryFiles().filter((path) => /^webview\/.*\.tsx?$/u.test(path));
    const tags = sources.filter(
      (path) =>
        !path.startsWith('webview/kit/') &&
        /<\/?vscode-|['"]vscode-[a-z]+-?[a-z]*['"]\s*[,)]/u.test(
          readFileSync(join(ROOT, path), 'utf8'),
        ),
    );
    expect(tags).toEqual([]);
    const html = sources.filter((path) =>
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser/u.test(
        readFileSync(join(ROOT, path), 'utf8'),
      ),
    );
    expect(html).toEqual([]);
  });
});
