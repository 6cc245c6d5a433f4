import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReviewService } from '../../src/node/review/service.ts';
import { systemClock as clock } from '../../src/node/storage/systemClock.ts';
import { NO_FILTER, type Filter } from '../../src/shared/reviewQueue.ts';
import { SAMPLES, writeReviewProject } from '../fakes/reviewData.ts';

/** Milliseconds that experience asks of the host, and past twice of which the bench fails. */
export const BUDGETS = {
  firstShown: 4000,
  firstRows10k: 150,
  firstRows100k: 250,
  query100k: 150,
  decisionDurable: 300,
} as const;

const QUIET = { debug: noop, info: noop, warn: noop, error: noop };
const { signal } = new AbortController();
function noop(): void {
  // Nothing is shown while it is measured.
}

type Numbers = Record<string, number>;

export async function openReview(root: string): Promise<ReviewService> {
  return ReviewService.open({
    root,
    surroundings: {
      assets: { engine: '', bridge: '', media: '', installation: root },
      clock,
      log: QUIET,
      environment: {},
    },
    actions: {
      run: () => Promise.resolve(),
      open: () => Promise.resolve(),
      focus: noop,
      strings: () => ({}),
      said: String,
    },
    outside: { trusted: true, job: null, teacherReady: true, paced: null, singleKeys: true },
    pollMs: null,
  });
}

/** Opens, filters, searches and decides over `count` mistakes with four attempts each. */
export async function measureHost(count: number): Promise<Numbers> {
  const root = await mkdtemp(join(tmpdir(), 'tailor-bench-ui-'));
  try {
    await writeReviewProject(root, count);
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const held = watchLoop();
    const service = await openReview(root);
    const view = service.handlersFor('side');
    const all = { filter: NO_FILTER, sort: 'flagged-first' as const, near: null };
    while ((await view.query(all, signal)).total === 0) await new Promise(setImmediate);
    const firstShownMs = performance.now() - started;
    await service.ready();
    const openMs = performance.now() - started;
    const longestHoldMs = held.stop();
    const query = (part: Partial<Filter>, sort: 'flagged-first' | 'data-order' = 'flagged-first') =>
      view.query({ filter: { ...NO_FILTER, ...part }, sort, near: null }, signal);

    // What a view does when it appears: init, then its first rows.
    const firstRowsMs = await timed(async () => {
      await view.init({ view: 'side' }, signal);
      const { total } = await query({});
      if (total !== count) throw new Error(`${total} mistakes instead of ${count}`);
    });
    const filterMs = await median(() => query({ status: ['todo'], unflagged: true }));
    const answerMs = await median(() => query({ answer: '25' }));
    const searchableMs = await timed(() => service.searchable());
    const firstSearchMs = await timed(() => query({ search: 'reykjavík' }));
    const searchMs = await median(() => query({ search: 'leap reykjavík' }));
    const searchCommonMs = await median(() => query({ search: 'cellar' }, 'data-order'));
    await query({});
    const jumpMs = await median(() => view.rows({ from: count - 50, to: count }, signal));
    const recordMs = await median(() => view.record({ id: idOf(count / 2) }, signal));

    const decisions: number[] = [];
    for (let index = 0; index < 50; index += 1) {
      const id = idOf(count / 5 + index);
      decisions.push(
        await timed(() =>
          view.decide({ id, act: { type: 'accept' }, round: null, seen: null }, signal),
        ),
        await timed(() => view.record({ id }, signal)),
      );
    }
    const durableMs = await timed(async () => {
      await view.decide(
        { id: idOf(count / 4), act: { type: 'reject' }, round: null, seen: null },
        signal,
      );
      await service.decider.flush();
    });
    const undoMs = await timed(() => view.undo({ round: null }, signal));
    const bulk = await query({ status: ['todo'] });
    const bulkMs = await timed(() =>
      view.bulk({ act: 'accept', ids: null, expected: bulk.total, round: null }, signal),
    );
    const undoBulkMs = await timed(() => view.undo({ round: null }, signal));
    const rssMB = (process.memoryUsage().rss - before) / 1e6;
    await service.dispose();
    const sorted = decisions.filter((_, place) => place % 2 === 0).sort((a, b) => a - b);
    return rounded({
      mistakes: count,
      attempts: count * SAMPLES,
      firstShownMs,
      openMs,
      longestHoldMs,
      firstRowsMs,
      filterMs,
      answerMs,
      searchableMs,
      firstSearchMs,
      searchMs,
      searchCommonMs,
      jumpMs,
      recordMs,
      decideMsP50: sorted[Math.floor(sorted.length / 2)] ?? 0,
      decideMsMax: sorted.at(-1) ?? 0,
      durableMs,
      undoMs,
      bulkItems: bulk.total,
      bulkMs,
      undoBulkMs,
      rssMB,
    });
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** What exceeds its budget twofold, as sentences. */
export function excesses(small: Numbers, large: Numbers): string[] {
  const rows: readonly (readonly [string, number | undefined, number])[] = [
    ['first shown, 10k', small['firstShownMs'], BUDGETS.firstShown],
    ['first shown, 100k', large['firstShownMs'], BUDGETS.firstShown],
    ['first rows, 10k', small['firstRowsMs'], BUDGETS.firstRows10k],
    ['first rows, 100k', large['firstRowsMs'], BUDGETS.firstRows100k],
    ['filter, 100k', large['filterMs'], BUDGETS.query100k],
    ['first search, 100k', large['firstSearchMs'], BUDGETS.query100k],
    ['search, 100k', large['searchMs'], BUDGETS.query100k],
    ['decision durable, 100k', large['durableMs'], BUDGETS.decisionDurable],
  ];
  return rows.flatMap(([name, ms, budget]) =>
    ms !== undefined && ms > 2 * budget ? [`${name}: ${ms} ms, budget ${budget} ms`] : [],
  );
}

const idOf = (index: number): string => `bench-${String(Math.floor(index)).padStart(6, '0')}`;

async function timed(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function median(work: () => unknown): Promise<number> {
  const taken: number[] = [];
  for (let run = 0; run < 7; run += 1) taken.push(await timed(work));
  return taken.sort((a, b) => a - b)[3] ?? 0;
}

/** The longest time for which nobody else in the process had a turn. */
function watchLoop(): { stop(): number } {
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return longest;
    },
  };
}

function rounded(numbers: Numbers): Numbers {
  return Object.fromEntries(
    Object.entries(numbers).map(([name, value]) => [name, Number(value.toFixed(2))]),
  );
}
