import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ALL_COMMANDS } from '../../../src/shared/commands.ts';
import { repositoryFiles, ROOT } from './repositoryFiles.ts';

const manifestSchema = z.object({
  engines: z.object({ vscode: z.string() }),
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
  contributes: z.object({
    commands: z.array(
      z.object({
        command: z.string(),
        title: z.string(),
        category: z.string(),
        enablement: z.string(),
      }),
    ),
    customEditors: z.array(z.object({ viewType: z.string() })),
    views: z.record(z.string(), z.array(z.object({ id: z.string(), name: z.string() }))),
    configuration: z
      .object({ properties: z.record(z.string(), z.object({ scope: z.string() })) })
      .optional(),
  }),
});

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const text = read('package.json');
const manifest = manifestSchema.parse(JSON.parse(text));
const strings = z.record(z.string(), z.string()).parse(JSON.parse(read('package.nls.json')));

/** Settings that could start a program or send a key somewhere: never the workspace's to set. */
const MACHINE_ONLY = /python|interpreter|launcher|environment|endpoint|url|header|proxy|prices/iu;

describe('the manifest', () => {
  it('contributes exactly the commands of the table, each with category and enablement', () => {
    const contributed = manifest.contributes.commands.map(({ command }) => command).sort();
    expect(contributed).toEqual(Object.keys(ALL_COMMANDS).sort());
    for (const { category } of manifest.contributes.commands) expect(category).toBe('Tailor');
  });

  it('offers what runs a model or a program in trusted workspaces alone', () => {
    const run = ['exam', 'lookAtTest', 'teach', 'train', 'round', 'review.again'];
    for (const name of run) {
      const found = manifest.contributes.commands.find(
        ({ command }) => command === `tailor.${name}`,
      );
      expect(found?.enablement, name).toMatch(/\bisWorkspaceTrusted\b/u);
    }
  });

  it('titles its commands as the table does', () => {
    for (const { command, title } of manifest.contributes.commands) {
      const shown = strings[title.replaceAll('%', '')];
      const entry = Object.entries(ALL_COMMANDS).find(([id]) => id === command)?.[1];
      expect(shown, command).toBe(entry?.title);
    }
  });

  it('has a string for every %key% and a use for every string', () => {
    const used = new Set([...text.matchAll(/%([\w.]+)%/gu)].map(([, key]) => key));
    expect([...used].sort()).toEqual(Object.keys(strings).sort());
  });

  it('names every view that the code provides, and the code every view', () => {
    const views = Object.values(manifest.contributes.views)
      .flat()
      .map(({ id }) => id);
    const code = repositoryFiles()
      .filter((path) => /^src\/(vscode\/|extension\.ts)/u.test(path))
      .map(read)
      .join('\n');
    const provided = [
      ...code.matchAll(/register(?:TreeData|WebviewView)Provider\(\s*'([^']+)'/gu),
    ].map(([, id]) => id);
    expect(provided.sort()).toEqual(views.sort());
    const ids = [...code.matchAll(/'(tailor\.[a-z]+)'/gu)].map(([, id]) => id!);
    const keys = [...code.matchAll(/setContext'?,?\(?\s*'(tailor\.\w+)'/gu)].map(([, key]) => key!);
    const asked = [...text.matchAll(/\btailor\.(?:has\w*|busy|reviewListFocused)\b/gu)].map(
      ([key]) => key,
    );
    const view = new Set(views);
    expect(asked.filter((key) => !keys.includes(key) && !view.has(key))).toEqual([]);
    const editors = manifest.contributes.customEditors.map(({ viewType }) => viewType);
    const known = new Set([...Object.keys(ALL_COMMANDS), ...views, ...keys, ...editors]);
    expect(ids.filter((id) => !known.has(id))).toEqual([]);
  });

  it('holds the floor of VS Code by its types', () => {
    expect(manifest.engines.vscode).toBe('^1.106.0');
    expect(manifest.devDependencies['@types/vscode']).toBe('1.106.1');
  });

  it('threat 1: lets no workspace set an executable, endpoint, header or environment', () => {
    for (const [name, { scope }] of Object.entries(
      manifest.contributes.configuration?.properties ?? {},
    )) {
      if (MACHINE_ONLY.test(name)) expect(scope, name).toBe('machine');
    }
  });

  it('threat 21: pins every package exactly, runs no install script, and keeps the lock file in step', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies };
    for (const [name, version] of Object.entries(all))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/u);
    expect(read('.npmrc')).toContain('ignore-scripts=true');
    const lock = z
      .object({
        packages: z.record(
          z.string(),
          z.object({
            version: z.string().optional(),
            resolved: z.string().optional(),
            integrity: z.string().optional(),
          }),
        ),
      })
      .parse(JSON.parse(read('package-lock.json')));
    for (const [name, version] of Object.entries(all)) {
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
    const unverified = Object.entries(lock.packages).filter(
      ([path, entry]) => path !== '' && !entry.integrity,
    );
    expect(unverified.map(([path]) => path)).toEqual([]);
    expect(
      Object.values(lock.packages).filter((entry) => entry.resolved?.startsWith('git')),
    ).toEqual([]);
    const pins = read('python-bridge/requirements.txt')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    for (const pin of pins) expect(pin).toMatch(/^[a-z0-9._-]+==[\w.]+$/u);
  });
});
