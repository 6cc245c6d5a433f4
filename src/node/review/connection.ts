import { cancelled } from '../../core/errors.ts';
import { canonicalJson } from '../../core/hash.ts';
import { recordOf } from '../../core/curation/reviewRecord.ts';
import { sayBy, type CurationSay } from '../../core/curation/say.ts';
import { gradeAttempt } from '../../core/grading/gradeAnswer.ts';
import type { AbortSignalLike, Handlers } from '../../shared/contract.ts';
import type { ReviewContract } from '../../shared/reviewContract.ts';
import type { Filter, Row, Sort } from '../../shared/reviewQueue.ts';
import type { ReviewRecord } from '../../shared/reviewRecord.ts';
import { runPaced } from './pace.ts';
import { stale, unknown } from './stale.ts';
import type { Opened, ReviewService } from './service.ts';

/** One view's place in the queue. */
export interface Connection {
  readonly view: 'side' | 'panel';
  /** The filter of the last query, as canonical JSON; null before the first. */
  filter: string | null;
  /** Question ids of the last query, in order; null when there is none any more. */
  ids: readonly string[] | null;
  /** The round of the last query: what the view shows until it asks again. */
  round: number | null;
}

/** Rows that go with a query, and how many of them stand before the cursor: a list scrolls until it is in sight. */
const FIRST_ROWS = 50;
const ROWS_BEFORE = 32;
const MAX_ROWS = 500;

/** The handlers of one view over the service. */
export function connectionHandlers(
  service: ReviewService,
  view: 'side' | 'panel',
): {
  readonly connection: Connection;
  readonly handlers: Handlers<ReviewContract>;
  /** The questions that are meant by some ids of the last query, or by none for all of it. */
  readonly listed: (ids: readonly string[] | null) => readonly string[];
} {
  const connection: Connection = { view, filter: null, ids: null, round: null };
  const { decider } = service;
  const { actions } = service.options;
  const say = (): CurationSay => sayBy(actions.strings());

  const handlers: Handlers<ReviewContract> = {
    init: () => ({ snapshot: service.snapshot(), strings: { ...actions.strings() } }),
    round: async ({ round }) => {
      await service.pick(round);
      connection.ids = null;
      return { rev: service.rev };
    },
    query: async ({ filter, sort, near }, signal) => {
      const opened = await service.shown();
      const ids = await idsOf(service, opened, filter, sort, signal);
      const before = connection.filter;
      connection.filter = canonicalJson(filter);
      connection.ids = ids;
      connection.round = opened.review.round;
      // What a sample says depends on the filter it is looked at by.
      if (before !== connection.filter && decider.spotCheckNow()) service.changed();
      const { index } = opened.review;
      const asked = near === null ? -1 : ids.indexOf(near);
      const at = asked >= 0 ? asked : ids.findIndex((id) => index.row(id)?.status === 'todo');
      const from = Math.max(0, at - ROWS_BEFORE);
      const rows = rowsOf(opened, ids.slice(from, from + FIRST_ROWS));
      return { rev: service.rev, total: ids.length, from, rows, at };
    },
    rows: async ({ from, to }) => {
      const opened = await service.shown();
      const ids = queried(connection, opened);
      const until = Math.min(to, from + MAX_ROWS);
      return { rev: service.rev, from, rows: rowsOf(opened, ids.slice(from, until)) };
    },
    record: async ({ id }) => recordFor(await service.shown(), id, say()),
    nextTodo: async ({ after }) => {
      const opened = await service.shown();
      const { index } = opened.review;
      const ids = queried(connection, opened);
      for (let step = 1; step <= ids.length; step += 1) {
        const at = (((after + step) % ids.length) + ids.length) % ids.length;
        if (index.row(ids[at] ?? '')?.status === 'todo') return { at };
      }
      return { at: -1 };
    },
    decide: async ({ id, act, round, seen }) => {
      await decider.decide(id, act, meant(connection, round), seen);
      return { rev: service.rev, record: recordFor(await service.ready(), id, say()) };
    },
    bulk: async ({ act, ids, expected, round }) => {
      const some = chosen(queried(connection), ids);
      const changed = await decider.bulk(act, some, expected, meant(connection, round));
      return { rev: service.rev, changed };
    },
    undo: async ({ round }) => {
      const id = await decider.undo(meant(connection, round));
      return { id, rev: service.rev };
    },
    redo: async ({ round }) => {
      const id = await decider.redo(meant(connection, round));
      return { id, rev: service.rev };
    },
    ask: async ({ ids, hint, round }, signal) => {
      const result = await service.asking.ask(ids, hint, signal, meant(connection, round));
      return { rev: service.rev, ...result };
    },
    opinion: async ({ ids, candidate, teacher, round }, signal) => {
      const scope =
        candidate === null
          ? { ids: chosen(queried(connection), ids) }
          : { candidate, ...(ids === null ? {} : { ids }) };
      const request = { ...scope, teacher };
      const made = await service.asking.opine(request, signal, meant(connection, round));
      const { scored, failed, known, unread, own } = made;
      return { rev: service.rev, scored, failed, known, unread, own };
    },
    again: async ({ id, how, who, samples, round }, signal) => {
      const { answers, question } = await service.askingStudent.ask(
        id,
        { student: who, draws: how, samples: samples ?? undefined },
        signal,
        meant(connection, round),
      );
      const right = answers.filter((one) => gradeAttempt(one, question).verdict === 'right').length;
      return { rev: service.rev, right, samples: answers.length };
    },
    spotCheck: async ({ size, round }) => {
      const ids = queried(connection);
      await decider.spotCheck(size, connection.filter ?? '', ids, meant(connection, round));
      return { rev: service.rev };
    },
    acceptRest: async ({ expected, round }) => {
      const changed = await decider.acceptRest(expected, meant(connection, round));
      return { rev: service.rev, changed };
    },
    saveFilter: async ({ name, filter }) => {
      await service.saved.save(name, filter);
      return { rev: service.changed() };
    },
    open: async ({ id, how, candidate, sample }) => {
      const { review } = await service.ready();
      if (!review.index.item(id)) throw unknown(id);
      await actions.open({ round: review.round, id, how, candidate, sample });
      return {};
    },
    run: async ({ verb }) => {
      if (verb === 'reload') await service.reload();
      else if (verb === 'stop' && (await stopAsking(service))) return {};
      else await actions.run(verb);
      return {};
    },
    focus: ({ where, selected }) => {
      actions.focus(where, selected);
      return {};
    },
  };
  return { connection, handlers, listed: (ids) => chosen(queried(connection), ids) };
}

