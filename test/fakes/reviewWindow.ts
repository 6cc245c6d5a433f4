import { onTestFinished } from 'vitest';
import type { Handlers } from '../../src/shared/contract.ts';
import type { ReviewContract } from '../../src/shared/reviewContract.ts';
import { NO_FILTER, type Filter } from '../../src/shared/reviewQueue.ts';
import type { Outside } from '../../src/node/review/ports.ts';
import { ReviewService } from '../../src/node/review/service.ts';
import { systemClock } from '../../src/node/storage/systemClock.ts';
import { writeReviewProject } from './reviewData.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const quiet = (): void => undefined;

export const OUTSIDE: Outside = {
  trusted: true,
  job: null,
  teacherReady: true,
  paced: null,
  singleKeys: true,
};

const { signal } = new AbortController();

/** A window with one Review view over a project; looks at the files only when told to. */
export interface ReviewWindow {
  readonly root: string;
  readonly service: ReviewService;
  readonly handlers: Handlers<ReviewContract>;
  ask<K extends keyof ReviewContract['requests']>(
    method: K,
    params: Parameters<Handlers<ReviewContract>[K]>[0],
  ): Promise<Awaited<ReturnType<Handlers<ReviewContract>[K]>>>;
  query(filter?: Partial<Filter>): Promise<string[]>;
  /** What was opened and run through the view. */
  readonly deeds: string[];
  readonly warnings: string[];
}

/** Opens a window and waits until its project has been read, or cannot be. */
export async function openWindow(
  root: string,
  outside = OUTSIDE,
  environment: Readonly<Record<string, string>> = {},
): Promise<ReviewWindow> {
  const window = await openReading(root, outside, environment);
  await window.service.ready().catch(quiet);
  return window;
}

/** A window over a project that is still being read. */
export async function openReading(
  root: string,
  outside = OUTSIDE,
  environment: Readonly<Record<string, string>> = {},
): Promise<ReviewWindow> {
  const deeds: string[] = [];
  const warnings: string[] = [];
  const service = await ReviewService.open({
    root,
    surroundings: {
      assets: { engine: '', bridge: '', media: '', installation: root },
      clock: systemClock,
      log: {
        debug: quiet,
        info: quiet,
        warn: (text) => warnings.push(text),
        error: (text) => warnings.push(text),
      },
      environment,
    },
    actions: {
      run: (verb) => {
        deeds.push(verb);
        return Promise.resolve();
      },
      open: ({ id, how }) => {
        deeds.push(`${how} ${id}`);
        return Promise.resolve();
      },
      focus: quiet,
      strings: () => ({ 'host.primary.freeze': 'Runde {0} einfrieren' }),
      said: String,
    },
    outside,
    pollMs: null,
  });
  onTestFinished(() => service.dispose());
  const handlers = service.handlersFor('side');
  const window: ReviewWindow = {
    root,
    service,
    handlers,
    deeds,
    warnings,
    // SAFETY: the method's own parameters and result; a union of handlers cannot be called without it.
    ask: async (method, params) => (await handlers[method](params as never, signal)) as never,
    query: async (filter = {}) => {
      const { rows } = await window.ask('query', {
        filter: { ...NO_FILTER, ...filter },
        sort: 'data-order',
        near: null,
      });
      return rows.map(({ id }) => id);
    },
  };
  return window;
}

/** A project with `count` mistakes, the first tenth of them decided, opened in one window. */
export async function reviewOf(count: number, draws = 1): Promise<ReviewWindow> {
  const root = await temporaryFolder();
  await writeReviewProject(root, count, draws);
  return openWindow(root);
}
