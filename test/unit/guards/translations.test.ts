import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CURATION_STRINGS } from '../../../src/shared/curationStrings.ts';
import { DASHBOARD_STRINGS } from '../../../src/shared/dashboardStrings.ts';
import { DATASET_STRINGS } from '../../../src/shared/datasetStrings.ts';
import { REVIEW_HOST_STRINGS } from '../../../src/shared/reviewHostStrings.ts';
import { reviewStrings } from '../../../src/shared/reviewStrings.ts';
import { TRAINING_STRINGS } from '../../../src/shared/trainingStrings.ts';
import { repositoryFiles, ROOT } from './repositoryFiles.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const table = (path: string): Record<string, string> =>
  z.record(z.string(), z.string()).parse(JSON.parse(read(path)));
const files = repositoryFiles();

/** The English sentences that the editor's code asks translations of. */
export function sentencesIn(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const callee = ts.isCallExpression(node) ? node.expression.getText(source) : '';
    if (ts.isCallExpression(node) && /^(?:(?:vscode\.)?l10n\.)?t$/u.test(callee)) {
      const [first] = node.arguments;
      if (first && ts.isStringLiteralLike(first)) found.push(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The templates of the sentences that the core makes; the editor asks for their translations when it says them. */
export function templatesIn(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && node.tag.getText(source) === 'sentence') {
      const { template } = node;
      found.push(
        ts.isNoSubstitutionTemplateLiteral(template)
          ? template.text
          : template.templateSpans.reduce(
              (all, { literal }, place) => `${all}{${place}}${literal.text}`,
              template.head.text,
            ),
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Words for a person that are plain texts where a sentence could be said in another language. */
export function plainRefusalsIn(path: string, text: string): string[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) ? node.text !== '' : ts.isTemplateExpression(node)) {
      if (!ts.isTaggedTemplateExpression(node.parent))
        found.push(`${path}: ${node.getText(source)}`);
    } else if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach(look);
    else if (ts.isBinaryExpression(node)) look(node.right);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && node.expression.getText(source) === 'AppError') {
      const [, message, parts] = node.arguments ?? [];
      if (message) look(message);
      if (parts && ts.isObjectLiteralExpression(parts)) {
        for (const part of parts.properties) {
          const isHint = ts.isPropertyAssignment(part) && part.name.getText(source) === 'hint';
          if (isHint) look(part.initializer);
        }
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\w+\}/gu)].map(([hit]) => hit).sort();
/** What must survive a translation: commands, key names, code. */
const fixed = (text: string): string[] =>
  [...text.matchAll(/\(command:[^)]*\)|<keybinding:[^>]*>|`[^`]*`/gu)].map(([hit]) => hit).sort();

describe('translations', () => {
  const asked = new Set(
    files
      .filter((path) => /^src\/(vscode\/.*|extension)\.ts$/u.test(path))
      .flatMap((path) => sentencesIn(path, read(path))),
  );
  const sentences = new Set(
    files
      .filter((path) => /^src\/.*\.ts$/u.test(path))
      .flatMap((path) => templatesIn(path, read(path)))
      // Places and marks alone are the same everywhere.
      .filter((text) => /[\p{L}\p{N}]/u.test(text.replace(/\{\d+\}/gu, ''))),
  );
  // Not one object of all: tables have keys in common.
  const views = [
    reviewStrings,
    REVIEW_HOST_STRINGS,
    CURATION_STRINGS,
    TRAINING_STRINGS,
    DASHBOARD_STRINGS,
    DATASET_STRINGS,
  ].flatMap((one) => Object.values(one));

  it('of the manifest hold every key and nothing else', () => {
    const english = table('package.nls.json');
    const others = files.filter((path) => /^package\.nls\.\w+\.json$/u.test(path));
    expect(others.length).toBeGreaterThan(0);
    for (const path of others) {
      const translated = table(path);
      expect(Object.keys(translated).sort(), path).toEqual(Object.keys(english).sort());
      for (const [key, text] of Object.entries(english)) {
        expect(fixed(translated[key] ?? ''), `${path} ${key}`).toEqual(fixed(text));
      }
    }
  });

  it('of the code and its views hold every sentence that they ask for, none that nobody does, and keep what is filled in', () => {
    const bundles = files.filter((path) => /^media\/l10n\/bundle\.l10n\.\w+\.json$/u.test(path));
    expect(bundles.length).toBeGreaterThan(0);
    expect(asked.size).toBeGreaterThan(150);
    for (const path of bundles) {
      const translated = table(path);
      // A key that stands twice would hide one of its texts.
      expect(read(path).match(/^ {2}"/gmu), path).toHaveLength(Object.keys(translated).length);
      const known = new Set([...asked, ...views, ...sentences]);
      expect(
        [...known].filter((text) => translated[text] === undefined),
        path,
      ).toEqual([]);
      expect(
        Object.keys(translated).filter((text) => !known.has(text)),
        path,
      ).toEqual([]);
      for (const [english, text] of Object.entries(translated)) {
        expect(placeholders(text), english).toEqual(placeholders(english));
      }
    }
  });

  it('are found in every way that the code asks', () => {
    const text = "vscode.l10n.t('one'); const { t } = vscode.l10n; t(`two`, 3); l10n.t('three');";
    expect(sentencesIn('x.ts', text)).toEqual(['one', 'two', 'three']);
  });

  it('are found of every sentence, in places of others too', () => {
    const text =
      'const a = sentence`one`; sentence`two ${a} and ${b ? sentence`three` : 4}.`; other`four`;';
    expect(templatesIn('x.ts', text)).toEqual(['one', 'two {0} and {1}.', 'three']);
  });

  it('are possible of every refusal that is made outside the editor', () => {
    const found = files
      .filter((path) => /^src\/(core|node|engine)\/.*\.ts$/u.test(path))
      .flatMap((path) => plainRefusalsIn(path, read(path)));
    expect(found).toEqual([]);
    const bad =
      "new AppError('usage', x ? `a ${b}` : sentence`c`, { hint: y ?? 'd', detail: { e: 'f' } });";
    expect(plainRefusalsIn('x.ts', bad)).toEqual(['x.ts: `a ${b}`', "x.ts: 'd'"]);
  });

  it('are what every view hears of a failure', () => {
    const serving = files.filter(
      (path) => /^src\/vscode\/.*\.ts$/u.test(path) && /\bserve\(/u.test(read(path)),
    );
    expect(serving.length).toBeGreaterThan(1);
    expect(serving.filter((path) => !/\bsay: saidOnWire\b/u.test(read(path)))).toEqual([]);
  });
});
