import { mkdtemp, readdir, rm, writeFile, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dataset, DatasetEdit } from '../../../../src/node/dataset/dataset.ts';
import { openDataset } from '../../../../src/node/dataset/openDataset.ts';
import type { DatasetRow, RowKey } from '../../../../src/shared/datasetContract.ts';
import { NaiveDataset, type NaiveRow } from '../../../fakes/naiveDataset.ts';
import { GO } from '../../../fakes/openTestDataset.ts';

const CONTENTS = [
  '{"id":"1","question":"How many?","answer":"3"}',
  '{ "id" : "2" , "caf\\u00e9" : "\\/ x" , "n" : 12345678901234567890 }',
  '{"a":1,"a":2,"__proto__":{"x":[1e400,"\\ud800"]}}',
  '{"text": "naïve 😀 \\u2028", "list": [1, 2.50, {"deep": null}]}',
  '',
  '   ',
  '{broken',
  '[1, 2]',
  '{}',
  '{"a":1}\r{"b":2}',
];

const line = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...CONTENTS).map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: fc.constant(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])) },
  { weight: 1, arbitrary: fc.constant(Buffer.alloc(70_000, 'x')) },
);
const file = fc
  .record({
    bom: fc.boolean(),
    lines: fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n')), { maxLength: 12 }),
    bare: fc.boolean(),
  })
  .map(({ bom, lines, bare }) => {
    const parts = lines.flatMap(([content, end], index) =>
      bare && index === lines.length - 1 ? [content] : [content, Buffer.from(end)],
    );
    return Buffer.concat([Buffer.from(bom ? [0xef, 0xbb, 0xbf] : []), ...parts]);
  });

