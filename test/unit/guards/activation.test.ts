import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLES } from '../../../esbuild.mjs';
import { buildInParts } from '../../../scripts/buildInParts.mjs';
import { ROOT } from './repositoryFiles.ts';

/** KiB of minified code that may be read before `activate` has run. A window that opens waits for every one of them. */
const MOST_KIB = 64;

interface Output {
  readonly entryPoint?: string;
  readonly bytes: number;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

/** What loading the entry loads besides: its files with all they import at once, but not what stands behind `import()`. */
export function loadedAtStart(
  outputs: Readonly<Record<string, Output>>,
  entry: string,
): { inputs: string[]; bytes: number; files: number } {
  const waiting = Object.keys(outputs).filter((path) => outputs[path]?.entryPoint === entry);
  const seen = new Map<string, Output>();
  for (const path of waiting) {
    const output = outputs[path];
    if (!output || seen.has(path)) continue;
    seen.set(path, output);
    const now = output.imports.filter(({ kind }) => kind !== 'dynamic-import');
    waiting.push(...now.map((one) => one.path));
  }
  const all = [...seen.values()];
  return {
    inputs: all.flatMap(({ inputs }) => Object.keys(inputs)).sort(),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    files: all.length,
  };
}

/** What may not be evaluated before a command or a view asks for it: packages, files' readers, contracts and their schemas. */
export function tooEarly(inputs: readonly string[]): string[] {
  const light =
    /^src\/(extension\.ts|vscode\/|shared\/(?:pValue|(?:\w+C|c)ommands)\.ts|core\/|node\/(storage|terminal|teacher\/redact|project\/projectFileName))/u;
  return inputs.filter((input) => !light.test(input));
}

describe('what activation loads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tailor-activation-'));
  let outputs: Readonly<Record<string, Output>> = {};
  beforeAll(async () => {
    const { entry, external, platform, target } = BUNDLES.extension;
    // SAFETY: the table of the bundles is plain JavaScript, where this is a string.
    const options = { entry, external, platform: platform as 'node', target };
    const minified = { minify: true, keepNames: true, absWorkingDir: ROOT };
    ({ outputs } = await buildInParts({ ...options, ...minified, folder, name: 'extension' }));
  }, 60_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is a small part of the whole, without any package', () => {
    const { inputs, bytes, files } = loadedAtStart(outputs, 'src/extension.ts');
    expect(inputs).toContain('src/extension.ts');
    expect(inputs.filter((input) => input.includes('node_modules'))).toEqual([]);
    expect(tooEarly(inputs)).toEqual([]);
    expect(bytes / 1024).toBeLessThan(MOST_KIB);
    // The entry, what it starts with, and the bundler's own helpers.
    expect(files).toBeLessThanOrEqual(3);
    const whole = Object.values(outputs).reduce((sum, one) => sum + one.bytes, 0);
    expect(whole).toBeGreaterThan(10 * bytes);
  });

  it('is told from what comes later', () => {
    const made = (inputs: string[], imports: Output['imports'], bytes: number): Output => ({
      inputs: Object.fromEntries(inputs.map((input) => [input, {}])),
      imports,
      bytes,
    });
    const example = {
      'a.cjs': {
        ...made(
          ['a.ts'],
          [
            { path: 'b.cjs', kind: 'import-statement' },
            { path: 'c.cjs', kind: 'dynamic-import' },
            { path: 'vscode', kind: 'import-statement' },
          ],
          10,
        ),
        entryPoint: 'a.ts',
      },
      'b.cjs': made(['node_modules/zod/index.js'], [], 5),
      'c.cjs': { ...made(['c.ts'], [], 100), entryPoint: 'c.ts' },
    };
    const now = loadedAtStart(example, 'a.ts');
    expect(now).toEqual({ inputs: ['a.ts', 'node_modules/zod/index.js'], bytes: 15, files: 2 });
    expect(tooEarly(['src/extension.ts', ...now.inputs])).toEqual(now.inputs);
    expect(tooEarly(['src/node/project/loadProject.ts'])).toHaveLength(1);
    expect(tooEarly(['src/shared/reviewContract.ts'])).toHaveLength(1);
  });
});
