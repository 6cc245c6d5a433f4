import { clip } from '../../core/dataset/describeRow.ts';
import { addField, removeField, setField } from '../../core/dataset/spanEdit.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import type { RowKey } from '../../shared/datasetContract.ts';
import type { Edited, Moved } from './dataset.ts';
import type { EditHistory } from './editHistory.ts';
import type { Reading } from './reading.ts';
import {
  duplication,
  insertion,
  LABEL_CHARACTERS,
  linePatch,
  moving,
  nameAt,
  removal,
  stampOfLine,
  textEdit,
  type Edit,
} from './rowEdits.ts';

/** What an act needs of the document that it changes. */
export interface EditedDocument {
  readonly history: EditHistory;
  /** Whether the file is one of a project's sets. */
  readonly inSet: boolean;
  readonly say: (text: Text) => string;
  /** Runs work after what was asked for before. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /** The reading with all its lines known. */
  whole(): Promise<Reading>;
  /** Throws `store.denied` where nothing may be changed. */
  requireEditable(): void;
  rev(): number;
}

type Patched = { readonly patch: ReturnType<typeof linePatch>; readonly label: Text };

/** A person's acts on rows and fields, each one step of the history. */
export class EditActs {
  readonly #document: EditedDocument;

  constructor(document: EditedDocument) {
    this.#document = document;
  }

  setField(
    key: RowKey,
    stamp: string,
    index: number,
    as: 'text' | 'json',
    value: string,
  ): Promise<Edited> {
    return this.#editText(key, stamp, (text) => {
      const name = nameAt(text, index);
      return { patch: setField(text, index, as, value), label: sentence`Edit ${name}` };
    });
  }

  addField(
    key: RowKey,
    stamp: string,
    name: string,
    as: 'text' | 'json',
    value: string,
  ): Promise<Edited> {
    return this.#editText(key, stamp, (text) => ({
      patch: addField(text, name, as, value),
      label: sentence`Add ${clip(name, LABEL_CHARACTERS)}`,
    }));
  }

  removeField(key: RowKey, stamp: string, index: number): Promise<Edited> {
    return this.#editText(key, stamp, (text) => {
      const name = nameAt(text, index);
      return { patch: removeField(text, index), label: sentence`Remove ${name}` };
    });
  }

  setLine(key: RowKey, stamp: string, value: string): Promise<Edited> {
    return this.#editText(key, stamp, (text) => ({
      patch: linePatch(text, value),
      label: sentence`Edit Line`,
    }));
  }

  insert(after: RowKey | null): Promise<Moved> {
    return this.#editRows(sentence`Insert Row`, ({ rows }) =>
      insertion(rows, after, this.#document.inSet),
    );
  }

  duplicate(keys: readonly RowKey[]): Promise<Moved> {
    const label = keys.length === 1 ? sentence`Duplicate Row` : sentence`Duplicate Rows`;
    return this.#editRows(label, ({ rows }) => duplication(rows, keys));
  }

  remove(keys: readonly RowKey[]): Promise<Moved> {
    const label = keys.length === 1 ? sentence`Delete Row` : sentence`Delete Rows`;
    return this.#editRows(label, ({ rows }) => removal(rows, keys));
  }

  move(keys: readonly RowKey[], before: RowKey | null): Promise<Moved> {
    const label = keys.length === 1 ? sentence`Move Row` : sentence`Move Rows`;
    return this.#editRows(label, ({ rows }) => moving(rows, keys, before));
  }

  async #editText(key: RowKey, stamp: string, make: (text: string) => Patched): Promise<Edited> {
    const document = this.#document;
    return document.inTurn(async () => {
      document.requireEditable();
      const { rows } = await document.whole();
      let label: Text = '';
      const edit = await textEdit(rows, key, stamp, (text) => {
        const made = make(text);
        label = made.label;
        return made.patch;
      });
      if (edit === null) return { rev: document.rev(), stamp };
      await document.history.commit(document.say(label), edit.change);
      const id = rows.idOf(key);
      return { rev: document.rev(), stamp: stampOfLine(await rows.line(id)) };
    });
  }

  #editRows(
    label: Text,
    make: (reading: Reading) => Edit | null | Promise<Edit | null>,
  ): Promise<Moved> {
    const document = this.#document;
    return document.inTurn(async () => {
      document.requireEditable();
      const reading = await document.whole();
      const edit = await make(reading);
      if (edit === null) return { rev: document.rev(), keys: [] };
      await document.history.commit(document.say(label), edit.change);
      return { rev: document.rev(), keys: edit.ids.map((id) => reading.rows.keyOf(id)) };
    });
  }
}
