import { compareSteps, defaultPair, type Compared } from '../../core/report/comparison.ts';
import { pictureStateSteps, withLive, type PictureState } from '../../core/report/dashboard.ts';
import { listed, listOf, type QuestionList } from '../../core/report/lists.ts';
import { examIn, type Picture } from '../../core/report/picture.ts';
import { AppError, textOf } from '../../core/errors.ts';
import { sentence, type Text } from '../../core/sentence.ts';
import type { DashboardState, ListedQuestion, ListName } from '../../shared/dashboardContract.ts';
import type { TrainingText } from '../../shared/trainingStrings.ts';
import { runPaced } from '../review/pace.ts';
import { TrainingView } from '../trainer/trainingView.ts';
import { OverlapFinder } from './overlapFinder.ts';
import { PictureReader, type PictureOptions } from './pictureReader.ts';

export interface DashboardOptions extends PictureOptions {
  readonly project: string;
  /** Of the embedded training. */
  readonly strings: Readonly<Record<TrainingText, string>>;
  /** Finds the words of a sentence in the person's language; English when absent. */
  readonly say?: (text: Text) => string;
  /** How often a training is looked at, and at most how often listeners hear; the files every fourth time. */
  readonly pollMs?: number;
  /** Ends the first reading; afterwards `dispose` does. */
  readonly signal?: AbortSignal;
}

/** The Dashboard at one moment. */
export interface Moment {
  readonly state: DashboardState;
  readonly picture: Picture;
  readonly compared: Compared | null;
}

const DONE = Promise.resolve();

interface Pair {
  readonly from: number;
  readonly to: number;
  readonly set: string;
}

const POLL_MS = 500;
const FILES_EVERY = 4;
/** So many times as long as reading took nothing is read again: what grows at all times must not take all the time. */
const REST = 10;

