import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildAll } from '../../../esbuild.mjs';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What the webviews are made of: the view library, the toolkit and what these two bring. */
const WEBVIEW_PACKAGES = [
  'preact',
  '@preact/signals',
  '@preact/signals-core',
  'zod',
  '@vscode/webview-ui-toolkit',
  '@microsoft/fast-element',
  '@microsoft/fast-foundation',
  '@microsoft/fast-web-utilities',
  'exenv-es6',
  'tslib',
];

/** What the pictures of src/shared/pictures are measured and drawn with. */
const PICTURES = ['d3-scale', 'd3-shape'];

/** What own data of other forms are read with, when one is imported. */
const IMPORTS = ['csv-parse', 'hyparquet'];

/** Answers by pattern are matched in linear time. */
const PATTERNS = ['re2js'];

/** Which folders, and which packages, each bundle may be made of. A new package needs its line and its reason. */
const ALLOWED: Record<string, { folders: string[]; packages: string[] }> = {
  extension: {
    folders: ['src/shared/', 'src/core/', 'src/node/', 'src/vscode/', 'src/extension.ts'],
    // openai and execa are evaluated on first use only: test/unit/vscode/activation.test.ts.
    // The pictures of a report are drawn when one is written.
    packages: ['zod', '@noble/hashes', 'openai', 'execa', ...PATTERNS, ...PICTURES, ...IMPORTS],
  },
  cli: {
    folders: ['src/shared/', 'src/core/', 'src/node/', 'src/cli.ts', 'package.json'],
    packages: [
      'zod',
      '@noble/hashes',
      'commander',
      'openai',
      'execa',
      ...PATTERNS,
      ...PICTURES,
      ...IMPORTS,
    ],
  },
  engine: {
    folders: ['src/core/', 'src/engine/'],
    packages: ['zod', '@noble/hashes', '@huggingface/tokenizers'],
  },
  review: {
    folders: ['src/shared/', 'webview/kit/', 'webview/review/'],
    packages: WEBVIEW_PACKAGES,
  },
  dataset: {
    folders: ['src/shared/', 'webview/kit/', 'webview/dataset/'],
    packages: WEBVIEW_PACKAGES,
  },
  training: {
    folders: ['src/shared/', 'webview/kit/', 'webview/training/'],
    packages: [...WEBVIEW_PACKAGES, ...PICTURES],
  },
  dashboard: {
    folders: ['src/shared/', 'webview/kit/', 'webview/training/', 'webview/dashboard/'],
    packages: [...WEBVIEW_PACKAGES, ...PICTURES],
  },
};

/** Packages that come only because another one needs them. */
const UNDER_PICTURES = /^(d3-(?:array|color|format|interpolate|path|time|time-format)|internmap)$/u;
const UNDER_EXECA =
  /^(@sec-ant\/readable-stream|@sindresorhus\/merge-streams|cross-spawn|figures|get-stream|human-signals|is-plain-obj|is-stream|npm-run-path|path-key|pretty-ms|parse-ms|signal-exit|strip-final-newline|unicorn-magic|which-command|yoctocolors|shebang-command|shebang-regex|which|isexe|is-unicode-supported)$/u;

interface Metafile {
  readonly inputs: Record<string, { readonly imports: readonly { readonly path: string }[] }>;
  readonly outputs: Record<
    string,
    {
      readonly inputs: Record<string, unknown>;
      readonly imports: readonly { readonly path: string }[];
    }
  >;
}

function packageOf(input: string): string | undefined {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//u.exec(input)?.[1];
}

/** What a bundle holds that it may not. */
export function strangers(
  inputs: readonly string[],
  allowed: { folders: readonly string[]; packages: readonly string[] },
): string[] {
  return inputs.filter((input) => {
    const name = packageOf(input);
    if (name === undefined) return !allowed.folders.some((folder) => input.startsWith(folder));
    const viaExeca = allowed.packages.includes('execa') && UNDER_EXECA.test(name);
    const viaPictures = allowed.packages.includes('d3-scale') && UNDER_PICTURES.test(name);
    return !allowed.packages.includes(name) && !viaExeca && !viaPictures;
  });
}

describe('layering of the bundles', () => {
  beforeAll(() => buildAll(), 60_000);

  for (const [bundle, allowed] of Object.entries(ALLOWED)) {
    it(`${bundle} holds its own folders and packages only`, () => {
      const text = readFileSync(join(ROOT, 'dist', `${bundle}.meta.json`), 'utf8');
      // SAFETY: esbuild's own metafile, written a moment ago.
      const meta = JSON.parse(text) as Metafile;
      const inputs = Object.values(meta.outputs).flatMap((output) => Object.keys(output.inputs));
      expect(inputs.length).toBeGreaterThan(1);
      expect(strangers(inputs, allowed)).toEqual([]);
      const externals = Object.values(meta.outputs)
        .flatMap((output) => output.imports.map(({ path }) => path))
        .filter((path) => !path.startsWith('node:') && !path.startsWith('dist/'));
      const native =
        bundle === 'engine' ? ['onnxruntime-node'] : bundle === 'extension' ? ['vscode'] : [];
      expect([...new Set(externals)].filter((path) => !BUILTIN.has(path))).toEqual(native);
    });
  }

  it('fails when a rule is broken', () => {
    expect(strangers(['src/engine/session.ts'], ALLOWED['cli']!)).toEqual([
      'src/engine/session.ts',
    ]);
    expect(strangers(['node_modules/openai/index.js'], ALLOWED['engine']!)).toHaveLength(1);
    expect(strangers(['src/vscode/commands.ts'], ALLOWED['cli']!)).toHaveLength(1);
    for (const stranger of ['src/core/hash.ts', 'node_modules/d3-array/src/min.js']) {
      expect(strangers([stranger], ALLOWED['review']!)).toHaveLength(1);
    }
  });
});

const BUILTIN = new Set([
  'assert',
  'buffer',
  'child_process',
  'crypto',
  'events',
  'fs',
  'fs/promises',
  'http',
  'https',
  'net',
  'os',
  'path',
  'process',
  'stream',
  'stream/promises',
  'string_decoder',
  'timers/promises',
  'tls',
  'tty',
  'url',
  'util',
  'v8',
  'worker_threads',
  'zlib',
]);
