import type { z } from 'zod';
import { AppError } from '../../core/errors.ts';
import { issueText } from '../../core/schemaProblem.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { nodeFs, type Fs } from './fs.ts';
import { readJsonLines, type BadLine, type LinePosition } from './jsonLines.ts';
import { JOURNAL_VERSION, stampSchema, sumHolds, type Stamped } from './stamp.ts';
import { systemCode } from './storeError.ts';

export type { BadLine } from './jsonLines.ts';

export interface JournalContent<T> {
  /** In file order. */
  readonly records: Stamped<T>[];
  readonly quarantined: BadLine[];
  /** Whole records of a type that this build does not know. */
  readonly ignored: number;
  /** Exact repeats of an earlier record, as a merge of two branches leaves them. */
  readonly repeated: number;
  /** Where the next read may begin: after the last whole record; a torn tail lies behind it. */
  readonly endOffset: number;
  /** Bytes of an unfinished last line: being written now, or cut off by a crash. */
  readonly tornBytes: number;
}

/**
 * Reads a journal: every record that is whole, of version 1 and valid; everything else is listed with line and
 * reason. A missing file is an empty journal. A record of a newer version is `store.newerVersion`.
 */
export async function readJournal<T>(
  path: string,
  schema: z.ZodType<T>,
  options: { readonly fs?: Fs; readonly chunkBytes?: number } = {},
): Promise<JournalContent<T>> {
  const intake = new JournalIntake(path, schema);
  const quarantined: BadLine[] = [];
  let torn: { readonly byteOffset: number; readonly length: number } | null = null;
  try {
    const summary = await readJsonLines(path, {
      fs: options.fs ?? nodeFs,
      ...(options.chunkBytes === undefined ? {} : { chunkBytes: options.chunkBytes }),
      loneSurrogates: 'keep',
      onValue: (value, at) => {
        const reason = intake.accept(value, at);
        if (reason === null) return;
        quarantined.push({ file: path, line: at.line, byteOffset: at.byteOffset, reason });
      },
      onBad: (line) => quarantined.push(line),
      onTornTail: (at) => {
        torn = at;
      },
    });
    const { ignored, repeated } = intake;
    const tornBytes = lengthOf(torn);
    const endOffset = summary.endOffset - tornBytes;
    return { records: intake.take(), quarantined, ignored, repeated, endOffset, tornBytes };
  } catch (error) {
    if (!isMissing(error)) throw error;
    return { records: [], quarantined, ignored: 0, repeated: 0, endOffset: 0, tornBytes: 0 };
  }
}

/** What a journal's lines become, one after the other: whole records of a known type, each once. */
export class JournalIntake<T> {
  /** Whole records of a type that this build does not know. */
  ignored = 0;
  /** Exact repeats of an earlier record. */
  repeated = 0;
  readonly #path: string;
  readonly #schema: z.ZodType<T>;
  /** writer → its records, by number and checksum. */
  readonly #seen = new Map<string, Set<number | string>>();
  readonly #newestGeneration = new Map<string, number>();
  #records: Stamped<T>[] = [];

  constructor(path: string, schema: z.ZodType<T>) {
    this.#path = path;
    this.#schema = schema;
  }

  /** How many records `take` would give. */
  get waiting(): number {
    return this.#records.length;
  }

