import type { Clock, Log, Report, Signal } from '../ports.ts';
import type { Student } from '../exam/student.ts';
import type { Prices } from '../teaching/prices.ts';
import type { Teacher } from '../teaching/teacher.ts';
import type { Trainer } from '../training/trainer.ts';
import type { PromptTemplate } from '../teaching/templates.ts';
import type { RoundStore } from './store.ts';

/** A teacher opened for one round's teaching: its journal and budget are that round's. */
export interface OpenTeacher {
  readonly teacher: Teacher;
  /** Questions asked at the same time; pacing is the client's. */
  readonly concurrency: number;
  /** What its tokens cost, where the person's profile says so. */
  readonly prices?: Prices | undefined;
  close(): Promise<void>;
}

/** Everything the loop needs from the world. */
export interface LoopPorts {
  readonly store: RoundStore;
  readonly student: Student;
  readonly trainer: Trainer;
  openTeacher(round: number): Promise<OpenTeacher>;
  templates(): Promise<{ readonly annotate: PromptTemplate; readonly feedback: PromptTemplate }>;
  readonly clock: Clock;
  readonly log: Log;
  readonly report: Report;
  readonly signal: Signal;
}
