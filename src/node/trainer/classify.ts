import { AppError, type ErrorCode } from '../../core/errors.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
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

/** The host's code of a trainer's; one that this version does not know is taken for a wrong configuration. */
export function codeOfTrainer(code: string): ErrorCode {
  const found = Object.entries(CODE_OF).find(([name]) => name === code);
  return found?.[1] ?? 'trainer.badConfig';
}

const OUT_OF_MEMORY =
  /CUDA out of memory|OutOfMemoryError|\bMemoryError\b|DefaultCPUAllocator: (?:can't|not enough)/u;
const MISSING_MODULE = /ModuleNotFoundError: No module named '([^']+)'/u;
const IMPORT_ERROR = /^\s*ImportError: (.+)$/u;
const OOM_HINT = sentence`Lower optim.tokenBudget or maxLen, or switch gradient checkpointing on.`;
const RESUMES = sentence`Running again resumes from the last checkpoint.`;

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
  const last = end.logTail.findLast((line) => line.trim() !== '');
  return new AppError('trainer.crashed', endText(end), {
    hint:
      last === undefined
        ? sentence`Its log is empty: ${end.logPath}.`
        : sentence`Its last line: ${last.trim()}`,
    detail,
  });
}

interface Refined {
  readonly code: ErrorCode;
  readonly message: Sentence;
  readonly hint: Sentence;
}

function refine({ exit, logTail }: EndOfRun): Refined | null {
  if (exit.code === 5 || logTail.some((line) => OUT_OF_MEMORY.test(line))) {
    return {
      code: 'trainer.oom',
      message: sentence`The trainer ran out of memory.`,
      hint: OOM_HINT,
    };
  }
  const missing = matchLast(logTail, MISSING_MODULE);
  if (missing !== null) {
    return {
      code: 'trainer.depsMissing',
      message: sentence`The Python environment lacks the package "${missing}".`,
      hint: sentence`Run \`tailor doctor\` for the exact command, or name another interpreter.`,
    };
  }
  const broken = matchLast(logTail, IMPORT_ERROR);
  if (broken !== null) {
    return {
      code: 'trainer.depsMissing',
      message: sentence`A package of the Python environment does not load: ${broken}.`,
      hint: sentence`Run \`tailor doctor\`: it names the package, the version and the command.`,
    };
  }
  if (isSignal(exit, 9, 'SIGKILL')) {
    return {
      code: 'trainer.killed',
      message: sentence`The trainer was killed (signal 9), probably because memory ran out.`,
      hint: joined([OOM_HINT, RESUMES]),
    };
  }
  if (isSignal(exit, 15, 'SIGTERM')) {
    return {
      code: 'trainer.killed',
      message: sentence`The trainer was ended from outside (SIGTERM).`,
      hint: RESUMES,
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

function endText({ exit: { code, signal }, saidHello }: EndOfRun): Sentence {
  if (signal !== null) {
    return saidHello
      ? sentence`The trainer ended without saying why (signal ${signal}).`
      : sentence`The trainer ended before it answered (signal ${signal}).`;
  }
  if (code !== null) {
    return saidHello
      ? sentence`The trainer ended without saying why (exit code ${code}).`
      : sentence`The trainer ended before it answered (exit code ${code}).`;
  }
  return saidHello
    ? sentence`The trainer ended without saying why.`
    : sentence`The trainer ended before it answered.`;
}
