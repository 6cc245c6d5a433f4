import { randomBytes } from 'node:crypto';
import { AppError, isAppError } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { bulkDecisions, type Bulk, type BulkAct } from '../../core/curation/bulk.ts';
import type { Curation, SpotCheckRecord } from '../../core/curation/curation.ts';
import type { RecordedDecision } from '../../core/curation/activeDecisions.ts';
import type { Decision } from '../../core/curation/decision.ts';
import { questionsOf } from '../../core/curation/decisionLog.ts';
import { decisionsFor } from '../../core/curation/decisionsFor.ts';
import { outcomeOf, outcomeOfAccepting } from '../../core/curation/outcome.ts';
import { stampOf } from '../../core/curation/recordStamp.ts';
import {
  drawSample,
  openSpotCheck,
  percentAtMost,
  spotCheckState,
  stratumOf,
  type SampledNow,
} from '../../core/curation/spotCheck.ts';
import { undoStack, type UndoStack, type UndoStep } from '../../core/curation/undoStack.ts';
import { installationOf } from '../../core/curation/whoDecided.ts';
import type { Act, SpotCheck } from '../../shared/reviewContract.ts';
import type { Row } from '../../shared/reviewQueue.ts';
import { runPaced } from './pace.ts';
import { person } from '../session/person.ts';
import { cameTooLate, refuseFrozen } from './facts.ts';
import type { Opened, ReviewService } from './service.ts';
import { changedRecord, stale, unknown } from './stale.ts';

/** Decisions are in the file at once; so long after the first of them they are on the disk. */
const SYNC_MS = 200;

const EMPTY_STACK: UndoStack = { undo: null, redo: null };

/** Writes a person's decisions, and nothing else does: one after the other, each in the file before it is answered. */
export class Decider {
  readonly #service: ReviewService;
  #syncTimer: NodeJS.Timeout | null = null;
  #stack: { readonly rev: number; readonly stack: UndoStack } | null = null;

  constructor(service: ReviewService) {
    this.#service = service;
  }

