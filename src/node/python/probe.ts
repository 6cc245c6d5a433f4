import * as z from 'zod';
import { AppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Signal } from '../../core/ports.ts';
import { childEnvironment } from '../childEnvironment.ts';
import { bridgeCommand } from './bridge.ts';
import { fitSchema } from './fit.ts';
import type { PythonEnvironment } from './findPython.ts';
import { runShortCommand } from './shortCommand.ts';

/** The JSON object that `tailor_bridge probe` prints. Members that this reader does not know are left alone. */
export const probeSchema = z.object({
  v: z.literal(1),
  python: z.string(),
  /** Installed version by package name; null where it is missing. */
  packages: z.record(z.string(), z.string().nullable()),
  /** Asked for with `fit`; null where the student cannot be read. */
  fit: fitSchema.nullish(),
  problems: z.array(z.object({ code: z.string(), message: z.string(), fix: z.string() })),
});
export type Probe = z.infer<typeof probeSchema>;

/** A student and how it would be trained; its rows are taken to be as long as they may get. */
export interface FitQuestion {
  /** Absolute folder. */
  readonly student: string;
  readonly mode: string;
  readonly maxLen: number;
  readonly tokenBudget: number;
  readonly precision: string;
  readonly gradCheckpoint: boolean;
  /** Of each computer. */
  readonly processes: number;
  readonly machines: number;
  /** Absolute path of a configuration file of accelerate; it and the mode need packages of their own. */
  readonly accelerate: string | null;
}

export interface ProbePython {
  /** The folder that holds launch.py and tailor_bridge/. */
  readonly bundle: string;
  /** Also asks torch for its devices, which takes seconds. */
  readonly devices?: boolean;
  /** Settings of a project: whether its student fits this computer. */
  readonly fit?: FitQuestion | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly signal?: Signal;
}

const PROBE_TIMEOUT_MS = 120_000;

/** Asks an interpreter what it has and what it lacks for training. */
export async function probePython(python: PythonEnvironment, options: ProbePython): Promise<Probe> {
  const args = [
    'probe',
    ...(options.devices === true ? ['--devices'] : []),
    ...(options.fit === undefined ? [] : ['--fit', JSON.stringify(options.fit)]),
  ];
  const result = await runShortCommand({
    ...bridgeCommand(python, options.bundle, args),
    env: childEnvironment(options.environment ?? process.env),
    timeoutMs: PROBE_TIMEOUT_MS,
    signal: options.signal,
  });
  const probe = parseProbe(result.stdout);
  if (probe !== null) return probe;
  const last = result.stderr.trim().split('\n').at(-1) ?? '';
  const reason = result.timedOut
    ? sentence`no answer within ${PROBE_TIMEOUT_MS / 1000} s`
    : last === ''
      ? sentence`nothing`
      : last;
  throw new AppError('trainer.depsMissing', sentence`${python.python} could not be examined.`, {
    hint: sentence`It said: ${reason}`,
    detail: { exitCode: result.exitCode, stderr: result.stderr.slice(-4000) },
  });
}

function parseProbe(stdout: string): Probe | null {
  try {
    return probeSchema.safeParse(JSON.parse(stdout)).data ?? null;
  } catch {
    return null;
  }
}

/** A finding for `tailor doctor`. */
export interface DoctorFact {
  readonly problem: string;
  readonly fix: string;
}

/** What stands between this interpreter and training, each with its remedy; empty when nothing does. */
export function doctorFacts(probe: Probe): DoctorFact[] {
  return probe.problems.map(({ message, fix }) => ({ problem: message, fix }));
}
