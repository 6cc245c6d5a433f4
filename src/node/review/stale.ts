import type { Said } from '../../core/errors.ts';
import { sentence, type Sentence } from '../../core/sentence.ts';
import { ChannelError } from '../../shared/contract.ts';

/** A view asked about something else than there is. */
class StaleError extends ChannelError {
  readonly said: Said;

  constructor(message: Sentence, hint: Sentence) {
    super({ code: 'STALE', message: String(message), hint: String(hint) });
    this.said = { message, hint };
  }
}

/** A view asked about a list that is no longer what it shows. */
export function stale(): ChannelError {
  return new StaleError(
    sentence`The list has changed meanwhile.`,
    sentence`It is shown afresh: look again and repeat.`,
  );
}

/** A person decided on a record that shows something else by now. */
export function changedRecord(): ChannelError {
  return new StaleError(
    sentence`The item has changed since it was shown: nothing was decided.`,
    sentence`It is shown afresh: look again and repeat.`,
  );
}

/** A view asked about a question that is not among those of the round. */
export function unknown(id: string): ChannelError {
  return new StaleError(
    sentence`There is no question ${JSON.stringify(id.slice(0, 80))} in this round.`,
    sentence`The list is shown afresh.`,
  );
}
