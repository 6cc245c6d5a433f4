import type { Question } from '../dataset/question.ts';
import type { Curation, ItemDecision } from './curation.ts';
import { isAbout } from './questionText.ts';

/** How a decision on a text stands after later fixes of its question. */
export type Standing =
  /** A person accepted it as the question is now: it needs no gate. */
  | 'by-person'
  /** It counts if it passes the gate now. */
  | 'by-gate'
  /** Nobody accepted it, or for another text of the question only. */
  | 'out';

/** What is taught of a decided text: `asked` names the text of the question that it was written for. */
export function standingOf(
  decision: ItemDecision | undefined,
  question: Question,
  asked: string | undefined,
  curation: Pick<Curation, 'questions' | 'goldFixes'>,
): Standing {
  if (decision?.status !== 'accepted') return 'out';
  const byPerson = decision.by === 'person';
  const fixed = curation.questions.get(question.id);
  if (!isAbout(asked, question, curation)) {
    // Written for another text: only a person who saw the new one may say that it still fits.
    if (!byPerson || fixed === undefined || decision.order < fixed.order) return 'out';
  }
  const gold = curation.goldFixes.get(question.id)?.order ?? -1;
  const text = fixed?.order ?? -1;
  return byPerson && decision.order > Math.max(gold, text) ? 'by-person' : 'by-gate';
}

/** The same for a text that a person wrote or edited: it is about the question as it was at that moment. */
export function standingOfHuman(
  decision: ItemDecision | undefined,
  questionId: string,
  curation: Pick<Curation, 'questions' | 'goldFixes'>,
): Standing {
  if (decision?.status !== 'accepted') return 'out';
  const fixed = curation.questions.get(questionId);
  if (fixed !== undefined && decision.order < fixed.order) return 'out';
  return decision.order > (curation.goldFixes.get(questionId)?.order ?? -1)
    ? 'by-person'
    : 'by-gate';
}
