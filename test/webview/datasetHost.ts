import { AppError } from '../../src/core/errors.ts';
import type { Handlers, Server } from '../../src/shared/contract.ts';
import {
  NO_DATASET_FILTER,
  type DatasetCommand,
  type DatasetContract,
  type DatasetFilter,
  type DatasetState,
} from '../../src/shared/datasetContract.ts';
import { DATASET_STRINGS } from '../../src/shared/datasetStrings.ts';
import { fieldsOf, isShown, recordOf, rowOf, stampOf, type Line } from './datasetRows.ts';
import { membersOf } from './jsonMembers.ts';

export interface DatasetHostOptions {
  readonly lines?: readonly string[];
  /** Laid over every state. */
  readonly state?: Partial<DatasetState>;
  /** So many rows that are made when they are asked for, and cannot be edited. */
  readonly endless?: number;
  readonly strings?: Readonly<Record<string, string>>;
}

type Emit = Server<DatasetContract>['emit'];

/** A document in memory with the rules of the real one: rows keep their keys, edits say what they were made on. */
export class DatasetHost {
  readonly calls: { readonly method: string; readonly params: unknown }[] = [];
  /** Set to make the next edit fail with this sentence. */
  refuse: string | null = null;
  /** Set to make the next start of a view fail with this sentence. */
  refuseInit: string | null = null;
  /** The key of a row whose record cannot be had. */
  unreadable: string | null = null;
  /** Set to keep everything waiting for ever. */
  silent = false;
  /** So many milliseconds later everything is answered. */
  late = 0;
  readonly lateFor = new Map<string, number>();
  over: Partial<DatasetState>;
  #lines: Line[];
  #filter: DatasetFilter = NO_DATASET_FILTER;
  #rev = 1;
  #made = 0;
  #deleted = 0;
  readonly #history: (readonly Line[])[] = [];
  readonly #endless: number | undefined;
  readonly #strings: Readonly<Record<string, string>>;
  #tell: Emit = () => undefined;

  constructor({ lines = [], state = {}, endless, strings = DATASET_STRINGS }: DatasetHostOptions) {
    this.#lines = lines.map((text, index) => ({ key: `o${index}`, text, state: 'same' }));
    this.over = state;
    this.#endless = endless;
    this.#strings = strings;
  }

  /** Where events go. */
  connect({ emit }: { readonly emit: Emit }): void {
    this.#tell = emit;
  }

  get texts(): readonly string[] {
    return this.#lines.map(({ text }) => text);
  }

  get state(): DatasetState {
    const rows = this.#endless ?? this.#lines.length;
    const shown = this.#shown();
    const names = new Map(
      this.#lines.slice(0, 50).flatMap(({ text }) => fieldsOf(text).map((one) => [one.name, one])),
    );
    return {
      rev: this.#rev,
      name: 'train.jsonl',
      bytes: Buffer.byteLength(this.texts.join('\n')) || rows * 120,
      rows,
      shown: this.#endless ?? shown.length,
      read: 1,
      filtered: 1,
      filter: this.#filter,
      dirty: this.#history.length > 0,
      edited: this.#lines.filter(({ state }) => state === 'edited').length,
      inserted: this.#lines.filter(({ state }) => state === 'inserted').length,
      deleted: this.#deleted,
      problems: this.#lines.filter((one) => rowOf(one, 1).problem !== null).length,
      fields: [...names.values()].map(({ name, type }) => ({ name, type })),
      readOnly: null,
      conflict: null,
      set: 'train',
      ...this.over,
    };
  }

  /** Tells the view what there is now. */
  tell(over: Partial<DatasetState> = this.over): void {
    this.over = over;
    this.#rev += 1;
    this.#tell('state', this.state);
  }

  show(key: string): void {
    this.#tell('show', { key });
  }

  command(name: DatasetCommand): void {
    this.#tell('command', { name });
  }

  /** What the editor's undo does. */
  undo(): void {
    const before = this.#history.pop();
    if (!before) return;
    this.#lines = [...before];
    this.tell();
  }

