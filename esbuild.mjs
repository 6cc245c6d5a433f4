// Builds every bundle into dist/ and writes a metafile beside each, which the layering test reads.
// Run: node esbuild.mjs
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';
import { buildInParts } from './scripts/buildInParts.mjs';

const node = { platform: 'node', target: 'node22', inParts: false };

export const BUNDLES = {
  // Started with every window that has a project: what it does later is loaded later.
  extension: { ...node, entry: 'src/extension.ts', external: ['vscode'], inParts: true },
  cli: { ...node, entry: 'src/cli.ts', external: [] },
  engine: { ...node, entry: 'src/engine/main.ts', external: ['onnxruntime-node'] },
};

/** What runs in a webview: one script and one style sheet each, for the Chromium of the oldest VS Code we support. */
export const WEBVIEWS = {
  review: 'webview/review/main.tsx',
  training: 'webview/training/main.tsx',
  dataset: 'webview/dataset/main.tsx',
  dashboard: 'webview/dashboard/main.tsx',
};

/** Builds the webviews' scripts and style sheets into `folder`/webview. */
export async function buildWebviews(folder = 'dist') {
  await mkdir(`${folder}/webview`, { recursive: true });
  for (const [name, entry] of Object.entries(WEBVIEWS)) {
    const result = await build({
      entryPoints: [entry],
      outfile: `${folder}/webview/${name}.js`,
      bundle: true,
      platform: 'browser',
      target: 'chrome138',
      format: 'iife',
      minify: true,
      jsx: 'automatic',
      jsxImportSource: 'preact',
      define: { 'process.env.NODE_ENV': '"production"' },
      metafile: true,
      sourcemap: 'external',
      logLevel: 'warning',
    });
    await writeFile(`${folder}/${name}.meta.json`, JSON.stringify(result.metafile));
  }
}

/**
 * Builds everything. For the package (`production`) the programs are minified and have no source map.
 * @param {{ folder?: string, production?: boolean }} [options]
 */
export async function buildAll({ folder = 'dist', production = false } = {}) {
  await mkdir(folder, { recursive: true });
  await buildWebviews(folder);
  for (const [name, bundle] of Object.entries(BUNDLES)) {
    const { entry, external, inParts, platform, target } = bundle;
    if (!existsSync(entry)) continue;
    const options = {
      platform: /** @type {'node'} */ (platform),
      target,
      external,
      sourcemap: !production,
      minify: production,
      // Names of classes are read at run time, in logs for instance.
      keepNames: production,
      logLevel: /** @type {'warning'} */ ('warning'),
    };
    const metafile = inParts
      ? await buildInParts({ ...options, entry, folder, name })
      : await buildWhole({ ...options, entryPoints: [entry], outfile: `${folder}/${name}.cjs` });
    await writeFile(`${folder}/${name}.meta.json`, JSON.stringify(metafile));
  }
}

/** @param {import('esbuild').BuildOptions} options */
async function buildWhole(options) {
  const { metafile } = await build({ ...options, bundle: true, format: 'cjs', metafile: true });
  return metafile;
}

if (import.meta.main ?? process.argv[1]?.endsWith('esbuild.mjs')) await buildAll();
