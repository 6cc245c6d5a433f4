import { AppError, type ErrorCode } from '../../core/errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'store.diskFull',
  EDQUOT: 'store.diskFull',
  EACCES: 'store.denied',
  EPERM: 'store.denied',
  EROFS: 'store.denied',
  ENOENT: 'store.missing',
};

const SENTENCES: Partial<Record<ErrorCode, readonly [string, string]>> = {
  'store.diskFull': ['The disk is full', 'Free some space and run again: nothing was lost.'],
  'store.denied': ['Access was refused', 'Check who may write there and whether it is read-only.'],
  'store.missing': [
    'There is no such file or folder',
    'Check the path; if it was there before, restore it or start the step again.',
  ],
};

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
  const [what, hint] = SENTENCES[code] ?? [
    'A file operation failed',
    'See the cause; running again continues where it stopped.',
  ];
  return new AppError(code, `${what}: ${path} (${system}).`, {
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
