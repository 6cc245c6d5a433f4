import type { DatasetRecord, RowKey } from '../../src/shared/datasetContract.ts';
import { isStale, messageOf } from '../kit/failure.ts';
import { draftId, fieldAt, isStale as isAboutAnother, isUnchanged, type Draft } from './drafts.ts';
import { gather, isJson } from './jsonSpacing.ts';
import type { DatasetClient } from './link.ts';
import { readOnlyOf, type EditorState } from './state.ts';
import type { EditorStore } from './store.ts';

/** Writes what was typed into the document, one after the other, each on the content that it was typed over. */
export class Writer {
  readonly #client: DatasetClient;
  readonly #store: EditorStore;
  #last: Promise<void> = Promise.resolve();
  /** Rows whose fields are others than the record on screen says. */
  readonly #outdated = new Set<RowKey>();

  constructor(client: DatasetClient, store: EditorStore) {
    this.#client = client;
    this.#store = store;
  }

  get #state(): EditorState {
    return this.#store.state.peek();
  }

  /** Resolves when nothing is on its way any more. */
  async done(): Promise<void> {
    for (let last = null; last !== this.#last;) {
      last = this.#last;
      await last;
    }
  }

  /** Writes a draft; one that is about another text than stands there now only where the person insists. */
  write(id: string, insist = false): Promise<boolean> {
    const { drafts, record, restored } = this.#state;
    const draft = drafts[id];
    if (!draft) return Promise.resolve(true);
    const here = record?.key === draft.key ? record : null;
    if (here && isUnchanged(draft, here)) {
      this.#store.dispatch({ type: 'drop', id });
      return Promise.resolve(true);
    }
    const readOnly = readOnlyOf(this.#state);
    const stale = here !== null && isAboutAnother(draft, here, restored.has(id));
    if (stale && !insist) return Promise.resolve(false);
    const ready = readOnly === null ? this.#ready(draft, here) : { problem: readOnly };
    if ('problem' in ready) {
      this.#refuse(id, ready.problem);
      return Promise.resolve(false);
    }
    return this.#next(() => this.#send(draft, ready.value, { insist, tries: 2 }));
  }

  async addField(key: RowKey, name: string, as: 'text' | 'json', value: string): Promise<void> {
    await this.#next(async () => {
      const { stamp } = await this.#recordOf(key);
      const result = await this.#client.request('addField', { key, stamp, name, as, value });
      this.#changed(key, stamp, result.stamp);
    });
  }

  /** The revision in which it is gone. */
  removeField(key: RowKey, index: number): Promise<number> {
    return this.#next(async () => {
      const seen = this.#state.record?.fields[index];
      const { stamp, fields } = await this.#recordOf(key);
      // What the person pointed at, not what slipped into its place.
      if (seen && fields[index]?.name !== seen.name)
        throw new Error(this.#store.words.peek()('stale'));
      const result = await this.#client.request('removeField', { key, stamp, index });
      this.#changed(key, stamp, result.stamp);
      return result.rev;
    });
  }

  /** The record on screen has been fetched. */
  loaded(key: RowKey): void {
    this.#outdated.delete(key);
  }

  #changed(key: RowKey, from: string, to: string): void {
    this.#outdated.add(key);
    this.#store.dispatch({ type: 'stamped', key, from, to });
  }

  #refuse(id: string, problem: string): void {
    this.#store.dispatch({ type: 'refused', id, problem });
    // Where its text is on the page it says so itself.
    const { drafts, record } = this.#state;
    if (drafts[id]?.key !== record?.key) this.#store.dispatch({ type: 'say', text: problem });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** What is sent for a draft, or what keeps it from being sent. */
  #ready(
    { as, text, base }: Draft,
    here: DatasetRecord | null,
  ): { readonly value: string } | { readonly problem: string } {
    const words = this.#store.words.peek();
    if (as === 'text') return { value: text };
    const json = isJson(text);
    if (as === 'json')
      return json ? { value: gather(text, here?.raw ?? base) } : { problem: words('need.json') };
    if (!text.includes('\n')) return { value: text };
    return json ? { value: gather(text, base) } : { problem: words('need.oneLine') };
  }

  async #send(
    draft: Draft,
    value: string,
    { insist, tries }: { readonly insist: boolean; readonly tries: number },
  ): Promise<boolean> {
    const { key, as } = draft;
    const id = draftId(draft);
    const words = this.#store.words.peek();
    // An earlier sending has written it, or the person has taken it back since.
    if (this.#state.drafts[id] === undefined) return true;
    try {
      const record = await this.#recordOf(key, tries < 2);
      const { stamp } = record;
      const field = fieldAt(record, draft);
      if (as !== 'line' && !field) {
        this.#refuse(id, words('stale.gone'));
        return false;
      }
      if (!insist && isAboutAnother(this.#asItIs(draft), record, false)) {
        this.#refuse(id, words('stale'));
        return false;
      }
      const on = { key, stamp, value };
      const result = await (as === 'line'
        ? this.#client.request('setLine', on)
        : this.#client.request('setField', { ...on, index: field?.index ?? 0, as }));
      this.#store.dispatch({ type: 'stamped', key, from: stamp, to: result.stamp });
      this.#store.dispatch({ type: 'written', draft, value });
      if (as === 'line') this.#outdated.add(key);
      return true;
    } catch (error) {
      if (isStale(error) && tries > 0)
        return this.#send(draft, value, { insist: false, tries: tries - 1 });
      this.#refuse(id, isStale(error) ? words('stale') : messageOf(error));
      return false;
    }
  }

  /** What we wrote ourselves meanwhile is no change by somebody else. */
  #asItIs(draft: Draft): Draft {
    const now = this.#state.drafts[draftId(draft)];
    return now ? { ...draft, base: now.base, stamp: now.stamp, row: now.row } : draft;
  }

  /** The record on screen, where it is this row's as it stands now; else it is asked for. */
  async #recordOf(key: RowKey, fresh = false): Promise<DatasetRecord> {
    const { record } = this.#state;
    if (!fresh && record?.key === key && !this.#outdated.has(key)) return record;
    const asked = await this.#client.request('record', { key });
    if (this.#state.cursor === key) {
      this.#store.dispatch({ type: 'record', record: asked });
      this.loaded(key);
    }
    return asked;
  }
}