  /** `seen` is the stamp of the record that was looked at; null where nobody looks. */
  decide(
    id: string,
    act: Act,
    round: number | null = null,
    seen: string | null = null,
  ): Promise<void> {
    return this.#inTurn(round, async (opened) => {
      const { review } = opened;
      const item = review.index.item(id);
      if (!item) throw unknown(id);
      // Another window or the teacher wrote something since: nobody has seen what would be decided on.
      if (seen !== null && seen !== stampOf(item, review.curation)) throw changedRecord();
      await this.#write(opened, decisionsFor(item, act, review.curation, person(), newAction()));
    });
  }

  /** One act on many questions as one step of undo; how many took it. */
  bulk(
    act: BulkAct,
    ids: readonly string[],
    expected: number,
    round: number | null = null,
  ): Promise<number> {
    if (ids.length !== expected) return Promise.reject(stale());
    return this.#inTurn(round, async (opened) => {
      const { decisions, changed } = await this.#bulk(opened, act, ids, newAction());
      if (changed === 0) throw nothingToDo(ids.length);
      await this.#write(opened, decisions);
      return changed;
    });
  }

  /** Takes back the last step of this person on this computer; its question, where it is about one alone. */
  undo(round: number | null = null): Promise<string | null> {
    return this.#step('undo', round);
  }

  redo(round: number | null = null): Promise<string | null> {
    return this.#step('redo', round);
  }

  /** What undo and redo would do now. */
  stack(): UndoStack {
    const { opened, rev } = this.#service;
    if (!opened) return EMPTY_STACK;
    if (!this.#stack || this.#stack.rev !== rev) {
      const own = installationOf(opened.session.store.writer);
      const stack = undoStack(
        opened.review.book.events(opened.review.round),
        ({ writer }) => installationOf(writer) === own,
      );
      this.#stack = { rev, stack };
    }
    return this.#stack.stack;
  }

  /** Draws a sample of the undecided among `ids`; ends the running one with size 0. */
  spotCheck(
    size: number,
    filter: string,
    ids: readonly string[],
    round: number | null = null,
  ): Promise<void> {
    return this.#inTurn(round, async (opened) => {
      const { index, curation } = opened.review;
      const running = this.spotCheckNow();
      // While a sample of this filter is shown, another one is drawn from all that it was drawn from.
      const shown = running?.filter === filter ? (stratumOf(running, curation) ?? ids) : ids;
      const stratum = shown.filter((id) => isOpenToRules(index.row(id)));
      if (size > 0 && stratum.length === 0) throw nothingToDo(0);
      const seed = newAction();
      const id = newAction();
      const items = size === 0 ? [] : drawSample(stratum, Math.min(size, stratum.length), seed);
      const outcomes = await runPaced(acceptedOutcomes(opened, items));
      const population = size === 0 ? 0 : stratum.length;
      const base = { author: person(), action: id, id };
      await this.#write(opened, [
        // First what it is drawn from: where the spot check stands, all of that does.
        ...(size === 0 ? [] : [{ type: 'stratum' as const, ...base, questions: stratum }]),
        { type: 'spot-check', ...base, population, items, outcomes, filter, seed },
      ]);
    });
  }

  /** The spot check that is under way in this round. */
  spotCheckNow(): SpotCheckRecord | null {
    const review = this.#service.opened?.review;
    return review ? openSpotCheck(review.curation.spotChecks, review.round) : null;
  }

  spotCheckState(): SpotCheck | null {
    const { opened, connections } = this.#service;
    const record = this.spotCheckNow();
    if (!record || !opened) return null;
    const { index, curation } = opened.review;
    const lookAt = (id: string): SampledNow | undefined => {
      const item = index.item(id);
      const status = index.row(id)?.status;
      if (!item || status === undefined) return undefined;
      return { status, outcome: status === 'todo' ? '' : outcomeOf(item, curation) };
    };
    const filters = [...connections].flatMap(({ filter }) => (filter === null ? [] : [filter]));
    return spotCheckState(record, lookAt, {
      remaining: this.#remaining(opened, record).length,
      sameFilter:
        (filters.length === 0 || filters.includes(record.filter)) && isKnown(record, curation),
    });
  }

  /** Accepts what the finished spot check spoke for, with its bound as the reason. */
  acceptRest(expected: number, round: number | null = null): Promise<number> {
    return this.#inTurn(round, async (opened) => {
      const record = this.spotCheckNow();
      const state = this.spotCheckState();
      if (!record || !state)
        throw refusal(sentence`There is no spot check.`, sentence`Draw a sample first.`);
      if (!isKnown(record, opened.review.curation)) {
        throw refusal(
          sentence`It is not known any more what the sample was drawn from.`,
          sentence`Draw another one.`,
        );
      }
      if (!state.random) {
        throw refusal(
          sentence`The sample is not a random one of what is shown now.`,
          sentence`Go back to the filter it was drawn from, or draw another one.`,
        );
      }
      if (state.bound === null) {
        throw refusal(
          sentence`${state.drawn - state.decided} items of the sample are undecided.`,
          sentence`Decide on all of them first.`,
        );
      }
      const ids = this.#remaining(opened, record);
      if (ids.length !== expected) throw stale();
      const percent = percentAtMost(state.bound);
      const reason = `Spot check: ${state.decided} of ${state.population} looked at, ${state.bad} bad; at most ${percent} % bad (95 %).`;
      const action = newAction();
      const author = person();
      const found = await this.#bulk(opened, 'accept', ids, action);
      if (found.changed === 0) throw nothingToDo(ids.length);
      await this.#write(opened, [
        ...found.decisions.map((decision) => ({ ...decision, reason })),
        {
          type: 'spot-check',
          author,
          action,
          id: record.id,
          population: 0,
          items: [],
          filter: record.filter,
          seed: record.seed,
        },
      ]);
      return found.changed;
    });
  }

  /** Puts on the disk what is in the files. */
  async flush(): Promise<void> {
    if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
    this.#syncTimer = null;
    await this.#service.opened?.session.store.flushDecisions();
  }

  /** Appends decisions that were made elsewhere in the service (a hint to the teacher); what is shown with them. */
  append(decisions: readonly Decision[], round: number): Promise<Opened> {
    return this.#inTurn(round, async (opened) => {
      await this.#write(opened, decisions);
      return opened;
    });
  }

  #step(way: 'undo' | 'redo', round: number | null): Promise<string | null> {
    return this.#inTurn(round, async (opened) => {
      const step: UndoStep | null = this.stack()[way];
      if (!step) return null;
      await this.#write(opened, step.decisions(person(), newAction()));
      const [only, ...others] = new Set(step.of.flatMap((event) => questionsOf(event)));
      return others.length > 0 ? null : (only ?? null);
    });
  }

  /** Undecided questions of the stratum, those of the sample aside, on which somebody could decide in one go. */
  #remaining({ review }: Opened, record: SpotCheckRecord): string[] {
    const sample = new Set(record.items);
    return (stratumOf(record, review.curation) ?? []).filter((id) => {
      const row = review.index.row(id);
      return isOpenToRules(row) && row.candidates > 0 && !sample.has(id);
    });
  }

  async #bulk(
    { review }: Opened,
    act: BulkAct,
    ids: readonly string[],
    action: string,
  ): Promise<Bulk> {
    const items = ids.flatMap((id) => review.index.item(id) ?? []);
    return runPaced(bulkDecisions(items, act, review.curation, person(), action));
  }

  /** `round` is the one that was looked at; null where nobody looks. */
  #inTurn<T>(round: number | null, work: (opened: Opened) => Promise<T>): Promise<T> {
    return this.#service.inTurn(async () => {
      const opened = this.#service.now();
      // Another view picked another round, or one began: what was meant is not what would be hit.
      if (round !== null && round !== opened.review.round) throw stale();
      // Looked up at the moment of the deed: another window may have frozen the round since it was shown.
      await refuseFrozen(opened.session.store, opened.review.round);
      return work(opened);
    });
  }

  async #write(opened: Opened, decisions: readonly Decision[]): Promise<void> {
    if (decisions.length === 0) return;
    await this.#refuseLate(opened, await this.#append(opened, decisions));
  }

  async #append(
    { session, review }: Opened,
    decisions: readonly Decision[],
  ): Promise<readonly RecordedDecision[]> {
    const { store } = session;
    const { disagreements } = review.curation;
    const pieces = disagreements.inKnowledge(decisions.flatMap(inPieces), store.writer);
    const append = () => store.appendDecisions(review.round, pieces);
    const recorded = await append().catch((error: unknown) => {
      // A checkout replaced the journal while it was open; the store has let go of it.
      if (isAppError(error, 'store.missing')) return append();
      throw error;
    });
    this.#syncTimer ??= setTimeout(() => {
      this.#syncTimer = null;
      store.flushDecisions().catch((error: unknown) => {
        this.#service.options.surroundings.log.warn(`Review: ${String(error)}`);
      });
    }, SYNC_MS);
    await review.decide(recorded);
    this.#service.changed();
    return recorded;
  }

  /** A freeze in another window read the journal before these were in it: nothing stands that is not trained on. */
  async #refuseLate(opened: Opened, written: readonly RecordedDecision[]): Promise<void> {
    const { round } = opened.review;
    if (!(await cameTooLate(opened.session.store, round, written))) return;
    const { undo, redo } = this.stack();
    const inverse = written[0]?.type === 'undo' ? redo : undo;
    if (inverse) await this.#append(opened, inverse.decisions(person(), newAction()));
    throw new AppError('round.frozen', sentence`Round ${round} was frozen at this very moment.`, {
      hint: sentence`Your decision was taken back: decide in the next round, after its exam.`,
    });
  }
}

