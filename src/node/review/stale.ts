import { ChannelError } from '../../shared/contract.ts';

/** A view asked about a list that is no longer what it shows. */
export function stale(): ChannelError {
  return new ChannelError({
    code: 'STALE',
    message: 'The list has changed meanwhile.',
    hint: 'It is shown afresh: look again and repeat.',
  });
}

/** A person decided on a record that shows something else by now. */
export function changedRecord(): ChannelError {
  return new ChannelError({
    code: 'STALE',
    message: 'The item has changed since it was shown: nothing was decided.',
    hint: 'It is shown afresh: look again and repeat.',
  });
}

/** A view asked about a question that is not among those of the round. */
export function unknown(id: string): ChannelError {
  return new ChannelError({
    code: 'STALE',
    message: `There is no question ${JSON.stringify(id.slice(0, 80))} in this round.`,
    hint: 'The list is shown afresh.',
  });
}
