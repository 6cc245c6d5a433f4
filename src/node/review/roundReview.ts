import type { RecordedDecision } from '../../core/curation/activeDecisions.ts';
import type { Curation } from '../../core/curation/curation.ts';
import { cancelled } from '../../core/errors.ts';
import { ReviewIndex } from '../../core/curation/queue.ts';
import { reviewItems, type ReviewItem, type RoundOutcome } from '../../core/curation/reviewItem.ts';
import type { RecordedAgain } from '../../core/exam/again.ts';
import type { Question } from '../../core/dataset/question.ts';
import { chooseByHash, heldOut } from '../../core/round/exam.ts';
import { gradeStored } from '../../core/round/grading.ts';
import type { RoundState } from '../../core/round/state.ts';
import type { TeachingItem } from '../../core/teaching/records.ts';
import type { ProjectStore } from '../project/projectStore.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { DecisionBook } from './decisionBook.ts';
import { Growth } from './growth.ts';
import { pastOutcomes } from './history.ts';
import { countOrphans } from './orphans.ts';
import { oftenEnough, pacer, type Pace } from './pace.ts';
import { ReceivedTexts } from './received.ts';
import { RoundFiles, type KeptAttempt, type RoundGain } from './roundFiles.ts';
import { Tally } from './tally.ts';

/** What a look at the files brought: nothing, changed questions, or that everything has to be read anew. */
export type Gain =
  | { readonly kind: 'none' | 'changed' }
  | {
      readonly kind: 'restart';
      /** The file that was replaced; null where another exam began. */
      readonly file: string | null;
    };

/** One round opened for review: its questions with all that is known about them, kept up with the files. */
export class RoundReview {
  readonly round: number;
  readonly book: DecisionBook;
  readonly tally = new Tally();
  /** Lines of the round's files that could not be read. */
  readonly bad: BadLine[] = [];
  readonly #store: ProjectStore;
  readonly #files: readonly RoundFiles[];
  readonly #received = new ReceivedTexts();
  readonly #places = new Map<string, number>();
  /** questionId → what students answered when they were asked again. */
  readonly #again = new Map<string, RecordedAgain[]>();
  #questions: readonly Question[] = [];
  /** Golds that the earlier exams were graded by, where they differ from the data's. */
  #pastGold = new Map<string, string | undefined>();
  /** Questions whose earlier exams are to be graded anew. */
  readonly #regrade = new Set<string>();
  #history: { round: number; outcomes: ReadonlyMap<string, RoundOutcome> }[] = [];
  #fingerprint: string | null = null;
  /** The exam was finished when this was read: attempts of another one are not shown. */
  #examined = false;
  #lines = 0;
  #reading: { done: number; total: number } | null = null;
  #orphans: number | null = null;
  readonly #growth = new Growth();
  readonly #index: ReviewIndex;

  private constructor(store: ProjectStore, round: number) {
    this.#store = store;
    this.round = round;
    this.book = new DecisionBook(round, (id) => this.#questions[this.#places.get(id) ?? -1]);
    this.#index = new ReviewIndex([], this.book.curation);
    const { accumulate } = store.project.training;
    this.#files = Array.from(
      { length: round + 1 },
      (_, r) =>
        new RoundFiles(store.roundFolder(r), {
          attempts: r === round,
          items: accumulate || r === round,
        }),
    );
  }

  /** Reads a round; other work goes on meanwhile, and `onGrown` hears now and then that there is more to show. */
  static async open(
    store: ProjectStore,
    { round, state }: { readonly round: number; readonly state: RoundState | null },
    signal: AbortSignal,
    onGrown: (review: RoundReview) => void,
  ): Promise<RoundReview> {
    const review = new RoundReview(store, round);
    await review.#load(state, signal, () => onGrown(review));
    return review;
  }

  /** How far reading has come; null once everything is there. */
  get reading(): { readonly done: number; readonly total: number } | null {
    return this.#reading;
  }

  get index(): ReviewIndex {
    return this.#index;
  }

  get curation(): Curation {
    return this.book.curation;
  }

  /** Names the exam that is shown; null while there is none. */
  get fingerprint(): string | null {
    return this.#fingerprint;
  }

  /** Whether a teacher or a person has written anything for it. */
  get taught(): boolean {
    return this.#received.taught > 0;
  }

  /** Lines of the round's files that count. */
  get lines(): number {
    return this.#lines;
  }

  get questions(): readonly Question[] {
    return this.#questions;
  }

  /** What students answered when they were asked a question of this round again, in the order in which it came. */
  againOf(questionId: string): readonly RecordedAgain[] {
    return this.#again.get(questionId) ?? [];
  }

  /** Attempts of this round's exam so far. */
  get attempts(): number {
    return this.#received.attempts;
  }

  /** Takes in decisions that stand in a journal; the questions that changed. */
  async decide(events: readonly RecordedDecision[]): Promise<void> {
    await this.#decided(this.book.add(this.round, events));
  }

  async #decided(changed: ReadonlySet<string>): Promise<void> {
    this.#index.update(this.curation, changed);
    await this.#count(changed);
    for (const id of changed) {
      const gold = this.curation.gold.get(id);
      const graded = this.#pastGold.get(id);
      if (this.#history.length > 0 && gold !== graded) this.#regrade.add(id);
    }
  }

