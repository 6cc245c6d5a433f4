// @ts-check
import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Packages that may be imported in one place only; see the table in CONTRIBUTING.md. */
const HOME_OF = {
  vscode: ['src/vscode/**', 'src/extension.ts'],
  'onnxruntime-node': ['src/engine/session.ts'],
  '@huggingface/tokenizers': ['src/engine/tokens.ts'],
  openai: ['src/node/teacher/**'],
  execa: ['src/node/**'],
  commander: ['src/cli.ts'],
  'csv-parse': ['src/node/imports/**'],
  hyparquet: ['src/node/imports/**'],
  '@vscode/webview-ui-toolkit': ['webview/kit/**'],
  'd3-scale': ['src/shared/pictures/**'],
  'd3-shape': ['src/shared/pictures/**'],
  preact: ['webview/**'],
  '@preact/signals': ['webview/**'],
};

/** What a folder must not import: the direction is shared ← core ← {engine, node} ← vscode ← extension.ts. */
const FORBIDDEN = {
  'src/shared': ['core', 'engine', 'node', 'vscode'],
  'src/core': ['engine', 'node', 'vscode'],
  'src/engine': ['node', 'vscode'],
  'src/node': ['engine', 'vscode'],
  'src/vscode': ['engine', 'webview'],
  'webview/kit': ['core', 'engine', 'node', 'vscode', 'review', 'training', 'dashboard', 'dataset'],
  'webview/review': ['core', 'engine', 'node', 'vscode', 'training', 'dashboard', 'dataset'],
  'webview/training': ['core', 'engine', 'node', 'vscode', 'review', 'dashboard', 'dataset'],
  'webview/dataset': ['core', 'engine', 'node', 'vscode', 'review', 'training', 'dashboard'],
  // The dashboard shows a training with the Training view's own curves.
  'webview/dashboard': ['core', 'engine', 'node', 'vscode', 'review', 'dataset'],
};

/** @param {string} home @param {string} folder */
const isAtHome = (home, folder) =>
  home.startsWith(folder) || `${folder}/`.startsWith(home.replace('**', ''));

/**
 * @param {string} folder @param {string[]} layers
 * @returns {import('eslint').Linter.Config}
 */
function layering(folder, layers) {
  const pure = ['src/shared', 'src/core'].includes(folder) || folder.startsWith('webview/');
  const packages = Object.keys(HOME_OF).filter(
    (name) =>
      !HOME_OF[/** @type {keyof typeof HOME_OF} */ (name)].some((home) => isAtHome(home, folder)),
  );
  return {
    files: [`${folder}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            ...layers.map((layer) => ({
              group: [`**/${layer}/**`],
              message: `${folder} must not import ${layer}.`,
            })),
            ...packages.map((name) => ({
              group: [name, `${name}/*`],
              message: `${name} has one home: see CONTRIBUTING.md.`,
            })),
            ...(pure ? [{ group: ['node:*'], message: `${folder} runs without Node.` }] : []),
          ],
        },
      ],
    },
  };
}

export default defineConfig(
  globalIgnores([
    'dist/',
    '.cache/',
    '.venv/',
    'node_modules/',
    'practice-project/',
    'python-bridge/',
  ]),
  js.configs.recommended,
  {
    rules: {
      'no-unused-vars': ['error', { ignoreRestSiblings: true, argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: [
          'src/shared/tsconfig.json',
          'src/core/tsconfig.json',
          'src/tsconfig.json',
          'webview/tsconfig.json',
          'test/unit/webview/tsconfig.json',
          'test/tsconfig.json',
        ],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { ignoreRestSiblings: true, argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      'no-console': 'error',
    },
  },
  ...Object.entries(FORBIDDEN).map(([folder, layers]) => layering(folder, layers)),
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "ImportDeclaration[source.value='zod'][importKind='value'] ImportSpecifier[imported.name='z']",
          message: 'Write import * as z: with the object z all of its languages are bundled.',
        },
      ],
    },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      'no-console': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
      },
    },
  },
);
