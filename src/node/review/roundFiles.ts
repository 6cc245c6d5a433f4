import { join } from 'node:path';
import type { z } from 'zod';
import { decisionSchema } from '../../core/curation/decision.ts';
import type { RecordedDecision } from '../../core/curation/activeDecisions.ts';
import { againSchema, type Again, type RecordedAgain } from '../../core/exam/again.ts';
import { attemptSchema, type Attempt } from '../../core/exam/attempt.ts';
import {
  itemSchema,
  opinionSchema,
  type Opinion,
  type TeachingItem,
} from '../../core/teaching/records.ts';
import { namesIn } from '../project/projectFiles.ts';
import { JournalReader } from '../storage/journalReader.ts';
import type { BadLine } from '../storage/readJournal.ts';
import type { Stamped } from '../storage/stamp.ts';
import { pacer } from './pace.ts';

/** An attempt without its tokens, which review never shows, and with when it was written. */
export type KeptAttempt = Attempt & { readonly at: string };

const NO_IDS: number[] = [];
/** Parses an attempt and leaves its tokens out. */
export const leanAttemptSchema = attemptSchema
  .omit({ ids: true, minMargin: true })
  .transform((attempt): Attempt => ({ ...attempt, ids: NO_IDS, minMargin: null }));

/** What the files of a round hold that the last look did not see. */
export interface RoundGain {
  readonly attempts: readonly KeptAttempt[];
  readonly items: readonly Stamped<TeachingItem>[];
  /** What teachers said of them. */
  readonly opinions: readonly Stamped<Opinion>[];
  readonly events: readonly RecordedDecision[];
  /** What students answered when they were asked again. */
  readonly again: readonly RecordedAgain[];
  readonly bad: readonly BadLine[];
  /** A file that was replaced: what is kept of this round counts no more. */
  readonly replaced: string | null;
}

/** Which of a round's journals are followed. */
export interface RoundParts {
  readonly attempts: boolean;
  readonly items: boolean;
}

/** Follows one round's journals of all writers; each look reads only what is new. */
export class RoundFiles {
  readonly #folder: string;
  readonly #parts: RoundParts;
  readonly #attempts: JournalFolder<Attempt>;
  readonly #items: JournalFolder<TeachingItem>;
  readonly #opinions: JournalFolder<Opinion>;
  readonly #decisions: JournalFolder<z.infer<typeof decisionSchema>>;
  readonly #again: JournalFolder<Again>;
  readonly #fingerprints = new Map<string, string>();

  constructor(folder: string, parts: RoundParts) {
    this.#folder = folder;
    this.#parts = parts;
    this.#attempts = new JournalFolder(join(folder, 'exam'), 'train.', leanAttemptSchema);
    this.#items = new JournalFolder(join(folder, 'teacher'), 'items.', itemSchema);
    this.#opinions = new JournalFolder(join(folder, 'teacher'), 'opinions.', opinionSchema);
    this.#decisions = new JournalFolder(join(folder, 'decisions'), '', decisionSchema);
    this.#again = new JournalFolder(join(folder, 'again'), '', againSchema);
  }

  get folder(): string {
    return this.#folder;
  }

  async look(): Promise<RoundGain> {
    const attempts = await this.lookAtAttempts();
    const beside = await this.lookBeside();
    return {
      ...beside,
      attempts: attempts.attempts,
      bad: [...attempts.bad, ...beside.bad],
      replaced: attempts.replaced ?? beside.replaced,
    };
  }

  /** Everything but the attempts: little beside them. */
  async lookBeside(): Promise<RoundGain> {
    const items = this.#parts.items ? await this.#items.look() : EMPTY;
    const opinions = this.#parts.items ? await this.#opinions.look() : EMPTY;
    const decisions = await this.#decisions.look();
    // Only the exam that is shown has others beside it.
    const again = this.#parts.attempts ? await this.#again.look() : EMPTY;
    return {
      attempts: [],
      items: items.records,
      opinions: opinions.records,
      events: decisions.records,
      again: again.records,
      bad: [...items.bad, ...opinions.bad, ...decisions.bad, ...again.bad],
      replaced: items.replaced ?? opinions.replaced ?? decisions.replaced ?? again.replaced,
    };
  }

  /** The attempts alone; with `onPiece`, those of a first look are handed on while it reads. */
  async lookAtAttempts(
    onPiece?: (attempts: readonly KeptAttempt[]) => void,
  ): Promise<Pick<RoundGain, 'attempts' | 'bad' | 'replaced'>> {
    if (!this.#parts.attempts) return { attempts: [], bad: [], replaced: null };
    const { records, bad, replaced } = await this.#attempts.look(
      onPiece && ((piece) => onPiece(piece.map((record) => this.#keep(record)))),
    );
    return { attempts: await this.#keepAll(records), bad, replaced };
  }

  async #keepAll(records: readonly Stamped<Attempt>[]): Promise<KeptAttempt[]> {
    const pace = pacer();
    const kept: KeptAttempt[] = [];
    for (const record of records) {
      kept.push(this.#keep(record));
      if (kept.length % PIECE === 0) await pace();
    }
    return kept;
  }

  /** One fingerprint text for all attempts of an exam, and no stamp but the time. */
  #keep(record: Stamped<Attempt>): KeptAttempt {
    const { type, set, questionId, sample, text, finish, asked, at } = record;
    const fingerprint = this.#fingerprints.get(record.fingerprint) ?? record.fingerprint;
    this.#fingerprints.set(fingerprint, fingerprint);
    const lean = { type, set, questionId, sample, fingerprint, text, ids: NO_IDS, finish };
    return asked === undefined
      ? { ...lean, minMargin: null, at }
      : { ...lean, asked, minMargin: null, at };
  }
}

/** Records between two looks at the time. */
const PIECE = 500;

const EMPTY = { records: [], bad: [], replaced: null };

/** The journals of all writers in one folder. */
class JournalFolder<T> {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #schema: z.ZodType<T>;
  readonly #readers = new Map<string, JournalReader<T>>();

  constructor(folder: string, prefix: string, schema: z.ZodType<T>) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#schema = schema;
  }

  async look(
    onPiece?: (records: readonly Stamped<T>[]) => void,
  ): Promise<{ records: Stamped<T>[]; bad: BadLine[]; replaced: string | null }> {
    const names = (await namesIn(this.#folder)).filter(
      (name) => name.startsWith(this.#prefix) && name.endsWith('.jsonl'),
    );
    const records: Stamped<T>[] = [];
    const bad: BadLine[] = [];
    let replaced: string | null = null;
    for (const name of new Set([...names.sort(), ...this.#readers.keys()])) {
      const reader =
        this.#readers.get(name) ?? new JournalReader(join(this.#folder, name), this.#schema);
      this.#readers.set(name, reader);
      const gain = await reader.look(onPiece);
      for (const record of gain.records) records.push(record);
      bad.push(...gain.quarantined);
      if (gain.restarted) replaced ??= name;
      if (!names.includes(name)) this.#readers.delete(name);
    }
    return { records, bad, replaced };
  }
}