  /** The records accepted since the last call, in file order. */
  take(): Stamped<T>[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  /** Takes one value, or says why it is no record of this journal. */
  accept(value: unknown, at: LinePosition): Sentence | null {
    if (!isObject(value)) return sentence`is not a record`;
    const record = value;
    refuseNewer(record, this.#path, at.line);
    const stamp = stampSchema.safeParse(record);
    if (!stamp.success) return sentence`has no valid stamp (${issuesOf(stamp.error)})`;
    if (!sumHolds(at.bytes, record)) return sentence`was changed after it was written (checksum)`;
    const { writer, seq, sum, gen = 0 } = stamp.data;
    const newest = this.#newestGeneration.get(writer) ?? 0;
    if (gen < newest) {
      return sentence`was written under lock generation ${gen}, after generation ${newest} had taken over`;
    }
    this.#newestGeneration.set(writer, gen);
    const seen = this.#seen.get(writer) ?? new Set();
    this.#seen.set(writer, seen);
    const name = nameOf(seq, sum);
    if (seen.has(name)) {
      this.repeated += 1;
      return null;
    }
    seen.add(name);
    const payload = this.#schema.safeParse(withoutStamp(record));
    if (payload.success) {
      const { sum: checksum, v, at: time } = stamp.data;
      const generation = stamp.data.gen === undefined ? {} : { gen: stamp.data.gen };
      const own = { v, writer, seq, at: time, ...generation, sum: checksum };
      this.#records.push({ ...payload.data, ...own });
    } else if (isUnknownType(record, payload.error)) {
      this.ignored += 1;
    } else return sentence`does not fit its type (${issuesOf(payload.error)})`;
    return null;
  }
}

/** Number and checksum in one number where they fit: half a million names as texts would be 50 MB. */
function nameOf(seq: number, sum: string): number | string {
  const digits = Number.parseInt(sum, 16);
  return seq < 2 ** 20 && Number.isInteger(digits) ? seq * 2 ** 32 + digits : `${seq}#${sum}`;
}

/** Throws `store.newerVersion` for a record that only a newer Tailor understands. */
export function refuseNewer(
  record: Readonly<Record<string, unknown>>,
  path: string,
  line: number,
): void {
  const version = record['v'];
  if (typeof version !== 'number' || version <= JOURNAL_VERSION) return;
  throw new AppError(
    'store.newerVersion',
    sentence`${path} was written by a newer Tailor (version ${version} in line ${line}).`,
    {
      hint: sentence`Update Tailor; until then the file is left as it is.`,
      detail: { path, line, version },
    },
  );
}

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isMissing(error: unknown): boolean {
  return (
    error instanceof AppError &&
    error.code === 'store.missing' &&
    systemCode(error.cause) === 'ENOENT'
  );
}

function lengthOf(tail: { readonly length: number } | null): number {
  return tail?.length ?? 0;
}

function withoutStamp(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // Written out because this runs for every record; the names are those of STAMP_KEYS.
  const { v: _v, writer: _writer, seq: _seq, at: _at, sum: _sum, gen: _gen, ...payload } = record;
  return payload;
}

function isUnknownType(record: Readonly<Record<string, unknown>>, error: z.ZodError): boolean {
  return (
    typeof record['type'] === 'string' &&
    error.issues.some((issue) => issue.path.length === 1 && issue.path[0] === 'type')
  );
}

function issuesOf(error: z.ZodError): Sentence {
  const first = error.issues.slice(0, 3);
  return joined(
    first.map((issue) => issueText(issue, sentence`record`)),
    '; ',
  );
}

/**
 * Merges several writers' records into one order: time, then writer, then seq, where time is first made monotone
 * inside each writer by seq. So a clock that jumps back never puts a writer's later record before an earlier one.
 */
export function mergeByTime<R extends Pick<Stamped<unknown>, 'writer' | 'seq' | 'at'>>(
  journals: readonly (readonly R[])[],
): R[] {
  const byWriter = new Map<string, R[]>();
  for (const record of journals.flat()) {
    const own = byWriter.get(record.writer);
    if (own === undefined) byWriter.set(record.writer, [record]);
    else own.push(record);
  }
  const timed: { readonly time: number; readonly record: R }[] = [];
  for (const own of byWriter.values()) {
    let latest = Number.NEGATIVE_INFINITY;
    for (const record of own.sort((a, b) => a.seq - b.seq)) {
      latest = Math.max(latest, Date.parse(record.at));
      timed.push({ time: latest, record });
    }
  }
  timed.sort(
    (a, b) =>
      a.time - b.time ||
      compareText(a.record.writer, b.record.writer) ||
      a.record.seq - b.record.seq,
  );
  return timed.map(({ record }) => record);
}

/** By code unit, the same on every computer; localeCompare is not. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
