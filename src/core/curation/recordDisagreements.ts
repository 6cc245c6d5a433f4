import type { DisagreementView } from '../../shared/reviewDisagreement.ts';
import type { Candidate } from './candidates.ts';
import type { Curation } from './curation.ts';
import { sentenceOf } from './decisionLog.ts';
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
        what: sentenceOf(voice.event, questionId, say),
        reason: voice.event.reason ?? null,
        holds: voice === holds,
      })),
    };
  });
}