/** A project's rounds as the Dashboard shows them, made from its files alone, and again when they change. */
export class DashboardView {
  readonly #options: DashboardOptions;
  readonly #say: (text: Text) => string;
  readonly #reader: PictureReader;
  readonly #training: TrainingView;
  readonly #overlaps = new OverlapFinder();
  readonly #listeners = new Set<(state: DashboardState) => void>();
  readonly #abort = new AbortController();
  #picture: Picture;
  /** What is shown of it, made once: a training tells of itself twice a second. */
  #files: PictureState;
  /** The pair that a person picked; null follows the newest. */
  #picked: Pair | null = null;
  #compared: Compared | null = null;
  #failure: Text | null = null;
  #rev = 0;
  #shown = '';
  #restUntil = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #waits = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(
    options: DashboardOptions,
    parts: {
      reader: PictureReader;
      training: TrainingView;
      picture: Picture;
      files: PictureState;
    },
  ) {
    this.#options = options;
    this.#say = options.say ?? String;
    this.#reader = parts.reader;
    this.#training = parts.training;
    this.#picture = parts.picture;
    this.#files = parts.files;
  }

  /** Reads the project and keeps up with it until disposed. Throws where its tailor.json cannot be read. */
  static async open(options: DashboardOptions): Promise<DashboardView> {
    const reader = new PictureReader(options);
    const signal = options.signal ?? new AbortController().signal;
    const picture = await reader.read(signal);
    const files = await runPaced(pictureStateSteps(picture, options.say ?? String), signal);
    const training = await TrainingView.open(options);
    const view = new DashboardView(options, { reader, training, picture, files });
    await view.#compare();
    view.#tell();
    // Not awaited: the rounds are shown meanwhile. Ends when the view is disposed.
    view.#inTurn(() => view.#findOverlaps()).catch(() => undefined);
    training.onSnapshot(() => view.#tellSoon());
    void view.#follow();
    return view;
  }

  /** The files as they were read last: what a report is written from. */
  get picture(): Picture {
    return this.#picture;
  }

  /** What is shown, and what it was made of: read one after the other, the second may be newer than the first. */
  moment(): Moment {
    return { state: this.snapshot(), picture: this.#picture, compared: this.#compared };
  }

  snapshot(): DashboardState {
    return this.#stateOf(this.#rev);
  }

  #stateOf(rev: number): DashboardState {
    const snapshot = this.#training.snapshot();
    const training = snapshot.runId === null ? null : snapshot;
    const failed = this.#failure === null ? [] : [this.#say(this.#failure)];
    const { probes } = this.#training;
    const beside = { rev, compared: this.#compared, training, probes };
    const state = withLive(this.#files, this.#picture, beside, this.#say);
    const rounds = withRuns(state.rounds, snapshot.runs);
    return { ...state, rounds, notes: [...failed, ...state.notes] };
  }

  onState(listener: (state: DashboardState) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Compares two other rounds, or another set; resolves with the revision that shows it. */
  async compare(from: number, to: number, set: string): Promise<number> {
    const exams = [from, to].map((round) => examIn(this.#picture, round, set));
    if (from === to || exams.includes(undefined)) {
      throw new AppError(
        'round.notReady',
        sentence`Two different rounds with an exam on ${set} are needed.`,
      );
    }
    return this.#inTurn(async () => {
      this.#picked = { from, to, set };
      await this.#compare();
      this.#tell();
      return this.#rev;
    });
  }

  /** A page of the questions behind a number. */
  async list(
    list: ListName,
    from: number,
    count: number,
  ): Promise<{ total: number; questions: ListedQuestion[] }> {
    return listed(this.#picture, await this.questionsOf(list), { from, count });
  }

  /** All ids behind a number. */
  async questionsOf(list: ListName): Promise<QuestionList> {
    return listOf(this.#picture, list, await this.#comparedFor(list));
  }

  /** Shows another training run; the newest is followed again once it is picked. */
  async showRun(round: number, runId: string): Promise<number> {
    await this.#training.show(round, runId);
    this.#tell();
    return this.#rev;
  }

  /** Looks at the files now; tests and whoever has just changed them need not wait. */
  look(): Promise<void> {
    return this.#inTurn(() => this.#look());
  }

  /** Resolves when everything is known that the files say, contamination included. */
  async settled(): Promise<void> {
    await this.#inTurn(() => (this.#picture.overlaps === null ? this.#findOverlaps() : DONE));
  }

  dispose(): void {
    this.#abort.abort();
    this.#training.dispose();
    this.#listeners.clear();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #follow(): Promise<void> {
    const { clock, pollMs = POLL_MS } = this.#options;
    const { signal } = this.#abort;
    for (;;) {
      await clock.sleep(pollMs * FILES_EVERY, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (clock.now() < this.#restUntil) continue;
      await this.look().catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const { clock } = this.#options;
    const began = clock.now();
    if (!(await this.#reader.hasChanged())) return;
    try {
      const { signal } = this.#abort;
      const read = await this.#reader.read(signal);
      this.#files = await runPaced(pictureStateSteps(read, this.#say), signal);
      this.#picture = { ...read, overlaps: this.#overlaps.known(read) };
      this.#failure = null;
      await this.#compare();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      // A project file in the middle of an edit: what was shown stays, and the reason is said.
      this.#failure = textOf(error);
    }
    this.#tell();
    if (this.#picture.overlaps === null) await this.#findOverlaps();
    this.#restUntil = clock.now() + REST * (clock.now() - began);
  }

  /** After everything else: the rounds are shown meanwhile. Looked at again only where its texts are others. */
  async #findOverlaps(): Promise<void> {
    const { signal } = this.#abort;
    const picture = this.#picture;
    const overlaps = await this.#overlaps.find(picture, signal);
    if (signal.aborted) return;
    this.#picture = { ...picture, overlaps };
    this.#tell();
  }

  async #compare(): Promise<void> {
    const { signal } = this.#abort;
    const picked = this.#picked;
    const found = picked && (await runPaced(compareSteps(this.#picture, picked), signal));
    if (found) {
      this.#compared = found;
      return;
    }
    // What was picked is gone: the newest pair is shown again.
    this.#picked = null;
    const pair = defaultPair(this.#picture);
    this.#compared = pair && (await runPaced(compareSteps(this.#picture, pair), signal));
  }

  async #comparedFor(list: ListName): Promise<Compared | null> {
    if (list.kind !== 'change') return null;
    const { from, to, set } = list;
    const now = this.#compared;
    if (now?.from === from && now.to === to && now.exam.set === set) return now;
    return runPaced(compareSteps(this.#picture, { from, to, set }), this.#abort.signal);
  }

  /** At most once in each look at a training: what came meanwhile is told with the next. */
  #tellSoon(): void {
    if (this.#waits) return;
    const { clock, pollMs = POLL_MS } = this.#options;
    const left = this.#toldAt + pollMs - clock.now();
    if (left <= 0) {
      this.#tell();
      return;
    }
    this.#waits = true;
    const { signal } = this.#abort;
    void clock.sleep(left, signal).then(
      () => {
        this.#waits = false;
        this.#tell();
      },
      () => undefined,
    );
  }

  /** A new revision only where something that is shown is different. */
  #tell(): void {
    const state = this.#stateOf(this.#rev + 1);
    const shown = JSON.stringify({ ...state, rev: 0 });
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#rev += 1;
    this.#toldAt = this.#options.clock.now();
    for (const listener of [...this.#listeners]) listener(state);
  }
}

interface RunNow {
  readonly round: number;
  readonly runId: string;
  readonly state: string;
}

/** The rounds with their runs as they stand now: a run ends without any other file's changing. */
function withRuns(
  rounds: DashboardState['rounds'],
  runs: readonly RunNow[],
): DashboardState['rounds'] {
  const now = new Map(runs.map(({ round, runId, state }) => [`${round}/${runId}`, state]));
  return rounds.map((one) => ({
    ...one,
    runs: one.runs.map((run) => ({
      ...run,
      state: now.get(`${one.round}/${run.runId}`) ?? run.state,
    })),
  }));
}
