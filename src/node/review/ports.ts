import type { Report } from '../../core/ports.ts';
import type { Text } from '../../core/sentence.ts';
import type { AbortSignalLike } from '../../shared/contract.ts';
import type { Job, Verb } from '../../shared/reviewContract.ts';

/** What happens outside review and its views show: filled by the editor (or a test). */
export interface Outside {
  /** False in Restricted Mode: everything can be read and decided, nothing runs. */
  readonly trusted: boolean;
  readonly job: (Job & { readonly running: 'exam' | 'teach' | 'train' | 'other' }) | null;
  /** Whether the project's teacher can be asked now (a key is there, or none is needed). */
  readonly teacherReady: boolean;
  /** "Rate limited, resumes 14:32", while the teacher asked for a pause. */
  readonly paced: string | null;
  readonly singleKeys: boolean;
}

export interface OpenTarget {
  readonly round: number;
  readonly id: string;
  readonly how: 'diff' | 'my-edit' | 'record' | 'panel' | 'data-line';
  readonly candidate: string | null;
  readonly sample: number | null;
}

/** What the views ask for and only the surroundings can do. */
export interface ReviewActions {
  run(verb: Verb): Promise<void>;
  open(target: OpenTarget): Promise<void>;
  focus(where: 'list' | 'detail' | 'editor' | 'none', selected: string | null): void;
  /** The views' texts in the person's language. */
  strings(): Readonly<Record<string, string>>;
  /** A text in the person's language. */
  said(text: Text): string;
}

/** Does work that takes a while where the surroundings show what runs, and stop it on request. */
export type AsJob = <T>(
  about: { readonly title: string; readonly round: number },
  work: (job: { readonly signal: AbortSignalLike; readonly report: Report }) => Promise<T>,
) => Promise<T>;
