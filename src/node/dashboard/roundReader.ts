import { join } from 'node:path';
import type { RecordedDecision } from '../../core/curation/activeDecisions.ts';
import type { Curation } from '../../core/curation/curation.ts';
import { textOf } from '../../core/errors.ts';
import {
  ServedFold,
  servedExams,
  servedRecordSchema,
  type ServedSpending,
} from '../../core/exam/servedSpending.ts';
import type {
  PictureExam,
  PictureRound,
  PictureRun,
  PictureSet,
} from '../../core/report/picture.ts';
import { spentInAll, TeachingFold } from '../../core/report/teaching.ts';
import { roundsUpTo } from '../../core/round/opinionItems.ts';
import { opinionSummary, type OpinionSummary } from '../../core/round/opinionSummary.ts';
import type { RoundState } from '../../core/round/state.ts';
import type { Text } from '../../core/sentence.ts';
import { teacherRecordSchema } from '../../core/teaching/records.ts';
import type { ProjectStore } from '../project/projectStore.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { ExamReader } from './examReader.ts';
import { stampUnder, type Stamps } from './fileStamps.ts';
import { foldJournals } from './foldJournals.ts';
import { FrozenReader } from './frozenReader.ts';
import { RunFigures } from './runFigures.ts';
import type { ListedRun } from '../trainer/listRuns.ts';

interface RoundToRead {
  readonly store: ProjectStore;
  readonly state: RoundState;
  /** With the questions as their files have them. */
  readonly sets: readonly PictureSet[];
  readonly curation: Curation;
  readonly curationStamp: string;
  /** What was decided up to a round. */
  readonly curationUpTo: (round: number) => Promise<Curation>;
  readonly stamps: Stamps;
  /** By round. */
  readonly events: readonly (readonly RecordedDecision[])[];
  readonly decisions: PictureRound['decisions'];
  /** When the process that now asks a teacher began; null where none does. */
  readonly asking: string | null;
  /** Of all rounds. */
  readonly runs: readonly ListedRun[];
}

type Taught = PictureRound['taught'];

interface KeptTaught {
  readonly stamp: string;
  readonly asking: string | null;
  readonly read: Taught;
}

interface KeptOpinions {
  readonly stamp: string;
  readonly store: ProjectStore;
  readonly questions: PictureSet['questions'] | undefined;
  readonly read: OpinionSummary | null;
}

/** Reads rounds, each part of each again only when its files change. */
export class RoundReader {
  readonly #exams: ExamReader;
  readonly #taught = new Map<number, KeptTaught>();
  readonly #opinions = new Map<number, KeptOpinions>();
  readonly #served = new Map<
    number,
    { readonly stamp: string; readonly read: ServedSpending | null }
  >();
  readonly #frozen = new FrozenReader();
  readonly #figures = new Map<string, RunFigures>();
  readonly #onBad: (bad: BadLine) => void;

  constructor(onBad: (bad: BadLine) => void) {
    this.#onBad = onBad;
    this.#exams = new ExamReader(onBad);
  }

