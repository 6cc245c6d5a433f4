import type { Decision } from '../curation/decision.ts';
import type { RecordedDecision } from '../curation/activeDecisions.ts';
import type { Question } from '../dataset/question.ts';
import type { Attempt, FinishedAttempt } from '../exam/attempt.ts';
import type { GradedAttempt } from '../curation/negatives.ts';
import type { ProjectFile } from '../project/projectFile.ts';
import type { Opinion, TeacherRecord, TeachingItem } from '../teaching/records.ts';
import type { FrozenRow, Manifest } from './frozen.ts';
import type { RecordedLook } from './looks.ts';
import type { ServedSpending } from '../exam/servedSpending.ts';
import type { RoundSpending } from './spending.ts';
import type { RoundState } from './state.ts';

/** An open exam file: append-only, closed when the exam stops for whatever reason. */
export interface ExamWriter {
  append(attempt: FinishedAttempt): Promise<void>;
  close(): Promise<void>;
}

export interface TeachingWriter {
  append(item: TeachingItem): Promise<void>;
  close(): Promise<void>;
}

export interface OpinionWriter {
  append(opinion: Opinion): Promise<void>;
  close(): Promise<void>;
}

/** Port: a project on disk. Reading merges all writers' files; writing goes to this process's own. */
export interface RoundStore {
  readonly project: ProjectFile;
  questions(set: string): Promise<readonly Question[]>;
  /** The fixed text before every prompt; '' without one. */
  head(): Promise<string>;
  /** Absolute path of a path of the project file or of a round's state. */
  absolute(relative: string): string;
  rounds(): Promise<readonly number[]>;
  state(round: number): Promise<RoundState | null>;
  saveState(state: RoundState): Promise<void>;
  attempts(round: number, set: string): Promise<readonly Attempt[]>;
  openExam(round: number, set: string, fingerprint: string): Promise<ExamWriter>;
  saveGrades(round: number, grades: readonly GradedAttempt[]): Promise<void>;
  items(round: number): Promise<readonly TeachingItem[]>;
  openTeaching(round: number): Promise<TeachingWriter>;
  /** Everything that a round's teacher journals hold: requests, replies, failures, items. */
  teacherRecords(round: number): Promise<readonly TeacherRecord[]>;
  /** What teachers said of rationales in a round, each draw once. */
  opinions(round: number): Promise<readonly Opinion[]>;
  openOpinions(round: number): Promise<OpinionWriter>;
  /** What the teacher's journals of a round say was sent and paid. */
  spending(round: number): Promise<RoundSpending>;
  /** What the journals of a round's exams say was asked of servers; null where they say nothing. */
  served(round: number): Promise<ServedSpending | null>;
  decisions(round: number): Promise<readonly RecordedDecision[]>;
  decide(round: number, decisions: readonly Decision[]): Promise<void>;
  /** Looks at the test set that were asked for in this round. */
  looks(round: number): Promise<readonly RecordedLook[]>;
  manifest(round: number): Promise<Manifest | null>;
  frozenRows(round: number): Promise<readonly FrozenRow[]>;
  /** Writes train.jsonl, hashes it and the inputs, writes the manifest last. Refuses a frozen round. */
  freeze(
    round: number,
    rows: readonly FrozenRow[],
    manifest: Omit<Manifest, 'trainSha256' | 'inputs'>,
  ): Promise<Manifest>;
  /** What a run of this round was begun with, with the project's own paths relative to it; null where there is none. */
  runConfig(round: number, runId: string): Promise<unknown>;
  /** Whether a run is alive or done or has a checkpoint: what else was begun can be given up and nothing is lost. */
  runBinds(round: number, runId: string): Promise<boolean>;
  /** Seconds that a run's trainer was at work so far, by its own records; 0 where it never started. */
  runSeconds(round: number, runId: string): Promise<number>;
  /** Absolute folder of a training run of this round. */
  runFolder(round: number, runId: string): string;
  /** Absolute path of a finished student to be, by id. */
  studentFolder(studentId: string): { absolute: string; relative: string };
}
