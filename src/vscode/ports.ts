import type { Progress } from '../core/ports.ts';
import type { Disposable } from './disposableStore.ts';

/** A project of the workspace. */
export interface ProjectRef {
  /** Absolute folder of its tailor.json. */
  readonly root: string;
  readonly name: string;
}

/** The projects of the workspace and the one that commands and views mean. */
export interface Projects {
  readonly all: readonly ProjectRef[];
  readonly current: ProjectRef | null;
  select(root: string): void;
  /** The current one; asks where there are several and none was chosen; throws `project.missing` without one. */
  pick(): Promise<ProjectRef>;
  onDidChange(listener: () => void): Disposable;
}

export type Stage = 'exam' | 'teach' | 'curate' | 'freeze' | 'train' | 'round' | 'other';

/** What calls of a teacher take; `money` where the round has a limit in it. */
export interface Cost {
  readonly requests: number;
  readonly tokens: number;
  readonly money?: number;
}

/** One piece of long work in this window. */
export interface JobState {
  readonly root: string;
  readonly stage: Stage;
  readonly round: number | null;
  readonly title: string;
  readonly progress: Progress | null;
  readonly startedAt: number;
  readonly stopping: boolean;
  /** What the teacher's calls of this round have cost so far, and what may still be spent. */
  readonly spent: Cost | null;
  readonly left: Cost | null;
  /** Of the money, where the round has a limit in it. */
  readonly currency: string | null;
  /** Until when the teacher asked us to wait; null when it did not. */
  readonly pausedUntil: number | null;
}

/** Long work: one at a time in a project, visible everywhere, stoppable. */
export interface Jobs {
  readonly current: JobState | null;
  onDidChange(listener: () => void): Disposable;
  stop(): Promise<void>;
}
