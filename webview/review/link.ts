import type { Client, Payload } from '../../src/shared/contract.ts';
import type { ReviewContract, Snapshot } from '../../src/shared/reviewContract.ts';
import { NO_FILTER, type Filter, type Sort } from '../../src/shared/reviewQueue.ts';
import { Chunks } from '../kit/chunks.ts';
import { codeOf, isStale, messageOf } from '../kit/failure.ts';
import { reached } from '../kit/reached.ts';
import { roundOf } from './state.ts';
import type { Store } from './store.ts';

const CHUNK = 100;
/** The host sends no more at once. */
const MOST_ROWS = 500;
const SNAPSHOT_MS = 1000;

export type ReviewClient = Client<ReviewContract>;

/** The host does not take what was asked for, and says what is wrong with it. */
export const isRefused = (error: unknown): boolean => codeOf(error) === 'usage';

/** Keeps list, records and snapshot in step with the host: asks again for what is shown when the host's `rev` grew. */
export class Link {
  readonly #client: ReviewClient;
  readonly #store: Store;
  readonly #view: 'side' | 'panel';
  readonly #arrived: () => void;
  readonly #chunks = new Chunks(CHUNK, (from, to) => this.#load(from, to));
  readonly #records = new Map<string, Promise<void>>();
  #query: AbortController | null = null;
  /** The newest revision of which everything shown was asked for. */
  #known = 0;
  #own = 0;
  /** The newest revision that a change of this view made. */
  #made = 0;
  #listedFor = '';
  #listing: Promise<void> = Promise.resolve();
  /** Resolves when the answer to `init` is shown; a queue is shown after it. */
  #ready: Promise<void> = Promise.resolve();
  #stopListening: () => void = () => undefined;

  /** `arrived` is called when a list that nobody asked for is there. */
  constructor(client: ReviewClient, store: Store, view: 'side' | 'panel', arrived: () => void) {
    this.#client = client;
    this.#store = store;
    this.#view = view;
    this.#arrived = arrived;
  }

  /** Connects and shows the list with the cursor at an item, or at the first undecided one. */
  async start(filter: Filter, sort: Sort, near: string | null): Promise<void> {
    this.#stopListening();
    const listening = [
      this.#client.on('snapshot', (snapshot) => this.#onSnapshot(snapshot)),
      this.#client.on('show', ({ id }) => void this.#goTo(id)),
      this.#client.on('list', (list) => void this.#showList(list)),
    ];
    this.#stopListening = () => listening.forEach((stop) => stop());
    this.#ready = this.#init();
    // Asked for together: over a remote connection every answer takes its time.
    const listing = this.list(filter, sort, near);
    try {
      await this.#ready;
    } catch (error) {
      this.#query?.abort();
      this.#store.dispatch({ type: 'lost', problem: messageOf(error) });
      return;
    }
    await listing;
  }

