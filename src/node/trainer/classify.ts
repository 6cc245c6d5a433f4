import { AppError, type ErrorCode } from '../../core/errors.ts';
import type { TrainerEvent } from '../../core/training/events.ts';

export type TrainerErrorRecord = Extract<TrainerEvent, { type: 'error' }>;

/** How a trainer process ended; both null when nobody saw it. */
export interface ExitFacts {
  readonly code: number | null;
  readonly signal: string | number | null;
}

export interface EndOfRun {
  readonly exit: ExitFacts;
  /** The last lines of train.log of this attempt. */
  readonly logTail: readonly string[];
  /** The trainer's own terminal error, where it still could write one. */
  readonly record: TrainerErrorRecord | null;
  readonly saidHello: boolean;
  readonly logPath: string;
}

const CODE_OF: Readonly<Record<TrainerErrorRecord['code'], ErrorCode>> = {
  BAD_CONFIG: 'trainer.badConfig',
  DATA_INVALID: 'trainer.dataInvalid',
  MODEL_LOAD: 'trainer.modelLoad',
  NO_GPU: 'trainer.badConfig',
  OOM: 'trainer.oom',
  NONFINITE: 'trainer.nonFinite',
  DISK_FULL: 'trainer.diskFull',
  CKPT_MISMATCH: 'trainer.checkpointMismatch',
  PROTOCOL: 'trainer.protocol',
  DEPS_MISSING: 'trainer.depsMissing',
  INTERNAL: 'trainer.crashed',
};

const OUT_OF_MEMORY =
  /CUDA out of memory|OutOfMemoryError|\bMemoryError\b|DefaultCPUAllocator: (?:can't|not enough)/u;
const MISSING_MODULE = /ModuleNotFoundError: No module named '([^']+)'/u;
const IMPORT_ERROR = /^\s*ImportError: (.+)$/u;
const OOM_HINT = 'Lower optim.tokenBudget or maxLen, or switch gradient checkpointing on.';

/**
 * The error of a run that ended without `done`. The trainer's own record speaks first; INTERNAL, and no record at
 * all, are refined by the exit and the log.
 */
export function classifyEnd(end: EndOfRun): AppError {
  const { record } = end;
  const detail = {
    exitCode: end.exit.code,
    signal: end.exit.signal,
    log: end.logTail.join('\n'),
    logPath: end.logPath,
    ...(record === null
      ? {}
      : { trainerCode: record.code, traceback: record.traceback, retryable: record.retryable }),
  };
  if (record !== null && record.code !== 'INTERNAL') {
    return new AppError(CODE_OF[record.code], record.message, { hint: record.hint, detail });
  }
  const refined = refine(end);
  if (refined !== null) {
    return new AppError(refined.code, refined.message, { hint: refined.hint, detail });
  }
  if (record !== null) {
    return new AppError('trainer.crashed', record.message, { hint: record.hint, detail });
  }
  const moment = end.saidHello ? 'without saying why' : 'before it answered';
  const last = end.logTail.findLast((line) => line.trim() !== '');
  return new AppError('trainer.crashed', `The trainer ended ${moment}${exitText(end.exit)}.`, {
    hint:
      last === undefined ? `Its log is empty: ${end.logPath}.` : `Its last line: ${last.trim()}`,
    detail,
  });
}

interface Refined {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

function refine({ exit, logTail }: EndOfRun): Refined | null {
  if (exit.code === 5 || logTail.some((line) => OUT_OF_MEMORY.test(line))) {
    return { code: 'trainer.oom', message: 'The trainer ran out of memory.', hint: OOM_HINT };
  }
  const missing = matchLast(logTail, MISSING_MODULE);
  if (missing !== null) {
    return {
      code: 'trainer.depsMissing',
      message: `The Python environment lacks the package "${missing}".`,
      hint: 'Run `tailor doctor` for the exact command, or name another interpreter.',
    };
  }
  const broken = matchLast(logTail, IMPORT_ERROR);
  if (broken !== null) {
    return {
      code: 'trainer.depsMissing',
      message: `A package of the Python environment does not load: ${broken}.`,
      hint: 'Run `tailor doctor`: it names the package, the version and the command.',
    };
  }
  if (isSignal(exit, 9, 'SIGKILL')) {
    return {
      code: 'trainer.killed',
      message: 'The trainer was killed (signal 9), probably because memory ran out.',
      hint: `${OOM_HINT} Running again resumes from the last checkpoint.`,
    };
  }
  if (isSignal(exit, 15, 'SIGTERM')) {
    return {
      code: 'trainer.killed',
      message: 'The trainer was ended from outside (SIGTERM).',
      hint: 'Running again resumes from the last checkpoint.',
    };
  }
  return null;
}

function matchLast(lines: readonly string[], pattern: RegExp): string | null {
  for (const line of lines.toReversed()) {
    const match = pattern.exec(line)?.[1];
    if (match !== undefined) return match;
  }
  return null;
}

/** Python reports a signal as a negative code, a shell as 128 + n, Node by its name. */
function isSignal(exit: ExitFacts, number: number, name: string): boolean {
  return (
    exit.signal === name ||
    exit.signal === number ||
    exit.code === -number ||
    exit.code === 128 + number
  );
}

function exitText(exit: ExitFacts): string {
  if (exit.signal !== null) return ` (signal ${exit.signal})`;
  return exit.code === null ? '' : ` (exit code ${exit.code})`;
}
