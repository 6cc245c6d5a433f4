import * as vscode from 'vscode';
import { z } from 'zod';
import { visibleText } from '../../node/terminal/visibleText.ts';
import type { CandidateView, ReviewRecord } from '../../shared/reviewContract.ts';
import type { Disposable } from '../disposableStore.ts';
import { recordText } from './recordText.ts';
import type { ReviewPeer } from './reviewPeer.ts';

export const RECORD_SCHEME = 'tailor-record';

const partSchema = z.object({
  root: z.string(),
  round: z.number().int().min(0),
  id: z.string(),
  /** `edit` is the one part that can be written: saving it is a decision like any other. */
  part: z.enum(['record', 'attempt', 'candidate', 'original', 'edit']),
  candidate: z.string().nullable(),
  sample: z.number().int().min(0).nullable(),
});
export type RecordPart = z.infer<typeof partSchema>;

/** Names a part of an item as a document of the editor. Its label comes last; ids from data only make it readable. */
export function recordUri(part: RecordPart, label: string): vscode.Uri {
  const name = visibleText(label)
    .replaceAll(/[/\\?#:*"<>|\n]/gu, ' ')
    .slice(0, 100);
  return vscode.Uri.from({
    scheme: RECORD_SCHEME,
    path: `/${name}.${part.part === 'record' ? 'md' : 'txt'}`,
    query: JSON.stringify(part),
  });
}

export interface RecordSource {
  /** The review of the current project, where that is the project at `root`; null otherwise. */
  peerOf(root: string): Promise<ReviewPeer | null>;
}

interface Known {
  readonly text: string;
  readonly mtime: number;
}

/**
 * Items of the review as documents: whole records, single rationales, and one writable kind for long edits with the
 * editor's own undo, spell check and diff.
 */
export class RecordFiles implements vscode.FileSystemProvider, Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #source: RecordSource;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(source: RecordSource, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, mtime } = await this.#read(uri);
    const { part } = this.#parse(uri);
    return {
      type: vscode.FileType.File,
      ctime: 0,
      mtime,
      size: Buffer.byteLength(text),
      ...(part === 'edit' ? {} : { permissions: vscode.FilePermission.Readonly }),
    };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    return Buffer.from((await this.#read(uri)).text);
  }

  async writeFile(uri: vscode.Uri, content: Uint8Array): Promise<void> {
    const named = this.#parse(uri);
    if (named.part !== 'edit' || named.candidate === null) {
      throw vscode.FileSystemError.NoPermissions(uri);
    }
    const peer = await this.#peer(uri, named.root);
    // The editor may end the last line; a rationale has none of that.
    const rationale = Buffer.from(content)
      .toString('utf8')
      .replaceAll('\r\n', '\n')
      .replace(/\n+$/u, '');
    await peer.decide(named.round, named.id, {
      type: 'edit',
      candidate: named.candidate,
      rationale,
    });
    this.#changed.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): void {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.#changed.dispose();
    this.#known.clear();
  }

  #parse(uri: vscode.Uri): RecordPart {
    try {
      return partSchema.parse(JSON.parse(uri.query));
    } catch {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
  }

  async #peer(uri: vscode.Uri, root: string): Promise<ReviewPeer> {
    const peer = await this.#source.peerOf(root);
    if (!peer) throw vscode.FileSystemError.Unavailable(uri);
    return peer;
  }

  /** The text now; its time moves only when the text does, so that the editor notices changes made elsewhere. */
  async #read(uri: vscode.Uri): Promise<Known> {
    const named = this.#parse(uri);
    const peer = await this.#peer(uri, named.root);
    let record: ReviewRecord;
    try {
      record = await peer.record(named.round, named.id);
    } catch {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    const text = textOf(record, named);
    if (text === null) throw vscode.FileSystemError.FileNotFound(uri);
    const key = uri.query;
    const known = this.#known.get(key);
    if (known?.text === text) return known;
    const fresh = { text, mtime: Math.max(this.#now(), (known?.mtime ?? 0) + 1) };
    this.#known.set(key, fresh);
    return fresh;
  }
}

function textOf(record: ReviewRecord, { part, candidate, sample }: RecordPart): string | null {
  const named: CandidateView | undefined = record.candidates.find(({ id }) => id === candidate);
  switch (part) {
    case 'record':
      return recordText(record);
    case 'attempt': {
      const attempt = record.attempts.find((one) => one.sample === sample);
      return attempt === undefined ? null : visibleText(attempt.text);
    }
    case 'candidate':
      return named ? visibleText(named.rationale) : null;
    case 'original':
      return named ? visibleText(named.original ?? named.rationale) : null;
    case 'edit':
      // As it is: what is saved is what is taught.
      return named ? named.rationale : null;
  }
}
