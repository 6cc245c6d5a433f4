import { execa } from 'execa';
import type { Signal } from '../../core/ports.ts';
import { cancelled } from '../../core/errors.ts';

export interface ShortCommand {
  /** Absolute path of the executable; never looked up in the working folder or on PATH. */
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly timeoutMs: number;
  readonly signal?: Signal | undefined;
}

export interface ShortResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when the program did not run to its end by itself. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
}

const MAX_OUTPUT_CHARACTERS = 1_000_000;

/** Runs a program that answers quickly, without a shell, and never outlives its time-out or the signal. */
export async function runShortCommand(command: ShortCommand): Promise<ShortResult> {
  if (command.signal?.aborted === true) throw cancelled();
  const abort = new AbortController();
  const onAbort = (): void => abort.abort();
  command.signal?.addEventListener('abort', onAbort);
  try {
    const result = await execa(command.file, command.args, {
      cwd: command.cwd,
      env: command.env,
      extendEnv: false,
      stdin: 'ignore',
      reject: false,
      timeout: command.timeoutMs,
      forceKillAfterDelay: 2000,
      maxBuffer: MAX_OUTPUT_CHARACTERS,
      cancelSignal: abort.signal,
      windowsHide: true,
    });
    if (result.isCanceled) throw cancelled();
    return {
      stdout: result.stdout,
      stderr:
        result.stderr === '' && result.exitCode === undefined
          ? (result.shortMessage ?? '')
          : result.stderr,
      exitCode: result.exitCode ?? null,
      timedOut: result.timedOut,
    };
  } finally {
    command.signal?.removeEventListener('abort', onAbort);
  }
}
