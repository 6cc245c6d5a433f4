import { AppError } from '../../core/errors.ts';
import type { MakeContext } from '../surroundings.ts';
import type { OpenReview } from './reviewPeer.ts';

/** Opens a project's review; what it needs is loaded when the first view asks for it. */
export function reviewOpener(
  makeContext: MakeContext,
  /** Says what leaves the computer, where something does; rejects where the person does not agree. */
  agreeToSend: (root: string) => Promise<unknown>,
): OpenReview {
  return async ({ root, actions, outside }) => {
    const { ReviewService } = await import('../../node/review/service.ts');
    const never = new AbortController().signal;
    const {
      report: _,
      signal: __,
      options: ___,
      ...surroundings
    } = makeContext({
      root,
      signal: never,
    });
    const service = await ReviewService.open({ root, surroundings, actions, outside });
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
            if (trusted && teacherReady) await agreeToSend(root);
            return handlers.ask(params, asked);
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
        await documents.decide({ id, act }, signal);
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
