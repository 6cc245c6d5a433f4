import { sentence, type Sentence } from '../sentence.ts';
import { editedId } from '../curation/positives.ts';
import type { Curation } from '../curation/curation.ts';
import { textName } from '../curation/questionText.ts';
import { standingOf } from '../curation/standing.ts';
import type { Question } from '../dataset/question.ts';
import type { Attempt } from '../exam/attempt.ts';
import type { ChatFrame } from '../exam/chatFrame.ts';
import { completionOf, rationaleOfAttempt } from '../exam/promptForm.ts';
import { rationaleCheck } from '../teaching/gate.ts';
import type { FrozenRow } from './frozen.ts';

/** What the files know about one question's texts. */
export interface PositiveSources {
  /** With the gold that counts. */
  readonly question: Question;
  /** The student's, of all rounds so far. */
  readonly attempts: readonly Attempt[];
  /** itemId → what the teacher wrote. */
  readonly rationales: ReadonlyMap<string, string | null>;
  readonly curation: Curation;
  /** The chat template that the set was frozen in. */
  readonly chat: ChatFrame | undefined;
}

/** Lengths are a matter of taste that may change after a freeze; what a text says is not. */
const ANY_LENGTH = { maxSteps: Infinity, maxCharacters: Infinity };

/** Why a frozen positive may not be trained on, as half a sentence; null when it is what it says it is. */
export function doubtOfPositive(
  { id, completion, source }: FrozenRow['positives'][number],
  { question, attempts, rationales, curation, chat }: PositiveSources,
): Sentence | null {
  if (source === 'human') {
    return completion === completionOrNull(humanText(id, question.id, curation), chat)
      ? null
      : sentence`a positive is called human and no decision says so`;
  }
  const changed = sentence`a positive is not the text that its source holds`;
  if (source === 'self') {
    const isOwn = attempts.some(
      ({ text }) => completion === completionOf(rationaleOfAttempt(text).trimEnd(), chat),
    );
    if (!isOwn) return changed;
  } else {
    const text = source === 'dataset' ? question.rationale : rationales.get(id);
    if (completion !== completionOrNull(text, chat)) return changed;
    if (source !== 'dataset') {
      const decision = curation.items.get(id);
      if (decision?.status !== 'accepted') return sentence`a positive was never accepted`;
      const asked = textName(question, curation);
      if (standingOf(decision, question, asked, curation) === 'by-person') return null;
    }
  }
  const passes = rationaleCheck(question, ANY_LENGTH);
  return passes(rationaleOfAttempt(completion))
    ? null
    : sentence`a positive does not pass the gate`;
}

function completionOrNull(
  rationale: string | null | undefined,
  chat: ChatFrame | undefined,
): string | null {
  return rationale === null || rationale === undefined ? null : completionOf(rationale, chat);
}

/** The text that a person wrote or edited under this id. */
function humanText(id: string, questionId: string, curation: Curation): string | undefined {
  const written = curation.written.get(questionId)?.find((one) => one.id === id);
  if (written) return written.rationale;
  for (const [itemId, { rationale }] of curation.items) {
    if (rationale !== undefined && editedId(itemId, rationale) === id) return rationale;
  }
  return undefined;
}
