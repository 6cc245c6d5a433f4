import type { DisagreementView } from '../../shared/reviewDisagreement.ts';
import type { Candidate } from './candidates.ts';
import type { Curation } from './curation.ts';
import { sentenceOf } from './decisionLog.ts';
import type { Voice } from './disagreements.ts';
import type { Topic } from './topics.ts';
import type { Decision } from './decision.ts';
import type { CurationSay } from './say.ts';

/** What people disagree on about a question, with the places of its rationales as the record lists them. */
export function disagreementViews(
  questionId: string,
  candidates: readonly Candidate[],
  { disagreements }: Pick<Curation, 'disagreements'>,
  say: CurationSay,
): DisagreementView[] {
  return disagreements.of(questionId).map(({ topic, voices, holds }) => {
    const { matter, itemId, sample } = topic;
    const at = itemId === null ? -1 : candidates.findIndex(({ id }) => id === itemId);
    return {
      matter,
      place: sample === null ? (at < 0 ? null : at + 1) : sample + 1,
      voices: voices.map((voice) => ({
        by: voice.event.author.name,
        at: voice.event.at,
        what: sentenceOf(saidOn(topic, voice), questionId, say),
        reason: voice.event.reason ?? null,
        holds: voice === holds,
      })),
    };
  });
}

/** A decision on many rationales as far as it is about one of them. */
export function saidOn({ itemId }: Topic, { event }: Voice): Decision {
  if (event.type !== 'accept' && event.type !== 'reject') return event;
  const own = event.items.filter((one) => itemId === null || one.itemId === itemId);
  return { ...event, items: own };
}
