import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { DatasetEdit } from './dataset.ts';
import type { Change } from './documentRows.ts';
import type { EditJournal } from './editJournal.ts';
import type { Reading } from './reading.ts';

export interface HistoryParts {
  /** Runs work after what was asked for before. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
  /** The reading that the document shows now. */
  readonly reading: () => Reading;
  readonly journal: () => EditJournal;
  /** Something has been edited, taken back or made again. */
  readonly onChange: () => void;
}

/** Acts of a person, each with what takes it back, and whether anything is unsaved. */
export class EditHistory {
  readonly #parts: HistoryParts;
  readonly #listeners = new Set<(edit: DatasetEdit) => void>();
  /** Names the content: an act makes a new one, taking it back leads to the old one again. */
  #version = 0;
  #saved = 0;
  #last = 0;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  get isDirty(): boolean {
    return this.#version !== this.#saved;
  }

  listen(listener: (edit: DatasetEdit) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** What is there now is in the file. */
  markSaved(): void {
    this.#saved = this.#version;
  }

  /** What is there now differs from the file, and no act of this session made it so. */
  markRestored(): void {
    this.#last += 1;
    this.#version = this.#last;
  }

  /** The file was read anew: no earlier content comes back. */
  restart(): void {
    this.markRestored();
    this.markSaved();
  }

  end(): void {
    this.#listeners.clear();
  }

  /** Journals and makes a change, and hands the act to whoever keeps the list of them. */
  async commit(label: string, change: Change): Promise<void> {
    const reading = this.#parts.reading();
    let back = await reading.apply(change, () => this.#parts.journal().record(change));
    let forth = change;
    const before = this.#version;
    this.markRestored();
    const after = this.#version;
    this.#parts.onChange();
    const undo = (): Promise<void> =>
      this.#step(reading, before, async () => {
        forth = await reading.apply(back, () => this.#parts.journal().recordStep(back));
      });
    const redo = (): Promise<void> =>
      this.#step(reading, after, async () => {
        back = await reading.apply(forth, () => this.#parts.journal().recordStep(forth));
      });
    for (const listener of [...this.#listeners]) listener({ label, undo, redo });
  }

  #step(reading: Reading, version: number, make: () => Promise<void>): Promise<void> {
    return this.#parts.inTurn(async () => {
      if (reading !== this.#parts.reading()) {
        throw new AppError(
          'store.stale',
          sentence`The file was read anew since: this step cannot be undone.`,
        );
      }
      await make();
      this.#version = version;
      if (!this.isDirty) await this.#parts.journal().clear(reading.rows);
      this.#parts.onChange();
    });
  }
}
