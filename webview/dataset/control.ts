import {
  NO_DATASET_FILTER,
  type DatasetFilter,
  type RowKey,
} from '../../src/shared/datasetContract.ts';
import { messageOf } from '../kit/failure.ts';
import { AT_ONCE, type Action } from './actions.ts';
import {
  draftId,
  fieldAt,
  isUnchanged,
  knownBy,
  startOf,
  type Draft,
  type Place,
} from './drafts.ts';
import { exactText } from './exactText.ts';
import type { Kept } from './kept.ts';
import { Link, type DatasetClient } from './link.ts';
import { perform } from './perform.ts';
import { readOnlyOf, totalOf, type EditorState } from './state.ts';
import type { EditorStore } from './store.ts';
import { Writer } from './writer.ts';

/** Two moves closer than this are a held key or a fast hand: the cursor goes at once, the record a little later. */
const FAST_MS = 120;
const RECORD_MS = 90;
/** More than a hand types ahead. */
const QUEUED = 100;
/** The host is told the names of all rows that an act is about. */
export const MOST_MARKED = 10_000;

/** What the control does to the page itself; the page fills it in. */
export interface Page {
  focusList(): void;
  focusSearch(): void;
  /** Where the first thing of the record is edited. */
  focusRecord(): void;
  /** The text of a draft; false where it is not on the page. */
  focusText(id: string): boolean;
  moveText(step: 1 | -1): void;
  moveRegion(step: 1 | -1): void;
  rowsPerPage(): number;
  /** The draft that the text under the caret would be; null outside of the record's texts. */
  editing(): string | null;
  /** The caret is in a text, of the record or not. */
  inText(): boolean;
  /** The focus is in the form of a new field. */
  adding(): boolean;
  /** The field that has the focus. */
  field(): number | null;
  /** Where what had the focus is gone, the list has it. */
  keepFocus(): void;
}

/** The filter whose rows have all been found; empty while there is none, or rows are still looked at. */
function foundFor({ doc }: EditorState): string {
  if (!doc || doc.filtered < 1 || doc.read < 1) return '';
  const { search, only } = doc.filter;
  return search === '' && only === 'all' ? '' : JSON.stringify(doc.filter);
}

/** Turns what a person asks for into requests and events. The host owns the document; this only asks and shows. */
export class Control {
  readonly store: EditorStore;
  readonly link: Link;
  readonly writer: Writer;
  readonly page: Page;
  readonly client: DatasetClient;
  readonly #now: () => number;
  #movedAt = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** A change of rows or a far jump is under way; what is pressed meanwhile is about what comes of it. */
  #busy = false;
  #waiting: Action[] = [];
  #wantsEdit: RowKey | null = null;
  #editing: string | null = null;
  readonly #stop: () => void;

