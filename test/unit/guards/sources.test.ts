import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { repositoryFiles, ROOT } from './repositoryFiles.ts';

const SOURCE = /\.(ts|tsx|mjs|py)$/u;
const LIMIT = 450;

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Lines of a file, or what is wrong with it. */
export function oversized(files: readonly { path: string; text: string }[]): string[] {
  return files
    .map(({ path, text }) => ({ path, lines: text.split('\n').length }))
    .filter(({ lines }) => lines > LIMIT)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}

/** Casts without their reason in the comment above the statement; `as const` needs none. */
export function unexplainedCasts(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  const found: string[] = [];
  const explained = (line: number): boolean => {
    let above = line - 1;
    while (above >= 0 && /^\s*(\/\/|\*|\/\*)/u.test(lines[above] ?? '')) {
      if ((lines[above] ?? '').includes('SAFETY:')) return true;
      above -= 1;
    }
    return false;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isAsExpression(node) && node.type.getText(source) !== 'const') {
      const at = source.getLineAndCharacterOfPosition(node.getStart(source)).line;
      const end = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      if (!explained(at) && !explained(end)) found.push(`${path}:${at + 1} ${lines[at]?.trim()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('source files', () => {
  const files = repositoryFiles();
  const sources = files.filter((path) => SOURCE.test(path));

  it('stay small', () => {
    expect(oversized(sources.map((path) => ({ path, text: read(path) })))).toEqual([]);
    expect(oversized([{ path: 'x.ts', text: '\n'.repeat(LIMIT + 1) }])).toHaveLength(1);
  });

  it('are all type-checked', () => {
    const webviews = ['webview', 'test/unit/webview'];
    const projects = ['src/shared', 'src/core', 'src', ...webviews, 'test', 'scripts'];
    const checked = new Set<string>();
    for (const project of projects) {
      const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
      const listing = execFileSync(
        process.execPath,
        [tsc, '-p', join(ROOT, project), '--listFilesOnly'],
        {
          encoding: 'utf8',
          maxBuffer: 1 << 26,
        },
      );
      for (const line of listing.split('\n')) checked.add(relative(ROOT, line));
    }
    const typed = sources.filter((path) => /\.(ts|tsx|mjs)$/u.test(path));
    expect(typed.length).toBeGreaterThan(100);
    expect(typed.filter((path) => !checked.has(path))).toEqual([]);
  }, 240_000);

  it('are all linted', async () => {
    const eslint = new ESLint({ cwd: ROOT });
    const unlinted = [];
    for (const path of sources.filter((file) => !file.endsWith('.py'))) {
      if (await eslint.isPathIgnored(join(ROOT, path))) unlinted.push(path);
    }
    expect(unlinted).toEqual([]);
  }, 60_000);

  it('have no any, no suppressed rule and no cast without its reason', () => {
    const own = sources.filter((path) => /^(src|webview)\/.*\.tsx?$/u.test(path));
    const escapes = own.flatMap((path) =>
      read(path)
        .split('\n')
        .filter((line) =>
          /(:\s*any\b|<any>|\bas any\b|@ts-ignore|@ts-expect-error|eslint-disable)/u.test(line),
        )
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(escapes).toEqual([]);
    expect(own.flatMap((path) => unexplainedCasts(path, read(path)))).toEqual([]);
    expect(unexplainedCasts('x.ts', 'const a = b as string;')).toHaveLength(1);
    expect(unexplainedCasts('x.ts', '// SAFETY: b is one\nconst a = b as string;')).toEqual([]);
  });

  it('say nothing of the machine they were written on', () => {
    const words = [
      ['/wo', 'rk/'].join(''),
      ['shared/', 'design'].join(''),
      ['registry.', 'npmjs'].join(''),
      ['pypi', '.org'].join(''),
    ];
    const text = files.filter(
      (path) =>
        /\.(ts|tsx|mjs|js|py|md|json|toml|txt|yml|sh)$|(^|\/)run$/u.test(path) &&
        !path.startsWith('test/fixtures/'),
    );
    const found = text.flatMap((path) =>
      words.filter((word) => read(path).includes(word)).map((word) => `${path}: ${word}`),
    );
    expect(found).toEqual([]);
  });
});