  async #init(): Promise<void> {
    const { snapshot, strings } = await this.#client.request('init', { view: this.#view });
    this.#store.dispatch({ type: 'ready', snapshot, texts: strings });
  }

  dispose(): void {
    this.#stopListening();
    this.#query?.abort();
  }

  /** Shows the queue of a filter; a newer call takes the place of one that is under way. */
  list(filter: Filter, sort: Sort, near: string | null): Promise<void> {
    this.#listing = this.#list(filter, sort, near);
    return this.#listing;
  }

  /** Goes to an item that was opened here from elsewhere; a filter that hides it gives way. */
  async #goTo(id: string): Promise<void> {
    const { filter, sort } = this.#store.state.peek();
    for (const one of [filter, { ...NO_FILTER, scope: 'all' } as const]) {
      const listing = this.list(one, sort, id);
      await listing;
      // The person has asked for another list meanwhile.
      if (this.#listing !== listing) return;
      if (this.#store.state.peek().selected === id) break;
    }
    this.#arrived();
  }

  /** Shows the questions of a list that was opened here from elsewhere, in the round that it is about. */
  async #showList({ label, ids, round }: Payload<ReviewContract, 'list'>): Promise<void> {
    // Which rounds there are is known from then on.
    await this.#ready.catch(() => undefined);
    const { snapshot, sort } = this.#store.state.peek();
    if (round !== null && snapshot?.rounds.includes(round) && snapshot.round !== round) {
      try {
        await this.#client.request('round', { round });
        this.#store.dispatch({ type: 'round', round });
      } catch (error) {
        this.#store.dispatch({ type: 'say', text: messageOf(error) });
      }
    }
    const listing = this.list({ ...NO_FILTER, scope: 'all', only: { label, ids } }, sort, null);
    await listing;
    if (this.#listing === listing) this.#arrived();
  }

  /** Resolves when no queue is on its way any more. */
  async listed(): Promise<void> {
    for (let last = null; last !== this.#listing;) {
      last = this.#listing;
      await last;
    }
  }

  async #list(filter: Filter, sort: Sort, near: string | null): Promise<void> {
    const { selected: before } = this.#store.state.peek();
    this.#query?.abort();
    const abort = new AbortController();
    this.#query = abort;
    this.#chunks.forget();
    this.#store.dispatch({ type: 'asked-list', filter, sort });
    const { query } = this.#store.state.peek().list;
    try {
      const result = await this.#client.request('query', { filter, sort, near }, abort.signal);
      await this.#ready;
      const { selected } = this.#store.state.peek();
      const moved = selected !== null && selected !== before;
      const own = moved ? result.rows.findIndex(({ id }) => id === selected) : -1;
      if (moved && own < 0) {
        // The cursor went on while the host was asked: it is not thrown back.
        await this.#list(filter, sort, selected);
        return;
      }
      this.#listedFor = stampOf(this.#store.state.peek().snapshot);
      this.#known = Math.max(this.#known, result.rev);
      const { total, from, rows } = result;
      const at = own < 0 ? result.at : from + own;
      this.#store.dispatch({ type: 'listed', query, total, from, rows, at });
      const { state } = this.#store;
      if (state.peek().at >= 0 && state.peek().selected === null) await this.need(at, at + 1);
      if (this.#own === 0) void this.#catchUp();
    } catch (error) {
      if (abort.signal.aborted || codeOf(error) === 'CANCELLED') return;
      this.#store.dispatch({ type: 'lost', problem: messageOf(error) });
    }
  }

  /** Loads the rows of a stretch that are not there yet. */
  need(from: number, to: number): Promise<void> {
    const { rows, total } = this.#store.state.peek().list;
    return this.#chunks.need(from, Math.min(to, total), (at) => rows.has(at));
  }

  async #load(from: number, upTo: number): Promise<void> {
    const { list } = this.#store.state.peek();
    const to = Math.min(upTo, list.total);
    if (from >= to) return;
    try {
      const { rows } = await this.#client.request('rows', { from, to });
      this.#store.dispatch({ type: 'rows', query: list.query, from, rows });
    } catch (error) {
      // The host was started again or the round changed: the queue is made anew around the same item.
      if (isStale(error) && this.#store.state.peek().list.query === list.query) await this.again();
    }
  }

  /** The items of a stretch of any length by their places; null where the queue became another one meanwhile. */
  async ids(from: number, to: number): Promise<ReadonlyMap<number, string> | null> {
    const { list, range } = this.#store.state.peek();
    const ids = new Map<number, string>();
    for (let place = from; place < to;) {
      const known = range.get(place) ?? list.rows.get(place)?.id;
      if (known !== undefined) {
        ids.set(place, known);
        place += 1;
        continue;
      }
      const request = { from: place, to: Math.min(to, place + MOST_ROWS) };
      const { rows } = await this.#client.request('rows', request);
      if (rows.length === 0 || this.#store.state.peek().list.query !== list.query) return null;
      for (const { id } of rows) ids.set(place++, id);
    }
    return ids;
  }

  /** The same queue, asked for anew, around the item under the cursor. */
  async again(near = this.#store.state.peek().selected): Promise<void> {
    const { filter, sort } = this.#store.state.peek();
    await this.list(filter, sort, near);
  }

  /** Loads an item's record unless it is there or on its way. */
  async record(id: string, fresh = false): Promise<void> {
    if (!fresh && this.#store.state.peek().records.has(id)) return;
    const under = this.#records.get(id);
    if (under && !fresh) return under;
    const loading = this.#loadRecord(id);
    this.#records.set(id, loading);
    await loading;
    if (this.#records.get(id) === loading) this.#records.delete(id);
  }

  async #loadRecord(id: string): Promise<void> {
    try {
      const round = roundOf(this.#store.state.peek());
      const record = await this.#client.request('record', { id });
      // What was asked of another round is a text of that one.
      if (roundOf(this.#store.state.peek()) === round)
        this.#store.dispatch({ type: 'record', record });
    } catch (error) {
      if (codeOf(error) === 'DISPOSED') return;
      this.#store.dispatch({ type: 'notice', id, message: messageOf(error) });
    }
  }

  /**
   * Runs a request that changes the review. Its own change needs no new look at everything; what others changed
   * meanwhile does.
   */
  async change<T extends { readonly rev: number }>(request: () => Promise<T>): Promise<T> {
    this.#own += 1;
    try {
      const result = await request();
      this.#made = Math.max(this.#made, result.rev);
      if (result.rev <= this.#known + 1) this.#known = Math.max(this.#known, result.rev);
      return result;
    } finally {
      this.#own -= 1;
      if (this.#own === 0) void this.#catchUp();
    }
  }

  /** Whether the snapshot tells of everything this view has changed. */
  current(): boolean {
    return this.#own === 0 && (this.#store.state.peek().snapshot?.rev ?? 0) >= this.#made;
  }

  /** Resolves when the snapshot of a revision is there; one that does not come is not waited for longer. */
  async upTo(rev: number): Promise<void> {
    await reached(this.#store.state, ({ snapshot }) => (snapshot?.rev ?? 0) >= rev, SNAPSHOT_MS);
  }

  #onSnapshot(snapshot: Snapshot): void {
    this.#store.dispatch({ type: 'snapshot', snapshot });
    if (this.#own === 0) void this.#catchUp();
  }

  async #catchUp(): Promise<void> {
    const { snapshot, list, shown } = this.#store.state.peek();
    if (!snapshot) return;
    // The host was started again: everything it told is about another life.
    if (snapshot.rev < this.#known) [this.#known, this.#made] = [0, 0];
    else if (snapshot.rev === this.#known) return;
    // The query under way comes back here when it ends.
    if (list.loading) return;
    this.#known = snapshot.rev;
    if (stampOf(snapshot) !== this.#listedFor) {
      this.#store.dispatch({ type: 'stale' });
      await this.again();
      this.#arrived();
    } else await this.reload();
    if (shown !== null) await this.record(shown, true);
  }

  /** The rows around the cursor as they are now; the others are asked for when they come into sight. */
  async reload(): Promise<void> {
    const { at } = this.#store.state.peek();
    const near = Math.floor(Math.max(0, at) / CHUNK);
    const [from, to] = [Math.max(0, near - 1) * CHUNK, (near + 2) * CHUNK];
    this.#store.dispatch({ type: 'stale', keep: { from, to } });
    await this.#load(from, to);
  }
}

/** What of a snapshot decides which items there are. */
function stampOf(snapshot: Snapshot | null): string {
  if (!snapshot) return '';
  const { round, phase, counts, spotCheck } = snapshot;
  return [round, phase, counts.total, spotCheck?.drawn ?? 0].join(' ');
}
