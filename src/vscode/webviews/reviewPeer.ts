import type { Handlers } from '../../shared/contract.ts';
import type { Act, ReviewContract, Snapshot } from '../../shared/reviewContract.ts';
import type { ReviewRecord } from '../../shared/reviewRecord.ts';
import type { Outside, ReviewActions } from '../../node/review/ports.ts';

/** Which of the two places a Review view lies in. */
export type Place = 'side' | 'panel';

/** What hosting needs of a project's review service. */
export interface ReviewPeer {
  /** Answers one view, which has a place in the queue of its own until it is disposed. */
  handlersFor(view: Place): Handlers<ReviewContract> & { dispose(): void };
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void;
  setOutside(outside: Outside): void;
  /** A whole item, for documents; rejects where the round has no such item. */
  record(round: number, id: string): Promise<ReviewRecord>;
  /** One decision on an item of a round; rejects where that round is closed. */
  decide(round: number, id: string, act: Act): Promise<void>;
  /** The first line of the round's files that could not be read, as the banner names it. */
  badLine(): { readonly path: string; readonly line: number } | null;
  dispose(): Promise<void> | void;
}

export type OpenReview = (parts: {
  readonly root: string;
  readonly actions: ReviewActions;
  readonly outside: Outside;
}) => Promise<ReviewPeer>;
