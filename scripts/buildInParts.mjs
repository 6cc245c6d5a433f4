// One program in several files: its entry, and in parts/ what it loads later, each when it is first asked for.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { build, transform } from 'esbuild';

/** Where the parts lie, beside the entry. */
export const PARTS = 'parts';

/**
 * Bundles `entry` to `folder`/`name`.cjs so that loading it neither reads nor parses what stands behind an `import()`.
 * esbuild splits ES modules only, and an extension is loaded by `require`: the parts are made as ES modules, which keeps
 * every module in exactly one of them, and each is then written as CommonJS.
 * @param {import('esbuild').BuildOptions & { entry: string, folder: string, name: string }} options
 * @returns {Promise<import('esbuild').Metafile>}
 */
export async function buildInParts({ entry, folder, name, ...options }) {
  const { outputFiles, metafile } = await build({
    ...options,
    entryPoints: { [name]: entry },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    outExtension: { '.js': '.cjs' },
    chunkNames: `${PARTS}/[name]-[hash]`,
    sourcemap: options.sourcemap ? 'inline' : false,
    metafile: true,
    write: false,
  });
  const parts = join(folder, PARTS);
  await mkdir(parts, { recursive: true });
  await Promise.all(
    outputFiles.map(async ({ path, text }) => {
      const { code, map } = await transform(text, {
        loader: 'js',
        format: 'cjs',
        platform: 'node',
        ...(options.target === undefined ? {} : { target: options.target }),
        ...(options.minify === undefined ? {} : { minify: options.minify }),
        sourcefile: basename(path),
        sourcemap: options.sourcemap ? 'external' : false,
        // `require` when it is first asked for, which has no loader thread to wait for.
        supported: { 'dynamic-import': false },
      });
      await writeFile(path, map ? `${code}//# sourceMappingURL=${basename(path)}.map\n` : code);
      if (map) await writeFile(`${path}.map`, map);
    }),
  );
  await removeFormer(parts, outputFiles);
  return metafile;
}

/** @param {string} parts @param {readonly { path: string }[]} made */
async function removeFormer(parts, made) {
  const now = new Set(made.map(({ path }) => basename(path)));
  for (const file of await readdir(parts)) {
    if (!now.has(file.replace(/\.map$/u, ''))) await rm(join(parts, file), { force: true });
  }
}
