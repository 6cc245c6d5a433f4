import * as vscode from 'vscode';
import type { ReviewRecord } from '../../shared/reviewRecord.ts';
import type { Disposable } from '../disposableStore.ts';
import { SingleFiles } from '../singleFiles.ts';
import type { ReviewPeer } from './reviewPeer.ts';

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
export class RecordFiles extends SingleFiles implements vscode.FileSystemProvider, Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly #source: RecordSource;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();
  readonly onDidChangeFile = this.#changed.event;

  constructor(source: RecordSource, now: () => number) {
    super();
    this.#source = source;
    this.#now = now;
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { text, mtime } = await this.#read(uri);
    const { part } = (await import('./recordPart.ts')).partOf(uri);
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
    const named = (await import('./recordPart.ts')).partOf(uri);
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

  dispose(): void {
    this.#changed.dispose();
    this.#known.clear();
  }

  async #peer(uri: vscode.Uri, root: string): Promise<ReviewPeer> {
    const peer = await this.#source.peerOf(root);
    if (!peer) throw vscode.FileSystemError.Unavailable(uri);
    return peer;
  }

  /** The text now; its time moves only when the text does, so that the editor notices changes made elsewhere. */
  async #read(uri: vscode.Uri): Promise<Known> {
    const { partOf, textOfPart } = await import('./recordPart.ts');
    const named = partOf(uri);
    const peer = await this.#peer(uri, named.root);
    let record: ReviewRecord;
    try {
      record = await peer.record(named.round, named.id);
    } catch {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    const text = textOfPart(record, named);
    if (text === null) throw vscode.FileSystemError.FileNotFound(uri);
    const key = uri.query;
    const known = this.#known.get(key);
    if (known?.text === text) return known;
    const fresh = { text, mtime: Math.max(this.#now(), (known?.mtime ?? 0) + 1) };
    this.#known.set(key, fresh);
    return fresh;
  }
}