  /** Somebody else writes a line. */
  writeElsewhere(key: string, text: string): void {
    this.#change(
      this.#lines.map((one) => (one.key === key ? { ...one, text, state: 'edited' } : one)),
    );
  }

  /** The same without a word to the view. */
  writeSilently(key: string, text: string): void {
    this.#lines = this.#lines.map((one) => (one.key === key ? { ...one, text } : one));
  }

  handlers(): Handlers<DatasetContract> {
    const rev = (): number => this.#rev;
    const handlers: Handlers<DatasetContract> = {
      init: () => {
        const { refuseInit } = this;
        this.refuseInit = null;
        if (refuseInit !== null) throw new AppError('usage', refuseInit);
        return { state: this.state, strings: { ...this.#strings } };
      },
      rows: ({ from, count }) => ({ rev: rev(), from, rows: this.#rows(from, count) }),
      record: ({ key }) => {
        if (key === this.unreadable) throw new AppError('usage', 'The disk cannot be read.');
        return recordOf(...this.#line(key));
      },
      place: ({ key }) => {
        if (this.#endless !== undefined) return { at: Number(key.slice(1)) };
        // A row that is gone has no place; one that is hidden has none now.
        this.#at(key);
        const at = this.#shown().findIndex((one) => one.key === key);
        return { at: at < 0 || at >= this.state.shown ? null : at };
      },
      onLine: ({ line }) => {
        const key =
          this.#endless === undefined
            ? this.#lines[line - 1]?.key
            : line <= this.#endless
              ? `o${line - 1}`
              : undefined;
        if (key === undefined) return { found: null };
        const at =
          this.#endless === undefined
            ? this.#shown().findIndex((one) => one.key === key)
            : line - 1;
        return { found: { key, at: at < 0 ? null : at } };
      },
      nextProblem: ({ from, back }) => {
        const places = this.#shown().flatMap((one, at) =>
          rowOf(one, 1).problem === null ? [] : [at],
        );
        const found = back
          ? (places.findLast((at) => at < from) ?? places.at(-1))
          : (places.find((at) => at > from) ?? places[0]);
        return { at: found ?? null };
      },
      setField: ({ key, stamp, index, as, value }) =>
        this.#edit(key, stamp, (text) => {
          const member = this.#member(text, index);
          const json = as === 'text' ? JSON.stringify(value) : value;
          return text.slice(0, member.at) + json + text.slice(member.to);
        }),
      addField: ({ key, stamp, name, as, value }) =>
        this.#edit(key, stamp, (text) => {
          const json = as === 'text' ? JSON.stringify(value) : value;
          const comma = (membersOf(text) ?? []).length > 0 ? ', ' : '';
          return text.replace(/\}\s*$/u, () => `${comma}${JSON.stringify(name)}: ${json}}`);
        }),
      removeField: ({ key, stamp, index }) =>
        this.#edit(key, stamp, (text) => {
          const members = membersOf(text) ?? [];
          const parts = members.filter((_, place) => place !== index);
          return `{${parts.map(({ from, to }) => text.slice(from, to)).join(', ')}}`;
        }),
      setLine: ({ key, stamp, value }) => this.#edit(key, stamp, () => value),
      insert: ({ after }) => {
        this.#mayEdit();
        const at = after === null ? 0 : this.#at(after) + 1;
        const like = this.#lines[at - 1] ?? this.#lines[at];
        const names = like ? fieldsOf(like.text).map(({ name }) => name) : [];
        const text = `{${names.map((name) => `${JSON.stringify(name)}: ""`).join(', ')}}`;
        const made = this.#make(text);
        this.#change(this.#lines.toSpliced(at, 0, made));
        return { rev: rev(), keys: [made.key] };
      },
      duplicate: ({ keys }) => {
        this.#mayEdit();
        const made: string[] = [];
        const lines = this.#lines.flatMap((one) => {
          if (!keys.includes(one.key)) return [one];
          const twin = this.#make(one.text);
          made.push(twin.key);
          return [one, twin];
        });
        this.#change(lines);
        return { rev: rev(), keys: made };
      },
      remove: ({ keys }) => {
        this.#mayEdit();
        for (const key of keys) this.#at(key);
        this.#deleted += keys.length;
        this.#change(this.#lines.filter(({ key }) => !keys.includes(key)));
        return { rev: rev(), keys: [] };
      },
      move: ({ keys, before }) => {
        this.#mayEdit();
        const moving = this.#lines.filter(({ key }) => keys.includes(key));
        const rest = this.#lines.filter(({ key }) => !keys.includes(key));
        const at = before === null ? rest.length : rest.findIndex(({ key }) => key === before);
        this.#change(rest.toSpliced(at, 0, ...moving));
        return { rev: rev(), keys };
      },
      filter: (filter) => {
        this.#filter = filter;
        this.tell();
        return { rev: rev() };
      },
      settle: () => {
        this.tell({ ...this.over, conflict: null });
        return {};
      },
      open: () => ({}),
    };
    return this.#noted(handlers);
  }

  /** Every call is noted; a silent or slow host keeps it waiting. */
  #noted(handlers: Handlers<DatasetContract>): Handlers<DatasetContract> {
    const noted = Object.entries(handlers).map(([method, handler]) => [
      method,
      async (params: never, signal: never): Promise<unknown> => {
        this.calls.push({ method, params });
        if (this.silent) await new Promise<void>(() => undefined);
        const late = this.lateFor.get(method) ?? this.late;
        if (late > 0) await new Promise((resolve) => setTimeout(resolve, late));
        // SAFETY: each is called with the parameters of its own request.
        return (handler as (params: never, signal: never) => unknown)(params, signal);
      },
    ]);
    // SAFETY: the same requests under the same names.
    return Object.fromEntries(noted) as Handlers<DatasetContract>;
  }

  asked(method: string): unknown[] {
    return this.calls.filter((call) => call.method === method).map(({ params }) => params);
  }

  #shown(): readonly Line[] {
    return this.#lines.filter((one) => isShown(one, this.#filter));
  }

  #rows(from: number, count: number) {
    if (this.#endless === undefined) {
      return this.#shown()
        .slice(from, Math.min(from + count, this.state.shown))
        .map((one) => rowOf(one, this.#at(one.key) + 1));
    }
    const most = Math.max(0, Math.min(count, this.#endless - from));
    return Array.from({ length: most }, (_, index) => rowOf(...this.#line(`o${from + index}`)));
  }

  #line(key: string): [Line, number] {
    const place = Number(key.slice(1));
    if (this.#endless !== undefined) {
      const text = JSON.stringify({ id: `q-${place + 1}`, question: `Question ${place + 1}?` });
      return [{ key, text, state: 'same' }, place + 1];
    }
    const at = this.#at(key);
    const one = this.#lines[at];
    if (!one) throw new Error('unreachable');
    return [one, at + 1];
  }

  #at(key: string): number {
    const at = this.#lines.findIndex((one) => one.key === key);
    if (at < 0) throw new AppError('usage', 'This row is gone.');
    return at;
  }

  #member(text: string, index: number) {
    const member = membersOf(text)?.[index];
    if (!member) throw new AppError('usage', 'This field is gone.');
    return member;
  }

  #make(text: string): Line {
    this.#made += 1;
    return { key: `n${this.#made}`, text, state: 'inserted' };
  }

  #mayEdit(): void {
    const { refuse } = this;
    this.refuse = null;
    if (refuse !== null) throw new AppError('usage', refuse);
  }

  #edit(key: string, stamp: string, change: (text: string) => string) {
    this.#mayEdit();
    const [one] = this.#line(key);
    if (stampOf(one.text) !== stamp)
      throw new AppError('store.stale', 'This row has changed since it was shown.');
    const text = change(one.text);
    const state = one.state === 'inserted' ? 'inserted' : 'edited';
    this.#change(this.#lines.map((line) => (line.key === key ? { ...line, text, state } : line)));
    return { rev: this.#rev, stamp: stampOf(text) };
  }

  #change(lines: readonly Line[]): void {
    this.#history.push(this.#lines);
    this.#lines = [...lines];
    this.tell();
  }
}
