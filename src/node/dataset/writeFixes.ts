import { createHash } from 'node:crypto';
import { rowEdit, type DataFixes, type RowDiffers } from '../../core/curation/dataFixes.ts';
import { writeIntoRow } from '../../core/curation/rowPatch.ts';
import { questionSchema } from '../../core/dataset/question.ts';
import { AppError, cancelled } from '../../core/errors.ts';
import type { Signal } from '../../core/ports.ts';
import { sentence } from '../../core/sentence.ts';
import { sha256File } from '../storage/fileHash.ts';
import { nodeFs, type Fs, type FsHandle } from '../storage/fs.ts';
import { scanByteLines, type ByteLine } from '../storage/byteLines.ts';
import { fileVersion } from '../storage/fileVersion.ts';
import { parseLine } from '../storage/parseLine.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import { translating } from '../storage/storeError.ts';

/** A row that corrections change. */
export interface FixedRow {
  /** 1-based. */
  readonly line: number;
  readonly id: string;
  readonly question: { readonly was: string; readonly text: string } | null;
  readonly answer: { readonly was: string; readonly answer: string } | null;
  readonly equation: 'removed' | 'kept' | null;
}

/** A correction that is not written, or not all of it: the row says neither what it was made for nor what it led to. */
export interface LeftRow {
  /** Null where no row has that id. */
  readonly line: number | null;
  readonly id: string;
  readonly why: 'missing' | RowDiffers['field'];
  /** What the row says there. */
  readonly says: string;
  /** What the correction was made for; empty where it only names the wording. */
  readonly was: string;
}

/** What writing the corrections into a data file would change; nothing is written yet. */
export interface FixPlan {
  readonly path: string;
  /** Of the file that this was worked out for. */
  readonly sha256: string;
  readonly rows: readonly FixedRow[];
  readonly left: readonly LeftRow[];
  /** In the order of the file; bytes of whole lines without their ends. */
  readonly edits: readonly LineEdit[];
}

interface LineEdit {
  readonly at: number;
  readonly before: Buffer;
  readonly after: Buffer;
}

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const CARRIAGE_RETURN = 0x0d;
const CHUNK_BYTES = 1 << 20;

/** Works out what the corrections come to in a data file as it is now. Rows are read one by one, whatever its size. */
export async function planFixes(
  path: string,
  fixes: DataFixes,
  options: { readonly signal?: Signal; readonly fs?: Fs } = {},
): Promise<FixPlan> {
  const { signal, fs = nodeFs } = options;
  const sha256 = await sha256File(path, signal);
  const seen = new Set<string>();
  const rows: FixedRow[] = [];
  const left: LeftRow[] = [];
  const edits: LineEdit[] = [];
  const onLine = (scanned: ByteLine): boolean => {
    const bytes = contentOf(scanned);
    const parsed = scanned.overlong ? null : parseLine(bytes);
    const question = parsed?.ok === true ? questionSchema.safeParse(parsed.value) : null;
    // As the reader of data files does it: of rows with one id the first that can be used counts.
    if (!question?.success || seen.has(question.data.id)) return false;
    const { data } = question;
    seen.add(data.id);
    const own = fixes.get(data.id);
    if (!own) return false;
    const { edit, differs } = rowEdit(data, own);
    const { line } = scanned;
    if (differs) {
      const { field: why, was } = differs;
      left.push({ line, id: data.id, why, says: data[why], was });
    }
    const before = bytes.toString('utf8');
    const written = writeIntoRow(before, data, edit);
    if (written.line === before) return false;
    rows.push({
      line,
      id: data.id,
      question: edit.question === null ? null : { was: data.question, text: edit.question },
      answer: edit.answer === null ? null : { was: data.answer, answer: edit.answer },
      equation: written.equation,
    });
    edits.push({
      at: scanned.byteOffset + (startsWithBom(scanned) ? BOM.length : 0),
      before: Buffer.from(bytes),
      after: Buffer.from(written.line, 'utf8'),
    });
    return false;
  };
  await scanByteLines(path, { fs, signal, onLine });
  for (const id of fixes.keys()) {
    if (!seen.has(id)) left.push({ line: null, id, why: 'missing', says: '', was: '' });
  }
  return { path, sha256, rows, left, edits };
}

function startsWithBom({ bytes, line }: ByteLine): boolean {
  return line === 1 && bytes.subarray(0, BOM.length).equals(BOM);
}

function contentOf(line: ByteLine): Buffer {
  const { bytes, terminated } = line;
  const end = terminated && bytes.at(-1) === CARRIAGE_RETURN ? -1 : undefined;
  return bytes.subarray(startsWithBom(line) ? BOM.length : 0, end);
}

/**
 * Writes a plan: every other byte of the file stays as it is, and afterwards it is the old file or the whole new one.
 * Refuses with `store.stale` where the file is not the one that the plan was made for, or is another one by the time that
 * the new one is whole: what is copied may be a file that a checkout has replaced meanwhile.
 */
export async function writeFixes(
  plan: FixPlan,
  options: { readonly signal?: Signal; readonly fs?: Fs } = {},
): Promise<void> {
  if (plan.edits.length === 0) return;
  const { fs = nodeFs, signal } = options;
  const { path } = plan;
  const versionNow = async (): Promise<string> =>
    fileVersion(await translating(path, () => fs.stat(path)));
  const version = await versionNow();
  await writeSnapshot(path, patchedFile(plan, fs, signal), {
    fs,
    beforeRename: async () => {
      if ((await versionNow()) !== version) throw stale(path);
    },
  });
}

/** The whole text that a file has once a plan is written; only for files of a size that can be shown. */
export async function textAfter(plan: FixPlan): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of patchedFile(plan, nodeFs)) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

async function* patchedFile(
  { path, sha256, edits }: FixPlan,
  fs: Fs,
  signal?: Signal,
): AsyncGenerator<Buffer> {
  const handle = await fs.open(path, 'r');
  try {
    const hash = createHash('sha256');
    let at = 0;
    for (const { at: start, before, after } of edits) {
      for await (const chunk of chunksOf(handle, at, start, signal)) {
        hash.update(chunk);
        yield chunk;
      }
      const found = Buffer.alloc(before.length);
      await handle.read(found, 0, found.length, start);
      if (!found.equals(before)) throw stale(path);
      hash.update(found);
      yield after;
      at = start + before.length;
    }
    for await (const chunk of chunksOf(handle, at, Number.POSITIVE_INFINITY, signal)) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') !== sha256) throw stale(path);
  } finally {
    await handle.close();
  }
}

async function* chunksOf(
  handle: FsHandle,
  from: number,
  to: number,
  signal?: Signal,
): AsyncGenerator<Buffer> {
  for (let at = from; at < to;) {
    if (signal?.aborted === true) throw cancelled();
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, to - at));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

function stale(path: string): AppError {
  return new AppError(
    'store.stale',
    sentence`${path} was changed meanwhile: nothing was written.`,
    {
      hint: sentence`Look at the edits again, then repeat the command.`,
      detail: { path },
    },
  );
}
