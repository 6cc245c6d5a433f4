import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { isAborted } from '../core/isAborted.ts';
import { cancelled } from '../core/errors.ts';
import { sentence } from '../core/sentence.ts';
import type { ExamRequest, FinishedAttempt, StudentIdentity } from '../core/exam/attempt.ts';
import { LOGIT_TOLERANCE, NEAR_TIE } from '../core/exam/parity.ts';
import { passed, type ParityVerdict } from '../core/exam/parityVerdict.ts';
import type { Student } from '../core/exam/student.ts';
import type { Log, Report, Signal } from '../core/ports.ts';
import { askEngine } from './exam/askEngine.ts';
import { planProcesses, thisMachine, type Machine } from './exam/processPlan.ts';
import { Sitting } from './exam/sitting.ts';
import { exists, requireRecordedWeights, StudentDigests } from './exam/studentDigest.ts';

export interface EngineStudentOptions {
  readonly log?: Log;
  /** For tests; the machine itself by default. */
  readonly machine?: () => Machine;
}

/** The native exam engine as a `Student`: forks one-thread engine processes and hands out items to them. */
export class EngineStudent implements Student {
  private readonly bundle: string;
  private readonly options: EngineStudentOptions;
  private readonly digests = new StudentDigests();

  /** @param bundle Absolute path of dist/engine.cjs. */
  constructor(bundle: string, options: EngineStudentOptions = {}) {
    this.bundle = bundle;
    this.options = options;
  }

  identify(folder: string): Promise<StudentIdentity> {
    return this.digests.identify(folder);
  }

  async sit(
    request: ExamRequest,
    hooks: {
      readonly signal: Signal;
      readonly report: Report;
      onAttempt(attempt: FinishedAttempt): void | Promise<void>;
    },
  ): Promise<void> {
    if (hooks.signal.aborted) throw cancelled();
    if (request.items.length === 0) return;
    const { parameters } = await this.digests.identify(request.student);
    const machine = (this.options.machine ?? thisMachine)();
    const plan = planProcesses(request.items.length, parameters, machine, request.processes);
    // A listener added after the abort would never be called.
    if (isAborted(hooks.signal)) throw cancelled();
    const sitting = new Sitting({
      bundle: this.bundle,
      plan,
      request,
      signal: hooks.signal,
      report: hooks.report,
      log: this.options.log,
      onAttempt: (attempt) => hooks.onAttempt(attempt),
    });
    await sitting.run();
  }

  async checkParity(folder: string, signal: Signal): Promise<ParityVerdict> {
    if (!(await exists(path.join(folder, 'parity.json')))) {
      return { verdict: 'unchecked', by: null };
    }
    const weights = await recordedWeights(folder);
    await requireRecordedWeights(this.digests, folder, weights);
    if (isAborted(signal)) throw cancelled();
    return this.replayParity(folder, weights ?? '', signal);
  }

  private async replayParity(
    folder: string,
    weightsSha256: string,
    signal: Signal,
  ): Promise<ParityVerdict> {
    const found = await askEngine(
      this.bundle,
      {
        ask: { type: 'parity', folder },
        answer: 'parityResult',
        crashed: sentence`The engine process crashed in the parity check.`,
      },
      signal,
    );
    const { maxLogitDelta: max, prompts, nearTies, steps } = found;
    if (nearTies > 0) {
      this.options.log?.info(`parity: ${nearTies} of ${prompts} prompts part at a near tie`);
    }
    return passed({
      by: null,
      weightsSha256,
      ...{ compared: 'logits', prompts, steps, nearTies, told: steps },
      delta: { mean: null, max },
      tolerance: { delta: LOGIT_TOLERANCE, margin: NEAR_TIE, source: 'engine' },
    });
  }
}

/** weightsSha256 of parity.json; null where the file is not readable as that (the engine then says why). */
async function recordedWeights(folder: string): Promise<string | null> {
  try {
    const json: unknown = JSON.parse(await readFile(path.join(folder, 'parity.json'), 'utf8'));
    if (typeof json !== 'object' || json === null || !('weightsSha256' in json)) return null;
    return typeof json.weightsSha256 === 'string' ? json.weightsSha256 : null;
  } catch {
    return null;
  }
}