  /** Looks what others have appended meanwhile. */
  async look(signal: AbortSignal): Promise<Gain> {
    let changed = await this.#regradePast(signal);
    for (const [round, files] of this.#files.entries()) {
      const gain = await files.look();
      if (gain.replaced !== null) return { kind: 'restart', file: gain.replaced };
      const foreign = gain.attempts.some(({ fingerprint }) => fingerprint !== this.#fingerprint);
      if (foreign && !this.#examined) return { kind: 'restart', file: null };
      if (await this.#take(gain, round)) changed = true;
    }
    return { kind: changed ? 'changed' : 'none' };
  }

  /** Decisions of this round that match nothing in the data any more. */
  get orphans(): number {
    // What has not been read yet is not missing.
    if (this.#reading !== null) return 0;
    this.#orphans ??= countOrphans(this.#index, this.curation, this.book.events(this.round));
    return this.#orphans;
  }

  /** An exam that another process is sitting, as far as its file tells; null when it does not grow. */
  foreignExam(): { done: number; total: number; etaMs: number | null } | null {
    if (this.#examined || this.#fingerprint === null) return null;
    const total = this.#questions.length * this.#store.project.exam.samples;
    const { attempts } = this.#received;
    // With every answer there it is over, whoever held it: its other sets are no matter of this list.
    return attempts >= total ? null : this.#growth.progress(attempts, total);
  }

  async #load(state: RoundState | null, signal: AbortSignal, onGrown: () => void): Promise<void> {
    const pace = pacer(signal);
    this.#questions = await this.#own(pace);
    this.#questions.forEach(({ id }, place) => this.#places.set(id, place));
    const gains: RoundGain[] = [];
    for (const files of this.#files) gains.push(await files.lookBeside());
    for (const [round, gain] of gains.entries()) this.book.add(round, gain.events);
    for (const [round, gain] of gains.entries()) {
      this.#note(gain);
      for (const item of gain.items) {
        this.#received.addItem(item, round);
        await pace();
      }
      for (const opinion of gain.opinions) this.#received.addOpinion(opinion);
    }
    gains.length = 0;
    this.#index.update(this.curation);
    const grown = oftenEnough(onGrown, FIRST_MS, GROWN_MS);
    await this.#readAttempts(state, pace, signal, grown);
    await this.#fill(this.#missing(), pace, grown);
    // Earlier exams come last: they change a few flags, and there is something to look at meanwhile.
    this.#history = await pastOutcomes(
      this.#store,
      this.round,
      this.#questions,
      this.curation,
      signal,
    );
    this.#pastGold = new Map(this.curation.gold);
    if (this.#history.length > 0) await this.#fill([...this.#places.values()], pace, grown);
    this.#reading = null;
  }

  /** Reads this round's exam. Of a finished one a question is shown as soon as its last attempt has been read. */
  async #readAttempts(
    state: RoundState | null,
    pace: Pace,
    signal: AbortSignal,
    onGrown: () => void,
  ): Promise<void> {
    const files = this.#files[this.round];
    if (!files) return;
    const finished = state?.exams['train']?.fingerprint ?? null;
    this.#examined = finished !== null;
    this.#fingerprint = finished;
    const { samples } = this.#store.project.exam;
    const show = (attempts: readonly KeptAttempt[]): void => {
      if (signal.aborted) throw cancelled();
      this.#lines += attempts.length;
      const whole = new Set<number>();
      for (const attempt of attempts) {
        if (!this.#keepAttempt(attempt)) continue;
        const place = this.#places.get(attempt.questionId);
        const enough = this.#received.attemptsOf(attempt.questionId).length >= samples;
        if (place !== undefined && enough) whole.add(place);
      }
      if (whole.size === 0) return;
      this.#show([...whole]);
      onGrown();
    };
    const gain = await files.lookAtAttempts(finished === null ? undefined : show);
    this.bad.push(...gain.bad);
    this.#lines += gain.attempts.length;
    this.#fingerprint ??= gain.attempts.at(-1)?.fingerprint ?? null;
    for (const attempt of gain.attempts) {
      this.#keepAttempt(attempt);
      await pace();
    }
  }

  /** The questions that are trained on; long lists are gone through piece by piece. */
  async #own(pace: Pace): Promise<readonly Question[]> {
    const store = this.#store;
    const kept = await heldOut({ store });
    const own: Question[] = [];
    for (const question of await store.questions('train')) {
      if (!kept.has(question)) own.push(question);
      await pace();
    }
    return chooseByHash(own, store.project.exam.trainLimit);
  }

  /** Places of questions that no item stands for, or one with fewer attempts than there are. */
  #missing(): number[] {
    return this.#questions.flatMap(({ id }, place) => {
      const shown = this.#index.item(id)?.attempts.length;
      return shown === undefined || shown < this.#received.attemptsOf(id).length ? [place] : [];
    });
  }

  /** Makes items with their rows and counts them, piece by piece. */
  async #fill(places: readonly number[], pace: Pace, onGrown: () => void): Promise<void> {
    for (let from = 0; from < places.length; from += SLICE) {
      this.#show(places.slice(from, from + SLICE));
      await pace();
      onGrown();
    }
  }

