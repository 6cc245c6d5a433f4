import { AppError } from '../../core/errors.ts';
import type { AskEstimate } from '../../node/review/askMany.ts';
import type { AsJob } from '../../node/review/ports.ts';
import type { Watch } from '../../node/session/session.ts';
import type { EditorJobs } from '../jobs.ts';
import type { MakeContext } from '../surroundings.ts';
import type { OpenReview } from './reviewPeer.ts';

/** What a person is asked before the teacher is; both reject where the person does not agree. */
export interface Consent {
  /** Says what leaves the computer, where something does; tells whether it may cost something. */
  toSend(root: string, judge?: string): Promise<'paid' | 'free'>;
  /** Whose second opinion is asked for. */
  judge(root: string): Promise<string>;
  /** Says what many questions will take. */
  toSpend(estimate: AskEstimate): Promise<void>;
}

/** Opens a project's review; what it needs is loaded when the first view asks for it. */
export function reviewOpener(
  makeContext: MakeContext,
  jobs: Pick<EditorJobs, 'run'>,
  consent: Consent,
): OpenReview {
  return async ({ root, actions, outside }) => {
    const { ReviewService } = await import('../../node/review/service.ts');
    const { askMany, estimateAsking, estimateOpining } =
      await import('../../node/review/askMany.ts');
    /** Where what a teacher costs is shown while one is asked. */
    let watching: Watch | undefined;
    const never = new AbortController().signal;
    const {
      report: _,
      signal: __,
      options: ___,
      ...surroundings
    } = makeContext({
      root,
      signal: never,
      watch: {
        teacher: (teaching) => watching?.teacher?.(teaching),
        paused: (until) => watching?.paused?.(until),
      },
    });
    const asJob: AsJob = ({ title, round }, work) =>
      jobs.run({ root, stage: 'other', round, title }, async (context) => {
        watching = context.watch;
        try {
          return await work(context);
        } finally {
          watching = undefined;
        }
      });
    const service = await ReviewService.open({ root, surroundings, actions, outside, asJob });
    // Documents ask like a view of their own.
    const documents = service.handlersFor('panel');
    const inRound = async (round: number): Promise<void> => {
      const { review } = await service.ready();
      if (review.round === round) return;
      throw new AppError('round.notReady', `Round ${round} is not the one that is shown.`, {
        hint: 'Choose that round in Review first.',
      });
    };
    const signal = {
      aborted: false,
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    };
    return {
      handlersFor: (view) => {
        const handlers = service.handlersFor(view);
        return {
          ...handlers,
          ask: async (params, asked) => {
            const { trusted, teacherReady } = service.outside;
            // What cannot be asked is refused below, with its reason.
            const may = trusted && teacherReady ? await consent.toSend(root) : 'free';
            if (may === 'free') return handlers.ask(params, asked);
            const result = await askMany(params.ids, {
              ask: async (ids) => handlers.ask({ ...params, ids: [...ids] }, asked),
              estimate: async (questions) => estimateAsking(await service.ready(), questions),
              agree: (estimate) => consent.toSpend(estimate),
            });
            return { ...result, rev: service.rev };
          },
          opinion: async (params, asked) => {
            if (!service.outside.trusted) return handlers.opinion(params, asked);
            const teacher = await consent.judge(root);
            const may = await consent.toSend(root, teacher);
            const ids = params.candidate === null ? handlers.listed(params.ids) : [];
            const ask = async (some: readonly string[]) =>
              handlers.opinion({ ...params, ids: [...some], teacher }, asked);
            if (params.candidate !== null) return ask(params.ids ?? []);
            if (may === 'free') return ask(ids);
            const result = await askMany(ids, {
              ask,
              estimate: async (_, left) => estimateOpining(await service.ready(), left, teacher),
              agree: (estimate) => consent.toSpend(estimate),
            });
            return { ...result, rev: service.rev };
          },
        };
      },
      onSnapshot: (listener) => service.onSnapshot(listener),
      setOutside: (now) => service.setOutside(now),
      record: async (round, id) => {
        await inRound(round);
        return documents.record({ id }, signal);
      },
      decide: async (round, id, act) => {
        await inRound(round);
        await documents.decide({ id, act, round, seen: null }, signal);
      },
      badLine: () => {
        const [first] = service.badLines;
        return first ? { path: first.file, line: first.line } : null;
      },
      dispose: async () => {
        documents.dispose();
        await service.dispose();
      },
    };
  };
}