/** Undecided, and no second opinion against it: that one a person decides by itself. */
function isOpenToRules(row: Row | undefined): row is Row {
  return row?.status === 'todo' && !row.flags.includes('second-opinion');
}

/** Whether it is written down what the sample was drawn from, and what accepting it would have come to. */
function isKnown(record: SpotCheckRecord, curation: Curation): boolean {
  return stratumOf(record, curation) !== null && record.outcomes?.length === record.items.length;
}

function* acceptedOutcomes(
  { review }: Opened,
  ids: readonly string[],
): Generator<void, string[], void> {
  const outcomes: string[] = [];
  for (const id of ids) {
    yield;
    const item = review.index.item(id);
    if (!item) throw unknown(id);
    const after = (decisions: readonly Decision[]): Curation =>
      review.book.curationOf(id, decisions);
    outcomes.push(outcomeOfAccepting(item, review.curation, person(), after));
  }
  return outcomes;
}

const newAction = (): string => randomBytes(8).toString('hex');

/** Candidates or questions of one event; more are split, because a record has a length limit. */
const EVENT_ITEMS = 20_000;

function inPieces(decision: Decision): Decision[] {
  if (decision.type === 'stratum') {
    return piecesOf(decision.questions).map((questions) => ({ ...decision, questions }));
  }
  if (decision.type !== 'accept' && decision.type !== 'reject') return [decision];
  return piecesOf(decision.items).map((items) => ({ ...decision, items }));
}

function piecesOf<T>(list: readonly T[]): T[][] {
  const pieces: T[][] = [];
  for (let from = 0; from < list.length; from += EVENT_ITEMS) {
    pieces.push(list.slice(from, from + EVENT_ITEMS));
  }
  return pieces;
}

function nothingToDo(count: number): AppError {
  return refusal(
    count === 0
      ? sentence`There is nothing undecided in this list.`
      : sentence`None of these ${count} items can take that.`,
    sentence`An item without a rationale that passes the gate, or with a second opinion against it, is decided by itself.`,
  );
}

function refusal(message: Sentence, hint: Sentence): AppError {
  return new AppError('usage', message, { hint });
}
