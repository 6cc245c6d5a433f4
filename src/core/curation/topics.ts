import { sha256Text } from '../hash.ts';
import type { Decision } from './decision.ts';

/** What two people can have decided differently. */
export type Matter =
  'rationale' | 'taught' | 'pair' | 'verdict' | 'first-error' | 'gold' | 'question';

/** One thing about a question on which each person has one word. */
export interface Topic {
  readonly matter: Matter;
  /** Names it among the topics of its question. */
  readonly key: string;
  /** Of a rationale its item, of an attempt its first sample. */
  readonly itemId: string | null;
  readonly sample: number | null;
}

/** The key of what is decided on a rationale. */
export const rationaleTopic = (itemId: string): string => `rationale ${itemId}`;
/** The key of what is decided on an attempt as a reflection pair. */
export const pairTopic = (about: { fingerprint: string; textHash: string }): string =>
  `pair ${about.fingerprint} ${about.textHash}`;

/** What one decision says on one topic of a question. */
export interface Word {
  readonly questionId: string;
  readonly topic: Topic;
  /** Equal where two people mean the same. */
  readonly value: string;
}

const plain = (matter: 'taught' | 'gold' | 'question'): Topic => ({
  matter,
  key: matter,
  itemId: null,
  sample: null,
});

function onRationale(questionId: string, itemId: string, value: string): Word[] {
  const key = rationaleTopic(itemId);
  const word = {
    questionId,
    topic: { matter: 'rationale', key, itemId, sample: null },
    value,
  } as const;
  if (value === 'rejected') return [word];
  // Whoever accepts a rationale says that the question is taught; whoever leaves it out says that it is not.
  return [word, { questionId, topic: plain('taught'), value: 'in' }];
}

type AboutAttempt = Extract<
  Decision,
  { type: 'pair-drop' | 'pair-keep' | 'attempt-right' | 'attempt-wrong' | 'first-error' }
>;

function onAttempt(event: AboutAttempt, matter: Matter, value: string): Word[] {
  const { questionId, sample, fingerprint, textHash } = event;
  // Identical texts are one attempt to a person.
  const key = `${matter} ${fingerprint} ${textHash}`;
  return [{ questionId, topic: { matter, key, itemId: null, sample }, value }];
}

/** What a decision says on which topics. */
export function wordsOf(event: Decision): Word[] {
  switch (event.type) {
    case 'accept':
    case 'reject': {
      const value = event.type === 'accept' ? 'accepted' : 'rejected';
      return event.items.flatMap(({ questionId, itemId }) =>
        onRationale(questionId, itemId, value),
      );
    }
    case 'edit':
      return onRationale(event.questionId, event.itemId, `edited ${sha256Text(event.rationale)}`);
    case 'write':
      return [{ questionId: event.questionId, topic: plain('taught'), value: 'in' }];
    case 'leave-out':
      return [{ questionId: event.questionId, topic: plain('taught'), value: 'out' }];
    case 'pair-drop':
    case 'pair-keep':
      return onAttempt(event, 'pair', event.type);
    case 'attempt-right':
    case 'attempt-wrong':
      return onAttempt(event, 'verdict', event.type);
    case 'first-error':
      return onAttempt(event, 'first-error', `${event.step} ${event.errorKind}`);
    case 'fix-gold':
    case 'gold-confirmed':
      return [{ questionId: event.questionId, topic: plain('gold'), value: event.answer }];
    case 'fix-question':
      return [{ questionId: event.questionId, topic: plain('question'), value: event.text }];
    case 'hint':
    case 'spot-check':
    case 'stratum':
    case 'undo':
    case 'redo':
      return [];
  }
}
