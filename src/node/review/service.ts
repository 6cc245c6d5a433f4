import { AppError, isAppError } from '../../core/errors.ts';
import { sentence } from '../../core/sentence.ts';
import type { Handlers } from '../../shared/contract.ts';
import type { ReviewContract, Snapshot } from '../../shared/reviewContract.ts';
import { Session, type Surroundings } from '../session/session.ts';
import type { BadLine } from '../storage/readJournal.ts';
import { Asking } from './asking.ts';
import { AskingStudent } from './askingStudent.ts';
import { Changes } from './changes.ts';
import { connectionHandlers, type Connection } from './connection.ts';
import { Decider } from './decider.ts';
import { reviewable, roundFacts, type Facts } from './facts.ts';
import { runPaced } from './pace.ts';
import type { AsJob, Outside, ReviewActions } from './ports.ts';
import { RoundReview } from './roundReview.ts';
import { SavedFilters } from './savedFilters.ts';
import { sayIn } from './say.ts';
import { snapshotOf } from './snapshotOf.ts';
import { Sources } from './sources.ts';

export interface ReviewOptions {
  readonly root: string;
  readonly surroundings: Omit<Surroundings, 'report' | 'signal'>;
  readonly actions: ReviewActions;
  readonly outside: Outside;
  /** By default such work is shown and stopped in the views alone. */
  readonly asJob?: AsJob;
  /** How often the files are looked at; null = only by `refresh`. */
  readonly pollMs?: number | null;
}

const POLL_MS = 1_000;

/** What a round is about while it is shown. */
export interface Opened {
  readonly session: Session;
  readonly review: RoundReview;
  facts: Facts;
}

/**
 * One project's review: it owns the truth, and every view is a projection of it. Reads whatever the files say,
 * whoever wrote them; decides through this process's own journal.
 */
export class ReviewService {
  readonly #options: ReviewOptions;
  readonly #changes = new Changes();
  readonly #connections = new Set<Connection>();
  readonly #abort = new AbortController();
  readonly #saved: SavedFilters;
  readonly #sources: Sources;
  readonly decider = new Decider(this);
  readonly asking = new Asking(this);
  readonly askingStudent = new AskingStudent(this);
  #session: Session | null = null;
  #opened: Opened | null = null;
  #failure: AppError | null = null;
  #loading: Promise<void> | null = null;
  /** The round that a person picked; null follows the latest. */
  #picked: number | null = null;
  #outside: Outside;
  #changedFile: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #snapshot: Snapshot | null = null;
  #searchable: Promise<void> = Promise.resolve();
  /** Resolves when a round that is being read has something to show. */
  #growth: Promise<void> = Promise.resolve();
  #grown: () => void = () => undefined;

  private constructor(options: ReviewOptions) {
    this.#options = options;
    this.#outside = options.outside;
    this.#saved = new SavedFilters(options.root);
    this.#sources = new Sources(options.root);
  }

  /** Opens a project for review; what cannot be read is shown, not thrown. */
  static async open(options: ReviewOptions): Promise<ReviewService> {
    const service = new ReviewService(options);
    await service.#saved.load();
    void service.#begin(() => service.#open());
    service.#poll();
    return service;
  }

