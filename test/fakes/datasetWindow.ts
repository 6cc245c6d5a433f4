import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { onTestFinished, vi } from 'vitest';
import { connect } from '../../src/shared/connect.ts';
import { datasetContract, type DatasetState } from '../../src/shared/datasetContract.ts';
import { DatasetDocument } from '../../src/vscode/dataset/datasetDocument.ts';
import { DATASET_EDITOR } from '../../src/vscode/dataset/names.ts';
import { registerDataset } from '../../src/vscode/dataset/register.ts';
import { DisposableStore } from '../../src/vscode/disposableStore.ts';
import { temporaryFolder } from './temporaryFolder.ts';
import { editor, vscodeModule } from './vscode.ts';
import { FakeCustomEditor } from './vscodeCustomEditors.ts';

/** The lines of a small data file. */
export const LINES = [
  '{"id":"q-1","question":"One?","answer":"1","n":1.50}',
  '{"id":"q-2","question":"Two?","answer":"2"}',
  '{"id":"q-3","question":"Three?","answer":"3"}',
];

/** The name of a file as the editor hands it on. */
// SAFETY: the fake's URI has the members that are read.
export const uriOf = (path: string): vscode.Uri =>
  vscodeModule.Uri.file(path) as unknown as vscode.Uri;

/** The Dataset Editor in a window of its own. */
export interface DatasetWindow {
  readonly storage: string;
  readonly log: {
    readonly error: ReturnType<typeof vi.fn>;
    readonly warn: ReturnType<typeof vi.fn>;
  };
  readonly open: (path: string, backupId?: string) => Promise<Opened>;
  /** Resolves when its documents are closed: another window may open them. */
  readonly end: () => Promise<void>;
}

/** A file that is open in it, as the editor and as the page see it. */
export interface Opened {
  readonly custom: FakeCustomEditor;
  readonly client: ReturnType<typeof connect<typeof datasetContract>>;
  readonly state: () => Promise<DatasetState>;
  /** Replaces a field's text by its name, as the page does. */
  readonly write: (row: number, name: string, value: string) => Promise<void>;
}

export function startWindow(storage: string, projects: readonly string[] = []): DatasetWindow {
  const log = {
    debug: vi.fn<(message: string) => void>(),
    info: vi.fn<(message: string) => void>(),
    warn: vi.fn<(message: string) => void>(),
    error: vi.fn<(message: string) => void>(),
  };
  const store = new DisposableStore((error) => {
    log.error(String(error));
  });
  const all = projects.map((root) => ({ root, name: 'P' }));
  registerDataset(
    store,
    {
      extension: uriOf('/opt/tailor'),
      storage,
      log,
      projects: {
        all,
        current: all[0] ?? null,
        select: () => undefined,
        pick: () => Promise.reject(new Error('not asked')),
        onDidChange: () => ({ dispose: () => undefined }),
        known: () => Promise.resolve(),
      },
    },
    { log, showLog: () => undefined },
  );
  const documents: DatasetDocument[] = [];
  const end = async (): Promise<void> => {
    store.dispose();
    for (const document of documents) await document.settled();
  };
  onTestFinished(end);
  return {
    storage,
    log,
    end,
    open: async (path, backupId) => {
      const custom = await FakeCustomEditor.open(DATASET_EDITOR, uriOf(path), backupId);
      if (custom.document instanceof DatasetDocument) documents.push(custom.document);
      const client = connect(datasetContract, custom.shown.page);
      const state = async (): Promise<DatasetState> => (await client.request('init', {})).state;
      return {
        custom,
        client,
        state,
        write: async (row, name, value) => {
          const { rows } = await client.request('rows', { from: row, count: 1 });
          const { key } = rows[0]!;
          const { fields, stamp } = await client.request('record', { key });
          const { index } = fields.find((field) => field.name === name)!;
          await client.request('setField', { key, stamp, index, as: 'text', value });
        },
      };
    },
  };
}

export async function dataFile(lines = LINES): Promise<string> {
  const path = join(await temporaryFolder(), 'x.jsonl');
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
}

export const linesOf = async (path: string): Promise<string[]> =>
  (await readFile(path, 'utf8')).split('\n').slice(0, -1);

/** Another program writes the file; its time moves on. */
export async function writeElsewhere(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, `${lines.join('\n')}\n`);
  const later = new Date(Date.now() + 5000);
  await utimes(path, later, later);
}

/** The editor's watcher tells of it. */
export const tell = (path: string): void => editor.fileEvents.forEach((fire) => fire(uriOf(path)));

export async function start(): Promise<DatasetWindow> {
  return startWindow(join(await temporaryFolder(), 'storage'));
}
