import type { Client } from '../../src/shared/contract.ts';
import type { DatasetContract, DatasetState, RowKey } from '../../src/shared/datasetContract.ts';
import { Chunks } from '../kit/chunks.ts';
import { codeOf, messageOf } from '../kit/failure.ts';
import { reached } from '../kit/reached.ts';
import { totalOf, type EditorState } from './state.ts';
import type { EditorStore } from './store.ts';

const CHUNK = 100;
const STATE_MS = 1500;
const TRIES = 4;

export type DatasetClient = Client<DatasetContract>;

const isOver = (error: unknown): boolean => codeOf(error) === 'DISPOSED';

/** Keeps rows, cursor and record in step with the host: what is shown is asked for anew when its revision grew. */
export class Link {
  readonly #client: DatasetClient;
  readonly #store: EditorStore;
  readonly #onRecord: () => void;
  readonly #chunks = new Chunks(CHUNK, (from) => this.#rows(from, CHUNK));
  /** What of the list is in sight. */
  #sight = { from: 0, to: CHUNK };
  /** The revision that everything shown was asked for last. */
  #known = -1;
  #refreshing: Promise<void> | null = null;
  #again = false;
  #stopListening: () => void = () => undefined;

  /** `onRecord` is called when the record of the row under the cursor has come. */
  constructor(client: DatasetClient, store: EditorStore, onRecord: () => void) {
    this.#client = client;
    this.#store = store;
    this.#onRecord = onRecord;
  }

  get #state(): EditorState {
    return this.#store.state.peek();
  }

  /** Connects; false = the host does not answer. */
  async start(): Promise<boolean> {
    this.#stopListening();
    this.#stopListening = this.#client.on('state', (doc) => this.#onState(doc));
    try {
      const { state: doc, strings } = await this.#client.request('init', {});
      this.#known = doc.rev;
      this.#store.dispatch({ type: 'ready', doc, strings });
      return true;
    } catch (error) {
      this.#store.dispatch({ type: 'lost', problem: messageOf(error) });
      return false;
    }
  }

  dispose(): void {
    this.#stopListening();
  }

  #onState(doc: DatasetState): void {
    const former = this.#state.doc;
    if (former && doc.rev < former.rev) return;
    this.#store.dispatch({ type: 'doc', doc });
    if (doc.rev !== this.#known) void this.refresh();
  }

  /** Asks for everything shown again: rows in sight, where the cursor's row is now, its record. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const rev = this.#state.doc?.rev ?? 0;
      this.#known = rev;
      const { from, to } = this.#sight;
      this.#store.dispatch({ type: 'forget-rows', from, to });
      this.#chunks.forget();
      try {
        await this.#rows(Math.max(0, from - CHUNK / 2), Math.min(2 * CHUNK, to - from + CHUNK));
        await this.#findCursor();
      } catch (error) {
        if (isOver(error)) return;
        this.#store.dispatch({ type: 'notice', text: messageOf(error) });
      }
    }
    // Another row's record is fetched because the cursor is on it; this one's may have changed.
    if (this.#state.record?.key === this.#state.cursor) await this.#record(false);
  }

  /** The cursor stays on its row, wherever that is now; where it is gone, it stays at its place. */
  async #findCursor(): Promise<void> {
    const { at, cursor, rows } = this.#state;
    if (totalOf(this.#state) === 0 || (cursor !== null && rows.get(at)?.key === cursor)) return;
    const found = cursor === null ? null : await this.#placeOf(cursor);
    const now = this.#state;
    if (now.cursor !== cursor) return;
    const place = found ?? now.at;
    await this.need(place, place + 1);
    // A row that is no longer shown gives the cursor to the one that stands there now.
    const key = found === null ? (this.#state.rows.get(place)?.key ?? null) : cursor;
    if (this.#state.cursor === cursor) this.#store.dispatch({ type: 'select', at: place, key });
  }

  /** Null also for a row that is gone. */
  async #placeOf(key: RowKey): Promise<number | null> {
    try {
      return (await this.#client.request('place', { key })).at;
    } catch (error) {
      if (isOver(error)) throw error;
      return null;
    }
  }

  /** Puts the cursor on a row; false where the filter does not show it. */
  async goTo(key: RowKey): Promise<boolean> {
    const at = await this.#placeOf(key);
    if (at === null) return false;
    this.#store.dispatch({ type: 'select', at, key });
    await this.need(at, at + 1);
    return true;
  }

  /** Rows of a stretch are in sight. */
  inSight(from: number, to: number): void {
    this.#sight = { from, to };
    this.need(from, to).catch((error: unknown) => this.#failed(error));
  }

  /** Loads the rows of a stretch that are not there yet. */
  need(from: number, to: number): Promise<void> {
    const { rows } = this.#state;
    return this.#chunks.need(from, Math.min(to, totalOf(this.#state)), (at) => rows.has(at));
  }

  async #rows(from: number, count: number): Promise<void> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { rev, rows } = await this.#client.request('rows', { from, count });
      // An answer from before the last change is about other rows.
      if (rev < (this.#state.doc?.rev ?? 0) && tries < TRIES - 1) continue;
      this.#store.dispatch({ type: 'rows', from, rows });
      return;
    }
  }

  /** The rows of a stretch of any length by their keys, none but these. */
  async keys(from: number, to: number): Promise<ReadonlyMap<RowKey, number>> {
    const keys = new Map<RowKey, number>();
    for (let place = from; place < to;) {
      const known = this.#state.rows.get(place)?.key;
      if (known !== undefined) {
        keys.set(known, place++);
        continue;
      }
      const count = Math.min(500, to - place);
      const { rows } = await this.#client.request('rows', { from: place, count });
      if (rows.length === 0) break;
      for (const { key } of rows) keys.set(key, place++);
    }
    return keys;
  }

  /** Shows the record of the row under the cursor as it is now. */
  record(): Promise<void> {
    return this.#record(true);
  }

  async #record(again: boolean): Promise<void> {
    const { cursor } = this.#state;
    if (cursor === null) return;
    try {
      const record = await this.#client.request('record', { key: cursor });
      if (this.#state.cursor !== cursor) return;
      this.#store.dispatch({ type: 'record', record });
      this.#onRecord();
    } catch (error) {
      // A row that went a moment ago: the cursor is on its way to another.
      if (again && !isOver(error)) await this.refresh();
      if (this.#state.cursor === cursor) this.#failed(error);
    }
  }

  /** Resolves when the state of a revision is there and what it shows; one that does not come is not waited for longer. */
  async upTo(rev: number): Promise<void> {
    await reached(this.#store.state, ({ doc }) => (doc?.rev ?? 0) >= rev, STATE_MS);
    await this.#refreshing;
  }

  #failed(error: unknown): void {
    if (!isOver(error)) this.#store.dispatch({ type: 'notice', text: messageOf(error) });
  }
}
