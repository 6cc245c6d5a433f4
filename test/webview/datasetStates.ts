import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { NO_DATASET_FILTER, type DatasetState } from '../../src/shared/datasetContract.ts';
import { DATASET_STRINGS } from '../../src/shared/datasetStrings.ts';
import type { DatasetHost, DatasetHostOptions } from './datasetHost.ts';
import { KEY_OF } from './datasetLines.ts';

/** One state of the Dataset Editor: what the host says, and what the person did. */
export interface DatasetViewState {
  readonly host?: DatasetHostOptions;
  /** The row under the cursor. */
  readonly at?: keyof typeof KEY_OF;
  readonly before?: (host: DatasetHost) => void;
  readonly act?: (page: Page, host: DatasetHost) => Promise<void>;
  /** What must be on screen then. */
  readonly shows: string;
}

const state = (over: Partial<DatasetState>): DatasetHostOptions => ({ state: over });

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** The German table, as the editor hands it to the view. */
function german(): Record<string, string> {
  const path = join(import.meta.dirname, '..', '..', 'media', 'l10n', 'bundle.l10n.de.json');
  // SAFETY: our own bundle of sentences.
  const known = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(DATASET_STRINGS).map(([key, text]) => [key, known[text] ?? text]),
  );
}

/** Every state of the editor that a person can meet. */
export const DATASET_STATES: Readonly<Record<string, DatasetViewState>> = {
  ready: { at: 'bakery', shows: '#field-7' },
  chat: { at: 'chat', shows: '#field-1' },
  hostile: { at: 'hostile', shows: '.field-hidden' },
  'long text': { at: 'essay', shows: '.field-clipped' },
  'same name twice': { at: 'twins', shows: '#field-2-twin' },
  'a problem': { at: 'empty', shows: '#field-2-problem' },
  'not valid': { at: 'broken', shows: '#line' },
  'no object': { at: 'list', shows: '#line' },
  'blank line': { at: 'blank', shows: '#line' },
  'the line too': {
    at: 'bakery',
    act: (page) => page.locator('summary').click(),
    shows: '#line',
  },
  editing: {
    at: 'bakery',
    act: async (page) => {
      await press(page, 'e', 'Alt+ArrowDown', 'Alt+ArrowDown', 'End');
      await page.keyboard.type('5');
    },
    shows: '.field-typed',
  },
  'not JSON': {
    at: 'bakery',
    act: async (page) => {
      await page.locator('#field-4').fill('three');
      await page.locator('#rows').focus();
    },
    shows: '.form-problem',
  },
  refused: {
    at: 'plain',
    act: async (page, host) => {
      host.refuse = 'The disk is full.';
      await page.locator('#field-2').fill('77');
      await page.locator('#rows').focus();
    },
    shows: '.form-problem',
  },
  stale: {
    at: 'plain',
    act: async (page, host) => {
      await page.locator('#field-2').focus();
      await page.keyboard.type('1');
      host.writeElsewhere(KEY_OF.plain, '{"id": "boxes-1000", "question": "New?", "answer": "9"}');
    },
    shows: '.editable .banner-warning',
  },
  'text as JSON': {
    at: 'bakery',
    act: (page) => page.locator('[data-field="2"] .icon-button').first().click(),
    shows: '[aria-pressed="true"].icon-button',
  },
  'new field': { at: 'plain', act: (page) => press(page, 'a'), shows: '.add-form' },
  'new field refused': {
    at: 'plain',
    act: async (page) => {
      await press(page, 'a');
      await page.locator('.add-form vscode-text-field').click();
      await page.keyboard.type('answer');
      await page.keyboard.press('Enter');
    },
    shows: '.add-form .form-problem',
  },
  edited: {
    at: 'plain',
    act: async (page) => {
      await page.locator('#field-2').fill('77');
      await page.locator('#rows').focus();
      await page.locator('.row-current .icon-pencil').first().waitFor();
      await press(page, 'Insert');
      await page.locator('.row-current .icon-plus').first().waitFor();
      await press(page, 'j', 'Delete');
    },
    shows: '.summary-changes .icon-trash',
  },
  picked: {
    at: 'plain',
    act: (page) => press(page, 'Shift+ArrowDown', 'Shift+ArrowDown'),
    shows: '.batch',
  },
  'move to': { at: 'plain', act: (page) => press(page, 'm'), shows: '.line-form' },
  'go to line': {
    at: 'plain',
    act: async (page) => {
      await press(page, 'l');
      await page.locator('.line-form vscode-text-field').click();
      await page.keyboard.type('x');
      await page.keyboard.press('Enter');
    },
    shows: '.line-form .form-problem',
  },
  keys: { act: (page) => press(page, '?'), shows: '.keys' },
  'keys off': {
    host: state({ singleKeys: false }),
    act: (page) => page.locator('.choices .button-icon').last().click(),
    shows: '.keys .banner',
  },
  found: {
    act: async (page) => {
      await press(page, '/');
      await page.keyboard.type('stamps');
      await page.locator('#rows[aria-label*="38"]').waitFor();
    },
    shows: '.found',
  },
  'nothing matches': {
    act: async (page) => {
      await press(page, '/');
      await page.keyboard.type('zzz');
    },
    shows: '.blank-small',
  },
  searching: {
    host: state({
      rows: 100_000,
      shown: 120,
      filtered: 0.434,
      filter: { ...NO_DATASET_FILTER, search: 'hana' },
      bytes: 104_857_600,
    }),
    at: 'plain',
    shows: '.summary-progress',
  },
  'words marked': {
    host: state({ filter: { ...NO_DATASET_FILTER, search: 'roll left han' } }),
    at: 'bakery',
    shows: '.row .found-word',
  },
  'words marked to read': {
    host: state({
      filter: { ...NO_DATASET_FILTER, search: 'roll', field: 'question' },
      readOnly: 'round 1 was trained on it, and it is frozen.',
    }),
    at: 'bakery',
    shows: '.value .found-word',
  },
  'nothing yet': {
    host: state({
      shown: 0,
      filtered: 0.12,
      filter: { ...NO_DATASET_FILTER, search: 'quince' },
    }),
    shows: '.blank-small',
  },
  'a row out of sight': {
    at: 'plain',
    act: async (page) => {
      await press(page, '/');
      await page.keyboard.type('stamps');
      await page.locator('#rows[aria-label*="38"]').waitFor();
      await page.locator('#rows').focus();
      await press(page, 'Insert');
    },
    shows: '.notices .banner-info',
  },
  reading: { host: state({ read: 0.43, rows: 120, shown: 120 }), shows: '.summary-progress' },
  loading: { before: (host) => void (host.silent = true), shows: '.skeleton' },
  lost: { before: (host) => void (host.refuseInit = 'The document was closed.'), shows: '.blank' },
  empty: { host: { lines: [] }, shows: '.blank' },
  'empty and read-only': {
    host: { lines: [], state: { readOnly: 'the folder cannot be written to.' } },
    shows: '.blank',
  },
  'read-only': {
    host: state({ readOnly: 'round 1 was trained on it, and it is frozen.' }),
    at: 'bakery',
    shows: '.value-code',
  },
  changed: {
    host: state({ conflict: 'changed', dirty: true }),
    at: 'plain',
    shows: '.banner-buttons',
  },
  deleted: {
    host: state({ conflict: 'deleted', dirty: true }),
    at: 'plain',
    shows: '.banner-buttons',
  },
  'an act refused': {
    at: 'plain',
    act: async (page, host) => {
      host.refuse = 'The disk is full. Make room, then try again.';
      await press(page, 'Insert');
    },
    shows: '.notices .banner-warning',
  },
  'of no project': {
    host: state({ set: null, singleKeys: false }),
    at: 'plain',
    shows: '#field-2',
  },
  'ten million': {
    host: { endless: 10_000_000 },
    act: (page) => press(page, 'End'),
    shows: '[aria-posinset="10000000"].row-current',
  },
  German: { host: { strings: german() }, at: 'bakery', shows: '#field-7' },
  'German keys': { host: { strings: german() }, act: (page) => press(page, '?'), shows: '.keys' },
};

/** What the editor keeps of a view whose cursor is on a row. */
export function datasetKeptAt(at: keyof typeof KEY_OF | null): unknown {
  return {
    sel: at === null ? null : KEY_OF[at],
    filter: NO_DATASET_FILTER,
    scroll: 0,
    drafts: {},
    add: null,
    editing: null,
  };
}
