import type { ErrorCode } from '../../core/errors.ts';

/** Exit codes of `tailor`, documented in docs/command-line.md; a test compares the two. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  project: 3,
  data: 4,
  environment: 5,
  student: 6,
  teacher: 7,
  trainer: 8,
  busy: 9,
  storage: 10,
  cancelled: 130,
} as const;
export type ExitName = keyof typeof EXIT;

const BY_AREA: Readonly<Record<string, ExitName>> = {
  project: 'project',
  round: 'project',
  data: 'data',
  jsonl: 'data',
  python: 'environment',
  trust: 'environment',
  student: 'student',
  engine: 'student',
  teacher: 'teacher',
  trainer: 'trainer',
  lock: 'busy',
  store: 'storage',
};

/** The exit code of a failure: by the first word of its code. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'cancelled' || code === 'trainer.cancelled') return EXIT.cancelled;
  if (code === 'usage') return EXIT.usage;
  if (code === 'trainer.depsMissing') return EXIT.environment;
  return EXIT[BY_AREA[code.split('.')[0] ?? ''] ?? 'failed'];
}
