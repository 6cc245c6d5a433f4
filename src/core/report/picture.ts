import type { RoundView, SetRole } from '../../shared/dashboardContract.ts';
import type { Curation } from '../curation/curation.ts';
import type { Question } from '../dataset/question.ts';
import type { ExamForm } from '../exam/examForm.ts';
import type { ParityVerdict } from '../exam/parityVerdict.ts';
import type { ServedExams } from '../exam/servedSpending.ts';
import type { Looks } from '../round/looks.ts';
import type { OpinionSummary } from '../round/opinionSummary.ts';
import type { Manifest } from '../round/frozen.ts';
import type { RoundState } from '../round/state.ts';
import type { Rate } from '../round/statistics.ts';
import type { Text } from '../sentence.ts';
import type { Prices } from '../teaching/prices.ts';
import type { SetOverlap, TrainedText } from './overlaps.ts';
import type { SeenRow } from './seenRow.ts';
import type { ExamTally } from './tally.ts';
import type { Judged, Spent, TaughtItem } from './teaching.ts';

/** A set of questions, with the texts and golds that count now. */
export interface PictureSet {
  readonly name: string;
  readonly role: SetRole;
  readonly questions: readonly Question[];
  readonly byId: ReadonlyMap<string, Question>;
}

/** A recorded exam with what its answers come to. */
export interface PictureExam {
  readonly set: string;
  readonly role: SetRole;
  readonly tally: ExamTally;
  readonly accuracy: Rate;
  /** Not known in older files. */
  readonly form: ExamForm | undefined;
  readonly parity: ParityVerdict | undefined;
}

export interface PictureRun {
  readonly runId: string;
  readonly state: string;
  /** Digest of the student that it began with; null where its run.json does not tell. */
  readonly from: string | null;
  /** The student that it made, where that is finished and its weights are still there. */
  readonly made: { readonly name: string; readonly digest: string } | null;
}

/** A round's training set, as its rows are in its file. */
export interface PictureFrozen {
  readonly rows: readonly SeenRow[];
  /** Questions that somebody left out of this round, as far as the freeze knew. */
  readonly leftOut: ReadonlySet<string>;
  /** The student's own right attempts among the rationales. */
  readonly own: readonly TrainedText[];
}

/** One round, as its files tell it. */
export interface PictureRound {
  readonly round: number;
  readonly state: RoundState;
  /** In the order of the project's sets. */
  readonly exams: ReadonlyMap<string, PictureExam>;
  readonly manifest: Manifest | null;
  /** Null where nothing is frozen or its rows cannot be read. */
  readonly frozen: PictureFrozen | null;
  readonly taught: {
    /** By teacher profile. */
    readonly spent: ReadonlyMap<string, Spent>;
    readonly items: readonly TaughtItem[];
    /** Of that, what second opinions of them took. */
    readonly judged?: Judged;
  };
  /** What second opinions of its rationales come to; null or absent where none has a score. */
  readonly opinions?: OpinionSummary | null;
  /** What its exams took at a server; null where none sat them. */
  readonly served: ServedExams | null;
  readonly decisions: RoundView['decisions'];
  /** By stage, of those that are known. */
  readonly tokens: RoundView['tokens'];
  /** Largest memory of the trainer in MB; null = unknown. */
  readonly peakMemoryMB: number | null;
  readonly runs: readonly PictureRun[];
}

/** A project as its files tell it: what the Dashboard shows and `tailor report` writes. */
export interface Picture {
  readonly project: string;
  readonly labels: readonly Text[];
  readonly sets: readonly PictureSet[];
  readonly rounds: readonly PictureRound[];
  readonly curation: Curation;
  /** How often the test set was looked at; null without a test set. */
  readonly looks: Looks | null;
  /** What is trained on beside what is examined; null while that is not looked at yet. */
  readonly overlaps: readonly SetOverlap[] | null;
  /** Prices by teacher profile, as this person keeps them. */
  readonly prices: ReadonlyMap<string, Prices>;
  /** Where reading was not complete. */
  readonly notes: readonly Text[];
}

/** The exam of a set in a round; undefined where there is none. */
export function examIn(picture: Picture, round: number, set: string): PictureExam | undefined {
  return picture.rounds.find((one) => one.round === round)?.exams.get(set);
}
