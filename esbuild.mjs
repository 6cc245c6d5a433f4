// Builds every bundle into dist/ and writes a metafile beside each, which the layering test reads.
// Run: node esbuild.mjs
import { mkdir, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { build } from 'esbuild';

const node = { platform: 'node', target: 'node22', format: 'cjs' };

export const BUNDLES = {
  extension: { ...node, entry: 'src/extension.ts', external: ['vscode'] },
  cli: { ...node, entry: 'src/cli.ts', external: [] },
  engine: { ...node, entry: 'src/engine/main.ts', external: ['onnxruntime-node'] },
};

export async function buildAll() {
  await mkdir('dist', { recursive: true });
  for (const [name, { entry, external, platform, target, format }] of Object.entries(BUNDLES)) {
    if (!existsSync(entry)) continue;
    const result = await build({
      entryPoints: [entry],
      outfile: `dist/${name}.cjs`,
      bundle: true,
      platform: /** @type {'node'} */ (platform),
      target,
      format: /** @type {'cjs'} */ (format),
      external,
      metafile: true,
      sourcemap: true,
      logLevel: 'warning',
    });
    await writeFile(`dist/${name}.meta.json`, JSON.stringify(result.metafile));
  }
}

if (import.meta.main ?? process.argv[1]?.endsWith('esbuild.mjs')) await buildAll();
