// One program in several files: what starts it, and in parts/ what it loads later, each when it is first asked for.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { build, transform } from 'esbuild';

/** Where the parts lie, beside the entry. */
export const PARTS = 'parts';

const LATER = 'later';

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
    plugins: [startFirst(entry, options.absWorkingDir ?? process.cwd())],
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
  return ofSources(metafile);
}

/**
 * Says of every module that is loaded later that the entry was loaded before it. So it is, and esbuild, which puts
 * together what is needed by the same modules, keeps all that the program starts with in one file.
 * @param {string} entry @param {string} root @returns {import('esbuild').Plugin}
 */
function startFirst(entry, root) {
  const first = resolve(root, entry);
  return {
    name: LATER,
    setup(building) {
      building.onResolve({ filter: /^\./ }, ({ kind, resolveDir, path }) => {
        if (kind !== 'dynamic-import') return undefined;
        const source = relative(root, resolve(resolveDir, path)).split(sep).join('/');
        return { path: source, namespace: LATER };
      });
      building.onLoad({ filter: /.*/, namespace: LATER }, ({ path }) => {
        const source = resolve(root, path);
        const contents = `import ${JSON.stringify(first)};\nexport * from ${JSON.stringify(source)};`;
        return { contents, resolveDir: dirname(source), loader: 'js' };
      });
    },
  };
}

/** Without the modules that stand in front of those that are loaded later. @param {import('esbuild').Metafile} metafile */
function ofSources({ inputs, outputs }) {
  const prefix = `${LATER}:`;
  /** @template T @param {Record<string, T>} all */
  const sources = (all) =>
    Object.fromEntries(Object.entries(all).filter(([path]) => !path.startsWith(prefix)));
  return {
    inputs: sources(inputs),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([path, output]) => {
        const entryPoint = output.entryPoint?.replace(prefix, '');
        const shown = { ...output, inputs: sources(output.inputs) };
        return [path, entryPoint === undefined ? shown : { ...shown, entryPoint }];
      }),
    ),
  };
}

/** @param {string} parts @param {readonly { path: string }[]} made */
async function removeFormer(parts, made) {
  const now = new Set(made.map(({ path }) => basename(path)));
  for (const file of await readdir(parts)) {
    if (!now.has(file.replace(/\.map$/u, ''))) await rm(join(parts, file), { force: true });
  }
}
