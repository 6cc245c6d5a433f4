import { AppError, type ErrorCode } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'store.diskFull',
  EDQUOT: 'store.diskFull',
  EACCES: 'store.denied',
  EPERM: 'store.denied',
  EROFS: 'store.denied',
  ENOENT: 'store.missing',
};

type Told = (path: string, system: string) => readonly [what: Sentence, hint: Sentence];

const TOLD: Partial<Record<ErrorCode, Told>> = {
  'store.diskFull': (path, system) => [
    sentence`The disk is full: ${path} (${system}).`,
    sentence`Free some space and run again: nothing was lost.`,
  ],
  'store.denied': (path, system) => [
    sentence`Access was refused: ${path} (${system}).`,
    sentence`Check who may write there and whether it is read-only.`,
  ],
  'store.missing': (path, system) => [
    sentence`There is no such file or folder: ${path} (${system}).`,
    sentence`Check the path; if it was there before, restore it or start the step again.`,
  ],
};

const toldOther: Told = (path, system) => [
  sentence`A file operation failed: ${path} (${system}).`,
  sentence`See the cause; running again continues where it stopped.`,
];

/** The system's code of an error ("ENOSPC"), or null when it has none. */
export function systemCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  const { code } = error;
  return typeof code === 'string' && /^E(?!RR_)[A-Z0-9]+$/u.test(code) ? code : null;
}

/** Turns a failed file operation into an AppError that names the path; any other error passes unchanged. */
export function storeError(error: unknown, path: string): unknown {
  const system = systemCode(error);
  if (error instanceof AppError || system === null) return error;
  const code = CODES[system] ?? 'store.io';
  const [what, hint] = (TOLD[code] ?? toldOther)(path, system);
  return new AppError(code, what, {
    hint,
    cause: error,
    detail: { path, system },
  });
}

/** Runs file work and translates what it throws. */
export async function translating<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeError(error, path);
  }
}