  get root(): string {
    return this.#options.root;
  }
  get options(): ReviewOptions {
    return this.#options;
  }
  get outside(): Outside {
    return this.#outside;
  }
  get opened(): Opened | null {
    return this.#opened;
  }
  get saved(): SavedFilters {
    return this.#saved;
  }
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }
  get failure(): AppError | null {
    return this.#failure;
  }
  /** The file that was replaced while it was open, until somebody takes note. */
  get changedFile(): string | null {
    return this.#changedFile;
  }
  get rev(): number {
    return this.#changes.rev;
  }
  /** Aborts when the service ends. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Lines that were left out, for "Open Line". */
  get badLines(): readonly BadLine[] {
    return this.#opened?.review.bad ?? [];
  }

  /** What a view asks, answered; each call is a connection with a query of its own. */
  handlersFor(view: 'side' | 'panel'): Handlers<ReviewContract> & {
    /** The questions of its last query that are meant by these ids; all of them by null. */
    listed(ids: readonly string[] | null): readonly string[];
    dispose(): void;
  } {
    const { connection, handlers, listed } = connectionHandlers(this, view);
    this.#connections.add(connection);
    return { ...handlers, listed, dispose: () => void this.#connections.delete(connection) };
  }

  /** Everything but rows and records, at most ten times a second; returns the way to stop listening. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    return this.#changes.listen(() => listener(this.snapshot()));
  }

  snapshot(): Snapshot {
    if (this.#snapshot?.rev !== this.rev) this.#snapshot = null;
    this.#snapshot ??= snapshotOf(this, sayIn(this.#options.actions));
    return this.#snapshot;
  }

  setOutside(outside: Outside): void {
    this.#outside = outside;
    this.changed();
  }

  get loading(): boolean {
    return this.#loading !== null;
  }

  /** Something that the views show is different; the new revision. */
  changed(): number {
    return this.#changes.bump();
  }

  /** One after the other: whatever writes decisions or exchanges the round. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Resolves when a search finds every text prepared. */
  async searchable(): Promise<void> {
    await this.ready();
    await this.#searchable;
  }

  /** The round as far as it was read: enough to look at. */
  async shown(): Promise<Opened> {
    if (!this.#opened && this.#loading) await Promise.race([this.#loading, this.#growth]);
    return this.#opened ?? this.ready();
  }

  /** The round that is shown, read to its end. */
  async ready(): Promise<Opened> {
    while (this.#loading) await this.#loading;
    return this.now();
  }

  /**
   * For work that has its turn. A reading that was asked for meanwhile waits for that turn to end: waiting for the
   * reading, as `ready` does, would be waiting for ever.
   */
  now(): Opened {
    if (this.#opened) return this.#opened;
    throw this.#failure ?? new AppError('cancelled', sentence`The review was closed.`);
  }

  async pick(round: number): Promise<void> {
    const { facts } = await this.ready();
    if (!facts.rounds.includes(round)) {
      throw new AppError('usage', sentence`Round ${round} has nothing to review.`);
    }
    this.#picked = round;
    if (facts.round !== round) await this.#begin(() => this.#open());
  }

  /** Reads everything anew: the files are as they are now. */
  async reload(): Promise<void> {
    this.#changedFile = null;
    await this.asking.stop();
    await this.askingStudent.stop();
    return this.#begin(async () => {
      await this.#closeSession();
      await this.#open();
    });
  }

  /** Looks what others have written meanwhile. */
  async refresh(): Promise<void> {
    if (this.#loading) return this.#loading;
    await this.inTurn(() => this.#look());
  }

  async dispose(): Promise<void> {
    this.#abort.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#changes.dispose();
    this.#connections.clear();
    await this.asking.stop();
    await this.askingStudent.stop();
    await this.#loading;
    await this.inTurn(() => this.#closeSession());
  }

  #poll(): void {
    const every = this.#options.pollMs === undefined ? POLL_MS : this.#options.pollMs;
    if (every === null || this.#abort.signal.aborted) return;
    this.#timer = setTimeout(() => {
      void this.refresh()
        .catch((error: unknown) => this.#options.surroundings.log.warn(`Review: ${String(error)}`))
        .finally(() => this.#poll());
    }, every);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const opened = this.#opened;
    // What is being asked belongs to the project as it is open: it is read anew when that is over.
    const asks = this.asking.job !== null || this.askingStudent.job !== null;
    const changed = asks ? null : await this.#sources.changed();
    if (changed !== null || !opened || !this.#session) {
      if (changed === null && this.#failure) return;
      if (opened) this.#changedFile = changed;
      await this.#closeSession();
      return this.#open();
    }
    const { store } = this.#session;
    const before = opened.facts;
    const rounds = await reviewable(store);
    const round = this.#roundOf(rounds);
    const facts = await roundFacts(store, rounds, round);
    const exam = (of: Facts): string | undefined => of.state?.exams['train']?.fingerprint;
    const settled = exam(before) === undefined && exam(facts) === opened.review.fingerprint;
    if (round !== before.round || (exam(facts) !== exam(before) && !settled)) return this.#open();
    opened.facts = facts;
    const gain = await opened.review.look(this.#abort.signal);
    if (gain.kind === 'restart') {
      this.#changedFile = gain.file;
      return this.#open();
    }
    if (gain.kind === 'changed' || JSON.stringify(before) !== JSON.stringify(facts)) this.changed();
  }

  /** Queues a reading of the round; from now on whoever asks waits for it. */
  #begin(work: () => Promise<void>): Promise<void> {
    this.#growth = new Promise((resolve) => {
      this.#grown = resolve;
    });
    const reading = this.inTurn(work).finally(() => {
      if (this.#loading === reading) this.#loading = null;
      this.changed();
    });
    this.#loading = reading;
    this.changed();
    return reading;
  }

  async #open(): Promise<void> {
    try {
      const session = await this.#openSession();
      const rounds = await reviewable(session.store);
      const round = this.#roundOf(rounds);
      const facts = await roundFacts(session.store, rounds, round);
      await this.#sources.mark(session.store.project);
      const { signal } = this.#abort;
      const before = this.#opened;
      const show = (review: RoundReview): Opened => (this.#opened = { session, review, facts });
      const review = await RoundReview.open(session.store, facts, signal, (growing) => {
        // A list that is shown already stays until the new one is whole.
        if (before?.review.round !== round) show(growing);
        this.#grown();
        this.changed();
      });
      show(review);
      // The first search finds its texts made.
      this.#searchable = runPaced(review.index.prepare('texts'), signal).catch(() => undefined);
      this.#failure = null;
      this.changed();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      this.#opened = null;
      this.#failure = isAppError(error)
        ? error
        : new AppError('unexpected', sentence`The project cannot be read.`, { cause: error });
      this.#options.surroundings.log.error(`Review: ${String(error)}`);
      await this.#sources.mark(null);
      this.changed();
    }
  }

  async #openSession(): Promise<Session> {
    if (this.#session) return this.#session;
    const { surroundings, root } = this.#options;
    this.#session = await Session.open(
      { ...surroundings, report: () => undefined, signal: this.#abort.signal },
      { folder: root },
    );
    return this.#session;
  }

  async #closeSession(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await this.decider.flush().catch(() => undefined);
    await session?.close();
  }

  #roundOf(rounds: readonly number[]): number {
    if (this.#picked !== null && rounds.includes(this.#picked)) return this.#picked;
    return rounds.at(-1) ?? 0;
  }
}