  #show(places: readonly number[]): void {
    this.#index.put(this.#make(places));
    for (const place of places) this.#countAt(place);
    this.#reading = { done: this.#index.items.length, total: this.#questions.length };
  }

  /** The items of some places in the data, from everything that is kept. */
  #make(places: readonly number[]): ReviewItem[] {
    const questions = places.flatMap((place) => this.#questions[place] ?? []);
    const { gate, curation: limits } = this.#store.project;
    const byRound = new Map<number, TeachingItem[]>();
    for (const { id } of questions) {
      for (const { round, item } of this.#received.candidatesOf(id)) {
        const list = byRound.get(round);
        if (list) list.push(item);
        else byRound.set(round, [item]);
      }
    }
    const attempts = questions.flatMap(({ id }) => this.#received.attemptsOf(id));
    const items = reviewItems({
      round: this.round,
      gate,
      useDatasetRationales: limits.useDatasetRationales,
      taught: this.taught,
      questions,
      attempts: gradeStored(questions, attempts, this.curation),
      candidates: [...byRound]
        .sort(([a], [b]) => a - b)
        .map(([round, ofRound]) => ({ round, items: ofRound })),
      opinions: questions.flatMap(({ id }) => this.#received.opinionsOf(id)),
      history: this.#history,
      curation: this.curation,
    });
    return items.map((item) => ({ ...item, order: places[item.order] ?? 0 }));
  }

  /** True when anything that is shown changed. */
  async #take(gain: RoundGain, round: number): Promise<boolean> {
    this.#note(gain);
    const grown = new Set<string>();
    const taught = this.taught;
    for (const attempt of gain.attempts)
      if (this.#keepAttempt(attempt)) grown.add(attempt.questionId);
    for (const item of gain.items)
      if (this.#received.addItem(item, round)) grown.add(item.questionId);
    for (const opinion of gain.opinions)
      if (this.#received.addOpinion(opinion)) grown.add(opinion.questionId);
    const decided = this.book.add(round, gain.events);
    if (taught !== this.taught) for (const { id } of this.#questions) grown.add(id);
    if (grown.size > 0) await this.#renew(grown);
    if (grown.size > 0 || decided.size > 0) this.#orphans = null;
    await this.#decided(decided);
    if (gain.attempts.length > 0) this.#growth.mark(this.#received.attempts);
    await this.#count(grown);
    const beside = gain.events.length + gain.again.length + gain.bad.length;
    return grown.size > 0 || decided.size > 0 || beside > 0;
  }

  /** A gold that was fixed counts for the earlier exams, too: their texts are read once more for these questions. */
  async #regradePast(signal: AbortSignal): Promise<boolean> {
    const ids = new Set(this.#regrade);
    if (ids.size === 0) return false;
    this.#regrade.clear();
    const questions = this.#questions.filter(({ id }) => ids.has(id));
    const past = await pastOutcomes(this.#store, this.round, questions, this.curation, signal);
    this.#history = this.#history.map(({ round, outcomes }) => {
      const anew = past.find((one) => one.round === round)?.outcomes ?? [];
      return { round, outcomes: new Map([...outcomes, ...anew]) };
    });
    for (const id of ids) this.#pastGold.set(id, this.curation.gold.get(id));
    await this.#renew(ids);
    await this.#count(ids);
    return true;
  }

  #note(gain: RoundGain): void {
    this.bad.push(...gain.bad);
    const { attempts, items, opinions, events, again } = gain;
    const beside = opinions.length + events.length + again.length;
    this.#lines += attempts.length + items.length + beside;
    for (const answer of again) {
      const list = this.#again.get(answer.questionId);
      if (list) list.push(answer);
      else this.#again.set(answer.questionId, [answer]);
    }
  }

  async #renew(ids: ReadonlySet<string>): Promise<void> {
    const pace = pacer();
    for (const id of ids) {
      const place = this.#places.get(id);
      if (place !== undefined) this.#index.put(this.#make([place]));
      await pace();
    }
  }

  #keepAttempt(attempt: KeptAttempt): boolean {
    return attempt.fingerprint === this.#fingerprint && this.#received.addAttempt(attempt);
  }

  async #count(ids: ReadonlySet<string>): Promise<void> {
    const pace = pacer();
    for (const id of ids) {
      const place = this.#places.get(id);
      if (place !== undefined) this.#countAt(place);
      await pace();
    }
  }

  #countAt(place: number): void {
    const id = this.#questions[place]?.id;
    if (id === undefined) return;
    const at = this.#index.placeOf(id) ?? -1;
    const row = this.#index.isMistakeAt(at) ? this.#index.rowAt(at) : undefined;
    this.tally.set(id, row ?? null);
  }
}

/** Questions that are graded in one piece. */
const SLICE = 50;

/** A round that is read faster than this is shown once, whole. */
const FIRST_MS = 150;
/** While a round is read, what is there is shown anew so often. */
const GROWN_MS = 500;