/** Stops what the service itself is at; true when there was something. */
async function stopAsking({ asking, askingStudent }: ReviewService): Promise<boolean> {
  const stopped = await Promise.all([asking.stop(), askingStudent.stop()]);
  return stopped.includes(true);
}

/** Everything about one question as it is now. */
export function recordFor({ review, facts }: Opened, id: string, say: CurationSay): ReviewRecord {
  const item = review.index.item(id);
  if (!item) throw unknown(id);
  const { state } = facts;
  const form = state?.exams['train']?.form ?? null;
  return recordOf(item, {
    curation: review.curation,
    decisions: review.book.about(id),
    again: {
      answers: review.againOf(id),
      exam: state && { digest: state.student.digest, form },
    },
    say,
  });
}

/** The queue that a filter gives; while a spot check of this filter lasts, its sample. */
async function idsOf(
  service: ReviewService,
  { review }: Opened,
  filter: Filter,
  sort: Sort,
  signal: AbortSignalLike,
): Promise<readonly string[]> {
  const { index } = review;
  const sample = service.decider.spotCheckNow();
  if (sample && sample.filter === canonicalJson(filter)) {
    return sample.items.filter((id) => index.item(id) !== undefined);
  }
  const places = await runPaced(index.query(filter, sort, signal));
  if (places === null) throw cancelled();
  return places.map((place) => index.items[place]?.id ?? '');
}

function rowsOf({ review }: Opened, ids: readonly string[]): Row[] {
  return ids.map((id) => {
    const row = review.index.row(id);
    if (row) return row;
    throw stale();
  });
}

/** The round that a person meant: what the view shows may be older than its last query, and than its next one. */
function meant(connection: Connection, shown: number | null): number | null {
  if (shown === null || connection.round === null) return shown ?? connection.round;
  if (shown !== connection.round) throw stale();
  return shown;
}

function queried({ ids, round }: Connection, opened?: Opened): readonly string[] {
  if (ids && (!opened || opened.review.round === round)) return ids;
  throw stale();
}

function chosen(visible: readonly string[], ids: readonly string[] | null): readonly string[] {
  if (ids === null) return visible;
  const shown = new Set(visible);
  if (ids.every((id) => shown.has(id))) return [...new Set(ids)];
  throw stale();
}
