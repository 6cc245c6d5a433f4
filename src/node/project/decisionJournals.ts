import type { RecordedDecision } from '../../core/curation/activeDecisions.ts';
import type { Decision } from '../../core/curation/decision.ts';
import { behindKnown } from '../../core/curation/disagreements.ts';
import { isAppError } from '../../core/errors.ts';
import type { Journal } from '../storage/journal.ts';

export interface DecisionJournalsOptions {
  /** Opens this process's own file of a round. */
  readonly open: (round: number) => Promise<Journal<Decision>>;
  /** What everybody decided in a round, to be dated behind where it is overruled. */
  readonly read: (round: number) => Promise<readonly RecordedDecision[]>;
}

/** This process's own files of decisions, one a round, open from the first decision on. */
export class DecisionJournals {
  readonly #options: DecisionJournalsOptions;
  readonly #open = new Map<number, Journal<Decision>>();

  constructor(options: DecisionJournalsOptions) {
    this.#options = options;
  }

  /** Resolves when they are in the file; with `sync` on the disk. Rejects with the first failure, whatever else is written. */
  async append(
    round: number,
    decisions: readonly Decision[],
    sync: boolean,
  ): Promise<RecordedDecision[]> {
    const journal = await this.#of(round);
    const knowing = decisions.some(({ knows }) => knows !== undefined);
    const notBefore = knowing ? behindKnown(decisions, await this.#options.read(round)) : 0;
    const settled = await Promise.allSettled(
      decisions.map((decision) => journal.append(decision, { sync, notBefore })),
    );
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed === undefined) {
      return settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    }
    if (isAppError(failed.reason, 'store.missing')) {
      // The file was replaced (git checkout): the next decision begins it anew.
      this.#open.delete(round);
      await journal.close().catch(() => undefined);
    }
    throw failed.reason;
  }

  async flush(): Promise<void> {
    for (const journal of this.#open.values()) await journal.flush();
  }

  async close(): Promise<void> {
    for (const journal of this.#open.values()) await journal.close();
    this.#open.clear();
  }

  async #of(round: number): Promise<Journal<Decision>> {
    const known = this.#open.get(round);
    if (known) return known;
    const opened = await this.#options.open(round);
    this.#open.set(round, opened);
    return opened;
  }
}