  constructor(client: DatasetClient, store: EditorStore, page: Page, now: () => number) {
    this.client = client;
    this.store = store;
    this.page = page;
    this.#now = now;
    this.link = new Link(client, store, () => this.#onRecord());
    this.writer = new Writer(client, store);
    const stops = [
      store.pick(({ cursor }) => cursor).subscribe((cursor) => this.#follow(cursor)),
      store.pick(foundFor).subscribe((filter) => this.#sayFound(filter)),
      client.on('show', ({ key }) => void this.show(key)),
      client.on('command', ({ name }) => void this.press(name)),
    ];
    this.#stop = () => stops.forEach((stop) => stop());
  }

  get state(): EditorState {
    return this.store.state.peek();
  }

  get words() {
    return this.store.words.peek();
  }

  /** Connects and goes back to where the person was. */
  async start({ sel, filter, drafts, add, editing }: Kept): Promise<void> {
    this.store.dispatch({ type: 'restore', drafts, add });
    this.#editing = editing;
    if (!(await this.link.start())) return;
    const known = this.state.doc?.filter;
    // The host was started anew and knows nothing of the filter.
    if (JSON.stringify(known) === JSON.stringify(NO_DATASET_FILTER)) await this.filter(filter);
    if (sel !== null) await this.run(() => this.#goBack(sel));
    await this.quietly(() => this.link.need(0, 1));
  }

  /** Goes to where the person was; a row that has not been read yet is waited for unless the person goes elsewhere. */
  async #goBack(sel: RowKey): Promise<void> {
    if (await this.link.goTo(sel)) return;
    const { cursor, doc } = this.state;
    if (!doc || doc.read >= 1) return;
    const stop = this.store.state.subscribe((now) => {
      const elsewhere = now.at > 0 || (cursor !== null && now.cursor !== cursor);
      if (!elsewhere && (now.doc?.read ?? 1) < 1) return;
      queueMicrotask(() => stop());
      if (!elsewhere)
        void this.run(async () => {
          await this.link.goTo(sel);
        });
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#stop();
    this.link.dispose();
  }

  /** What a key or a palette command asks for: behind the key list, which covers the page, nothing is done. */
  press(action: Action): boolean {
    const covered = this.state.overlay.kind === 'keys' && action !== 'keys' && action !== 'escape';
    return this.state.link === 'ready' && !covered && this.act(action);
  }

  /** Does an action, or puts it aside until what is under way is done. False = it means nothing now. */
  act(action: Action): boolean {
    if (AT_ONCE.has(action) || (!this.#busy && this.#waiting.length === 0))
      return perform(this, action);
    if (this.#waiting.length < QUEUED) this.#waiting.push(action);
    return true;
  }

  /** Does something that changes which row is under the cursor; keys wait for it, and what was typed goes first. */
  async run(work: () => Promise<void>): Promise<void> {
    this.#busy = true;
    await this.quietly(async () => {
      await this.writer.done();
      await work();
    });
    this.#busy = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const action of waiting) this.act(action);
  }

  /** Runs a request whose failure is said and shown, and nothing else. */
  async quietly(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.refuse(messageOf(error));
      return false;
    }
  }

  say(text: string): void {
    this.store.dispatch({ type: 'say', text });
  }

  refuse(text: string): void {
    this.store.dispatch({ type: 'notice', text });
    this.say(text);
  }

  /** Says why nothing can be changed, where that is so; it stands above the rows anyway. */
  readOnly(): boolean {
    const reason = readOnlyOf(this.state);
    if (reason !== null) this.say(reason);
    return reason !== null;
  }

  moveTo(at: number): void {
    this.store.dispatch({ type: 'select', at });
    void this.quietly(() => this.link.need(this.state.at, this.state.at + 1));
  }

  /** Picks everything from where the range began up to a place, as far as one act can be about it. */
  async markTo(place: number): Promise<void> {
    const from = this.state.anchor ?? this.state.at;
    const to = Math.max(0, Math.min(place, totalOf(this.state) - 1));
    if (from >= 0) await this.run(() => this.#mark(from, to, null));
  }

  /** Picks all that are shown; the cursor stays. */
  async markAll(): Promise<void> {
    const { at } = this.state;
    if (at >= 0) await this.run(() => this.#mark(0, totalOf(this.state) - 1, at));
  }

  async #mark(from: number, to: number, stay: number | null): Promise<void> {
    const far = Math.abs(to - from) >= MOST_MARKED;
    const end = far ? from + Math.sign(to - from) * (MOST_MARKED - 1) : to;
    const rows = await this.link.keys(Math.min(from, end), Math.max(from, end) + 1);
    this.store.dispatch({ type: 'mark-to', at: stay ?? end, rows });
    await this.link.need(this.state.at, this.state.at + 1);
    if (far) this.refuse(this.words('mark.most', MOST_MARKED));
  }

  /** Shows a row that the person was led to from elsewhere; a filter that hides it gives way. */
  async show(key: RowKey): Promise<void> {
    await this.run(async () => {
      if (await this.link.goTo(key)) return;
      await this.#setFilter(NO_DATASET_FILTER);
      await this.link.goTo(key);
    });
    this.page.focusList();
  }

  async filter(filter: DatasetFilter): Promise<void> {
    if (JSON.stringify(filter) === JSON.stringify(this.state.doc?.filter)) return;
    this.store.dispatch({ type: 'hidden', row: null });
    await this.run(() => this.#setFilter(filter));
  }

  async #setFilter(filter: DatasetFilter): Promise<void> {
    const { rev } = await this.client.request('filter', filter);
    await this.link.upTo(rev);
  }

  /** Somebody types; the text that stands for it exactly is kept as a draft. */
  type(place: Place, as: Draft['as'], typed: string): void {
    const { record, drafts } = this.state;
    if (record?.key !== place.key) return;
    const id = draftId(place);
    const field = fieldAt(record, place);
    const begun = drafts[id];
    const before = begun?.as === as ? begun.text : field ? startOf(field, as) : record.raw;
    const text = exactText(before, typed);
    const base = begun?.base ?? field?.value ?? record.raw;
    const stamp = begun?.stamp ?? record.stamp;
    const row = begun?.row ?? knownBy(record, place);
    const draft = { ...place, as, text, base, stamp, row };
    this.store.dispatch(
      isUnchanged(draft, record) ? { type: 'drop', id } : { type: 'typed', draft },
    );
  }

  /** Puts back what stood there before. */
  takeBack(id: string): void {
    this.store.dispatch({ type: 'drop', id });
    this.say(this.words('say.back'));
    // The button that was pressed for it is gone.
    if (this.page.editing() !== id) this.page.focusText(id);
  }

  /** Writes what was typed over what somebody else wrote meanwhile. */
  async insist(id: string): Promise<void> {
    await this.write(id, true);
    this.page.focusText(id);
  }

  /** Writes what was typed; `insist` also over what somebody else wrote meanwhile. */
  async write(id: string, insist = false): Promise<void> {
    const had = this.state.drafts[id] !== undefined;
    const done = await this.writer.write(id, insist);
    if (done && had) this.say(this.words('say.written'));
  }

  /** What was typed as JSON is meant as a text. */
  async writeAsText(id: string): Promise<void> {
    const draft = this.state.drafts[id];
    if (!draft) return;
    this.store.dispatch({ type: 'typed', draft: { ...draft, as: 'text' } });
    await this.write(id);
  }

  open(how: 'text' | 'review' | 'field', index?: number): void {
    const { cursor } = this.state;
    if (cursor === null) return;
    const request = { key: cursor, how, ...(index === undefined ? {} : { index }) };
    void this.quietly(() => this.client.request('open', request));
  }

  /** Goes to where the record is edited, as soon as it is there. */
  edit(): void {
    const { cursor, record } = this.state;
    if (cursor === null) return;
    if (record?.key === cursor) this.page.focusRecord();
    else this.#wantsEdit = cursor;
  }

  #sayFound(filter: string): void {
    if (filter !== '') this.say(this.words.count('say.found', totalOf(this.state)));
  }

  /** The record follows the cursor; behind a fast hand a little later. */
  #follow(cursor: RowKey | null): void {
    const now = this.#now();
    const fast = now - this.#movedAt < FAST_MS;
    this.#movedAt = now;
    clearTimeout(this.#timer);
    if (this.#wantsEdit !== cursor) this.#wantsEdit = null;
    if (cursor === null || this.state.record?.key === cursor) return;
    if (fast) this.#timer = setTimeout(() => void this.link.record(), RECORD_MS);
    else void this.link.record();
  }

  #onRecord(): void {
    const { record } = this.state;
    if (!record) return;
    this.writer.loaded(record.key);
    if (this.#editing !== null) {
      const id = this.#editing;
      this.#editing = null;
      // Once it is drawn.
      setTimeout(() => void this.page.focusText(id), 0);
    } else if (this.#wantsEdit === record.key) {
      setTimeout(() => this.page.focusRecord(), 0);
    }
    this.#wantsEdit = null;
  }
}