const at = fc.nat(40);
const act = fc.oneof(
  fc.record({ do: fc.constant('line' as const), at, text: fc.constantFrom(...CONTENTS, 'x\ty') }),
  fc.record({ do: fc.constant('field' as const), at, index: fc.nat(3), text: fc.string() }),
  fc.record({ do: fc.constant('insert' as const), at }),
  fc.record({
    do: fc.constant('duplicate' as const),
    rows: fc.array(at, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    do: fc.constant('remove' as const),
    rows: fc.array(at, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    do: fc.constant('move' as const),
    rows: fc.array(at, { minLength: 1, maxLength: 4 }),
    before: at,
  }),
  fc.record({ do: fc.constant('undo' as const), times: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('redo' as const), times: fc.integer({ min: 1, max: 4 }) }),
  fc.constant({ do: 'save' as const }),
  fc.constant({ do: 'crash' as const }),
);
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never;

/** A document and the array of lines that it must agree with, and VS Code's list of acts. */
class Twins {
  dataset: Dataset;
  naive: NaiveDataset;
  #keys: RowKey[] = [];
  #done: { edit: DatasetEdit; before: NaiveRow[]; after: NaiveRow[] }[] = [];
  #undone = this.#done;
  #made: DatasetEdit[] = [];
  readonly #folder: string;
  readonly #wholeBytes: number;

  private constructor(folder: string, wholeBytes: number, dataset: Dataset, naive: NaiveDataset) {
    this.#folder = folder;
    this.#wholeBytes = wholeBytes;
    this.dataset = dataset;
    this.naive = naive;
    this.#follow();
  }

  static async open(folder: string, content: Buffer, wholeBytes: number): Promise<Twins> {
    await writeFile(join(folder, 'data.jsonl'), content);
    return new Twins(
      folder,
      wholeBytes,
      await openIn(folder, wholeBytes),
      new NaiveDataset(content),
    );
  }

  #follow(): void {
    this.#done = [];
    this.#undone = [];
    this.dataset.onEdit((edit) => this.#made.push(edit));
  }

  async agree(): Promise<void> {
    const rows = await this.dataset.rows(0, 500);
    this.#keys = rows.map(({ key }) => key);
    const texts = [];
    for (const key of this.#keys) {
      const record = await this.dataset.record(key);
      expect(this.dataset.lineOf(key)).toBe(record.line);
      expect(await this.dataset.keyOfLine(record.line)).toBe(key);
      expect(await this.dataset.place(key)).toBe(record.line - 1);
      texts.push(record.raw);
    }
    expect(rows.map((row: DatasetRow) => row.line)).toEqual(rows.map((_, index) => index + 1));
    expect(new Set(this.#keys).size).toBe(this.#keys.length);
    expect(texts).toEqual(this.naive.texts().map((text) => text.slice(0, 20_000)));
    expect(this.dataset.state().rows).toBe(this.naive.rows.length);
  }

  async make(what: Act): Promise<void> {
    const { rows } = this.naive;
    const pick = (place: number): number => place % Math.max(1, rows.length);
    const before = [...rows];
    this.#made = [];
    switch (what.do) {
      case 'line':
      case 'field':
        await this.#setText(what, pick(what.at));
        break;
      case 'insert': {
        const after = what.at === 0 || rows.length === 0 ? null : pick(what.at);
        const { keys } = await this.dataset.insert(after === null ? null : this.#key(after));
        const { raw } = await this.dataset.record(keys[0] ?? 'o0');
        const near = rows[after ?? 0];
        const row = { content: Buffer.from(raw), end: near?.end ?? this.naive.eol };
        rows.splice(after === null ? 0 : after + 1, 0, row);
        break;
      }
      case 'duplicate': {
        const places = this.#places(what.rows, pick);
        if (places.length === 0) break;
        await this.dataset.duplicate(places.map((place) => this.#key(place)));
        for (const place of places.reverse()) {
          const row = rows[place];
          if (row !== undefined) rows.splice(place, 0, row);
        }
        break;
      }
      case 'remove': {
        const places = this.#places(what.rows, pick);
        if (places.length === 0) break;
        await this.dataset.remove(places.map((place) => this.#key(place)));
        for (const place of places.reverse()) rows.splice(place, 1);
        break;
      }
      case 'move':
        await this.#move(this.#places(what.rows, pick), what.before);
        break;
      case 'undo':
      case 'redo':
        await this.#walk(what.do, what.times);
        return;
      case 'save':
        await this.dataset.save(GO);
        expect((await readFile(join(this.#folder, 'data.jsonl'))).equals(this.naive.bytes())).toBe(
          true,
        );
        expect(this.dataset.state()).toMatchObject({
          dirty: false,
          edited: 0,
          inserted: 0,
          deleted: 0,
        });
        return;
      case 'crash':
        await this.#crash();
        return;
    }
    // An act that changes nothing is none.
    for (const edit of this.#made) {
      this.#done.push({ edit, before, after: [...this.naive.rows] });
      this.#undone = [];
    }
  }

  /** Closes as a killed window does, without saving, and opens again. */
  async #crash(): Promise<void> {
    const { dirty, rows } = this.dataset.state();
    await this.dataset.dispose();
    this.dataset = await openIn(this.#folder, this.#wholeBytes);
    this.#follow();
    const after = this.dataset.state();
    expect(after.rows).toBe(rows);
    // Acts that came to nothing leave nothing to be saved.
    if (after.dirty) expect(dirty).toBe(true);
    else this.naive = new NaiveDataset(await readFile(join(this.#folder, 'data.jsonl')));
  }

  async #setText(what: Extract<Act, { do: 'line' | 'field' }>, place: number): Promise<void> {
    const row = this.naive.rows[place];
    if (row === undefined) return;
    const key = this.#key(place);
    const record = await this.dataset.record(key);
    if (!record.rawEditable) return;
    if (what.do === 'line') {
      await this.dataset.setLine(key, record.stamp, what.text);
      this.naive.rows[place] = { ...row, content: Buffer.from(what.text) };
      return;
    }
    if (record.fields.length === 0) return;
    const index = what.index % record.fields.length;
    await this.dataset.setField(key, record.stamp, index, 'text', what.text);
    const after = await this.dataset.record(key);
    expect(after.fields.map(({ name }) => name)).toEqual(record.fields.map(({ name }) => name));
    expect(after.fields[index]).toMatchObject({ type: 'text', value: what.text });
    const others = (fields: typeof after.fields): unknown =>
      fields.filter((_, other) => other !== index);
    expect(others(after.fields)).toEqual(others(record.fields));
    this.naive.rows[place] = { ...row, content: Buffer.from(after.raw) };
  }

  async #move(places: number[], to: number): Promise<void> {
    const { rows } = this.naive;
    if (places.length === 0) return;
    const target = to >= rows.length ? null : to;
    const keys = places.map((place) => this.#key(place));
    await this.dataset.move(keys, target === null ? null : this.#key(target));
    const moved = places.map((place) => rows[place]).filter((row) => row !== undefined);
    const behind = rows
      .slice(target ?? rows.length)
      .filter((_, index) => !places.includes(index + (target ?? 0)));
    const front = rows
      .slice(0, target ?? rows.length)
      .filter((_, index) => !places.includes(index));
    this.naive.rows = [...front, ...moved, ...behind];
  }

  async #walk(direction: 'undo' | 'redo', times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      const from = direction === 'undo' ? this.#done : this.#undone;
      const step = from.pop();
      if (step === undefined) return;
      await step.edit[direction]();
      this.naive.rows = [...(direction === 'undo' ? step.before : step.after)];
      (direction === 'undo' ? this.#undone : this.#done).push(step);
    }
  }

  #places(wanted: readonly number[], pick: (place: number) => number): number[] {
    if (this.naive.rows.length === 0) return [];
    return [...new Set(wanted.map(pick))].sort((a, b) => a - b);
  }

  #key(place: number): RowKey {
    const key = this.#keys[place];
    if (key === undefined) throw new Error(`no row ${place}`);
    return key;
  }
}

function openIn(folder: string, wholeBytes: number): Promise<Dataset> {
  return openDataset({
    path: join(folder, 'data.jsonl'),
    journalFolder: join(folder, 'journals'),
    set: 'train',
    readOnly: null,
    wholeBytes,
  });
}

async function agreeing(content: Buffer, wholeBytes: number, acts: readonly Act[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tailor-model-'));
  try {
    const twins = await Twins.open(folder, content, wholeBytes);
    await twins.agree();
    for (const what of acts) {
      await twins.make(what);
      await twins.agree();
    }
    await twins.dataset.save(GO);
    expect((await readFile(join(folder, 'data.jsonl'))).equals(twins.naive.bytes())).toBe(true);
    await twins.dataset.dispose();
    expect(await readdir(join(folder, 'journals')).catch(() => [])).toEqual([]);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a document', () => {
  it('edge case: insert, delete and move lines with a live index: agrees with an array of lines under edits, undo, redo, saves and crashes', async () => {
    await fc.assert(
      fc.asyncProperty(
        file,
        fc.constantFrom(0, 1 << 25),
        fc.array(act, { maxLength: 25 }),
        agreeing,
      ),
      {
        numRuns: Number(process.env['TAILOR_MODEL_RUNS'] ?? 60),
        endOnFailure: true,
      },
    );
  });
});
