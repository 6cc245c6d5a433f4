import * as z from 'zod';
import { AppError } from '../errors.ts';
import { sentence, type Text } from '../sentence.ts';

/** Bytes per element of every dtype in the safetensors format. */
const SIZE_OF: ReadonlyMap<string, number> = new Map([
  ['F64', 8],
  ['F32', 4],
  ['F16', 2],
  ['BF16', 2],
  ['I64', 8],
  ['I32', 4],
  ['I16', 2],
  ['I8', 1],
  ['U64', 8],
  ['U32', 4],
  ['U16', 2],
  ['U8', 1],
  ['BOOL', 1],
]);

/** No student's header comes near this; a larger one is an attack on memory. */
export const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/** Bytes before the JSON header: its length as a little-endian 64-bit integer. */
export const PREFIX_BYTES = 8;

/** One tensor of a safetensors file; `offset` is absolute in the file, `length` in bytes. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly length: number;
}

const size = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const headerSchema = z.record(
  z.string(),
  z.strictObject({
    dtype: z.string(),
    shape: z.array(size).max(8),
    data_offsets: z.tuple([size, size]),
  }),
);

function invalid(file: string, message: Text, detail: Record<string, unknown> = {}): AppError {
  return new AppError(
    'student.invalid',
    sentence`${file} is not a sound safetensors file: ${message}.`,
    {
      hint: sentence`Copy or export the student again; the file is damaged or was not written by a safetensors library.`,
      detail: { file, ...detail },
    },
  );
}

/** The header's length from the file's first 8 bytes, checked against the file's size. */
export function safetensorsHeaderLength(
  prefix: Uint8Array,
  fileBytes: number,
  file: string,
): number {
  if (prefix.length < PREFIX_BYTES || fileBytes < PREFIX_BYTES) {
    throw invalid(file, sentence`it is shorter than its own length field`);
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) {
    throw invalid(file, sentence`its header claims ${length.toString()} bytes`, {
      limit: MAX_HEADER_BYTES,
    });
  }
  if (Number(length) > fileBytes - PREFIX_BYTES) {
    throw invalid(file, sentence`its header is longer than the file`);
  }
  return Number(length);
}

/**
 * Reads the JSON header strictly: known dtypes, shape × dtype = length, and tensors that cover the data without
 * overlap or gap (the format's own rule), so that no name can point at foreign bytes.
 */
export function parseSafetensorsHeader(
  json: string,
  headerBytes: number,
  fileBytes: number,
  file: string,
): Map<string, TensorEntry> {
  const start = PREFIX_BYTES + headerBytes;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of Object.entries(parseEntries(json, file))) {
    const [begin, end] = entry.data_offsets;
    const bytes = SIZE_OF.get(entry.dtype);
    if (bytes === undefined)
      throw invalid(file, sentence`${name} has the unknown dtype ${entry.dtype}`);
    if (end < begin || end > fileBytes - start) {
      throw invalid(file, sentence`${name} lies outside the file`, { begin, end });
    }
    if (entry.shape.reduce((a, b) => a * b, bytes) !== end - begin) {
      throw invalid(
        file,
        sentence`${name} has a shape that does not fill its ${end - begin} bytes`,
      );
    }
    tensors.set(name, {
      dtype: entry.dtype,
      shape: entry.shape,
      offset: start + begin,
      length: end - begin,
    });
  }
  checkCoverage(tensors, start, fileBytes, file);
  return tensors;
}

function parseEntries(json: string, file: string): z.infer<typeof headerSchema> {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch (cause) {
    throw new AppError('student.invalid', sentence`${file} has a header that is not JSON.`, {
      hint: sentence`Copy or export the student again; the file is damaged.`,
      cause,
      detail: { file },
    });
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw invalid(file, sentence`its header is not an object`);
  }
  const entries = Object.entries(raw).filter(([name]) => name !== '__metadata__');
  const parsed = headerSchema.safeParse(Object.fromEntries(entries));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(
      file,
      sentence`its header is malformed at ${issue?.path.join('.') ?? sentence`the top`}`,
    );
  }
  return parsed.data;
}

function checkCoverage(
  tensors: ReadonlyMap<string, TensorEntry>,
  start: number,
  fileBytes: number,
  file: string,
): void {
  let at = start;
  const ordered = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.length - b.length);
  for (const [name, { offset, length }] of ordered) {
    if (offset < at) throw invalid(file, sentence`${name} overlaps another tensor`);
    if (offset > at) throw invalid(file, sentence`there is a gap before ${name}`);
    at = offset + length;
  }
  if (at !== fileBytes) throw invalid(file, sentence`there are bytes that belong to no tensor`);
}
