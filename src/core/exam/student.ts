import type { Report, Signal } from '../ports.ts';
import type { ExamRequest, FinishedAttempt, StudentIdentity } from './attempt.ts';
import type { ParityVerdict } from './parityVerdict.ts';

/** Port: whoever can sit an exam. The native engine is one adapter, a served student will be another. */
export interface Student {
  /** Digest and engine name of a student folder. Cheap when called again for unchanged files. */
  identify(folder: string): Promise<StudentIdentity>;
  /**
   * Runs the items and hands over each finished one; the promise resolves when all are done.
   * Order is not promised; texts are, whatever the batch. Rejects with `cancelled` within a second of the signal.
   */
  sit(
    request: ExamRequest,
    hooks: {
      readonly signal: Signal;
      readonly report: Report;
      onAttempt(attempt: FinishedAttempt): void | Promise<void>;
    },
  ): Promise<void>;
  /** The same student for the exams of one round, whose requests are counted where they cost something. */
  forRound?(round: number): Student;
  /** Replays the student's parity.json (unchecked where the folder has none); rejects with `student.parity`. */
  checkParity(folder: string, signal: Signal): Promise<ParityVerdict>;
}
