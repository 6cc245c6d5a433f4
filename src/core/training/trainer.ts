import type { Report, Signal } from '../ports.ts';
import type { RunConfig } from './run.ts';
import type { TrainerEvent } from './events.ts';

export interface TrainingResult {
  /** Absolute path of the finished student folder. */
  readonly student: string;
  readonly done: Extract<TrainerEvent, { type: 'done' }>;
}

/** Port: runs or re-attaches to one training run; the run folder (absolute path) is its identity. */
export interface Trainer {
  /**
   * Starts the run in `runFolder`, or follows it where it is alive, or resumes it from its last committed
   * checkpoint, or returns at once where it is done. Aborting the signal asks for a checkpoint and a stop, waits for
   * `cancelled`, then rejects with `cancelled`. With `detach` the run is left alone instead.
   */
  run(
    runFolder: string,
    config: RunConfig,
    hooks: {
      readonly signal: Signal;
      readonly report: Report;
      readonly detachOnAbort?: boolean;
      /** Follows a run that is alive, or returns one that is done; starts none (`trainer.notRunning`). */
      readonly attachOnly?: boolean;
      onEvent?(event: TrainerEvent): void;
    },
  ): Promise<TrainingResult>;
}
