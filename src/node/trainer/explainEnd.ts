import { AppError, cancelled } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Clock } from '../../core/ports.ts';
import { classifyEnd, type ExitFacts } from './classify.ts';
import type { Outcome } from './follow.ts';
import { readLogTail } from './logTail.ts';
import { readExit, type RunPaths } from './runFolder.ts';

export interface EndFacts {
  readonly paths: RunPaths;
  readonly attempt: number;
  readonly logOffset: number;
  readonly outcome: Outcome;
  readonly saidHello: boolean;
  readonly askedToStop: boolean;
  /** The stop ladder had to send a signal: the end is its doing. */
  readonly signalled: boolean;
  readonly clock: Clock;
}

const EXIT_FILE_MS = 2000;
const EXIT_POLL_MS = 50;

/** The error with which `run` rejects after an end other than `done`. */
export async function explainEnd(facts: EndFacts): Promise<AppError> {
  const { outcome, paths } = facts;
  if (outcome.kind === 'noHello') {
    return new AppError(
      'trainer.noHello',
      sentence`The trainer has not answered since it was started.`,
      {
        hint: sentence`It is left running; run again to go on waiting, or look into ${paths.log}.`,
        detail: { log: (await readLogTail(paths.log, facts.logOffset)).join('\n') },
      },
    );
  }
  if (outcome.kind === 'terminal' && outcome.event.type === 'cancelled') {
    return facts.askedToStop ? cancelled() : stoppedByAnother();
  }
  const record =
    outcome.kind === 'terminal' && outcome.event.type === 'error' ? outcome.event : null;
  // Ended by the ladder: whatever the supervisor makes of it, the person asked for it. A crash while it wrote its
  // checkpoint is another matter: that work is lost and must be said.
  if (facts.signalled && (record === null || record.code === 'INTERNAL')) return cancelled();
  const exit =
    record === null || record.code === 'INTERNAL'
      ? ((await workerExit(facts)) ?? (outcome.kind === 'exited' ? outcome.exit : UNSEEN))
      : UNSEEN;
  return classifyEnd({
    exit,
    logTail: await readLogTail(paths.log, facts.logOffset),
    record,
    saidHello: facts.saidHello,
    logPath: paths.log,
  });
}

const UNSEEN: ExitFacts = { code: null, signal: null };

function stoppedByAnother(): AppError {
  return new AppError('trainer.cancelled', sentence`The training was stopped from elsewhere.`, {
    hint: sentence`Run again to resume from the checkpoint it left.`,
  });
}

/** exit.json of this attempt; the supervisor may write it a moment after the terminal record. */
async function workerExit(facts: EndFacts): Promise<ExitFacts | null> {
  const patience = facts.outcome.kind === 'terminal' ? EXIT_FILE_MS : 0;
  for (let waited = 0; ; waited += EXIT_POLL_MS) {
    const exit = await readExit(facts.paths);
    if (exit?.attempt === facts.attempt) return exit;
    if (waited >= patience) return null;
    await facts.clock.sleep(EXIT_POLL_MS);
  }
}