  /** A part that cannot be read becomes a note. */
  async read(about: RoundToRead, notes: Text[], signal: AbortSignal): Promise<PictureRound> {
    const { store, state, sets, stamps, decisions } = about;
    const { round } = state;
    const folder = store.roundFolder(round);
    const exams = new Map<string, PictureExam>();
    let examTokens = 0;
    for (const { name: set, role, questions } of sets) {
      const exam = state.exams[set];
      if (exam === undefined) continue;
      const { curation, curationStamp } = about;
      const wanted = { folder: join(folder, 'exam'), set, role, exam, questions };
      try {
        const read = await this.#exams.read({ ...wanted, curation, curationStamp, stamps }, signal);
        exams.set(set, read.exam);
        examTokens += read.tokens;
      } catch (error) {
        signal.throwIfAborted();
        notes.push(textOf(error));
      }
    }
    const manifest = await store.manifest(round).catch((error: unknown) => {
      notes.push(textOf(error));
      return null;
    });
    const events = about.events.slice(0, round + 1);
    const frozen =
      manifest &&
      (await this.#frozen
        .read({ round, folder, manifest, events, stamps })
        .catch((error: unknown) => {
          notes.push(textOf(error));
          return null;
        }));
    const taught = await this.#readTaught(about, folder);
    const opinions = await this.#readOpinions(about).catch((error: unknown) => {
      signal.throwIfAborted();
      notes.push(textOf(error));
      return null;
    });
    const engines = Object.values(state.exams).map(({ form }) => form?.engine);
    const served = servedExams(engines, await this.#readServed(about, folder));
    const { trainTokens, ...runs } = await this.#runsOf(about);
    const tokens = {
      // What a server wrote stands in its own records.
      ...(served === null && examTokens > 0 ? { exam: examTokens } : {}),
      ...(trainTokens === null ? {} : { train: trainTokens }),
    };
    const parts = { round, state, exams, manifest, frozen, taught, opinions, served };
    return { ...parts, decisions, tokens, ...runs };
  }

  async #runsOf({
    store,
    runs: all,
    state,
  }: RoundToRead): Promise<
    Pick<PictureRound, 'runs' | 'peakMemoryMB'> & { readonly trainTokens: number | null }
  > {
    const runs: PictureRun[] = [];
    let chosen: RunFigures | null = null;
    for (const run of all.filter(({ round }) => round === state.round)) {
      const figures = this.#figures.get(run.folder) ?? new RunFigures(run, store.root);
      this.#figures.set(run.folder, figures);
      await figures.look();
      runs.push({ runId: run.runId, state: run.state, from: figures.from, made: figures.made });
      if (run.runId === state.training?.runId) chosen = figures;
    }
    const { peakMemoryMB = null, tokens: trainTokens = null } = chosen ?? {};
    return { runs: runs.sort((a, b) => (a.runId < b.runId ? -1 : 1)), peakMemoryMB, trainTokens };
  }

  async #readServed(
    { state: { round }, stamps }: RoundToRead,
    folder: string,
  ): Promise<ServedSpending | null> {
    const place = join(folder, 'served');
    const stamp = stampUnder(stamps, place);
    const kept = this.#served.get(round);
    if (kept?.stamp === stamp) return kept.read;
    const fold = new ServedFold();
    await foldJournals({
      folder: place,
      prefix: '',
      schema: servedRecordSchema,
      onBad: this.#onBad,
      take: (record) => fold.take(record),
    });
    const read = fold.spending();
    this.#served.set(round, { stamp, read });
    return read;
  }

  /** As `tailor status` tells them: by what was decided up to this round. */
  async #readOpinions(about: RoundToRead): Promise<OpinionSummary | null> {
    const { store, stamps, sets } = about;
    const { round } = about.state;
    const folders = roundsUpTo(round).map((of) => store.roundFolder(of));
    const journals = folders.map((folder) => join(folder, 'teacher', 'opinions.'));
    if (journals.every((prefix) => stampUnder(stamps, prefix) === '')) return null;
    const stamp = folders
      .flatMap((folder) => [join(folder, 'teacher'), join(folder, 'decisions')])
      .map((place) => stampUnder(stamps, place))
      .join('\n');
    const questions = sets.find(({ role }) => role === 'train')?.questions;
    const kept = this.#opinions.get(round);
    const isSame = kept?.stamp === stamp && kept.store === store && kept.questions === questions;
    if (kept && isSame) return kept.read;
    const read = await opinionSummary(store, round, await about.curationUpTo(round));
    this.#opinions.set(round, { stamp, store, questions, read });
    return read;
  }

  async #readTaught({ state, stamps, asking }: RoundToRead, folder: string): Promise<Taught> {
    const { round } = state;
    const place = join(folder, 'teacher');
    const stamp = stampUnder(stamps, place);
    const kept = this.#taught.get(round);
    // A process that is gone leaves what it waited for behind: that is lost then, though no file says so.
    const stands = kept?.asking === asking || (kept && !isUnderWay(kept.read));
    if (kept?.stamp === stamp && stands) return kept.read;
    const fold = new TeachingFold(asking);
    await foldJournals({
      folder: place,
      prefix: '',
      schema: teacherRecordSchema,
      onBad: this.#onBad,
      take: (record) => fold.take(record),
    });
    const read = { spent: fold.spent(), items: fold.items(), judged: fold.judged() };
    this.#taught.set(round, { stamp, asking, read });
    return read;
  }
}

/** Whether a reply is waited for: that can end without any file's changing. */
export function isUnderWay({ spent }: Taught): boolean {
  return spentInAll(spent).underWay > 0;
}
