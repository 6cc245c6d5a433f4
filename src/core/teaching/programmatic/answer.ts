import { feedbackOn, type Feedback } from './feedback.ts';
import { flawOf, plant, type Flaw, type Imperfection } from './imperfect.ts';
import type { Knowledge, KnownQuestion } from './knowledge.ts';
import { opinionOn, type ProvenOpinion } from './opinion.ts';
import { readMessage } from './readMessage.ts';
import { choose, rationaleOf } from './wording.ts';

export const TEACHER_NAME = 'tailor-programmatic-1';
/** Part of every cache key: raise it whenever the same question and draw would get another text. */
export const TEACHER_VERSION = '1.0.0';

export type Mode = 'annotate' | 'feedback' | 'review' | 'unknown' | 'probe';

/** A request that was understood: which question, and what to do with it. */
export interface Understood {
  readonly mode: Mode;
  readonly known: KnownQuestion | null;
  readonly steps: readonly string[];
  readonly attemptAnswer: string | null;
  /** The rationale to judge; null in every other mode. */
  readonly rationale: string | null;
}

export interface TeacherReplyText {
  readonly mode: Mode;
  readonly questionId: string | null;
  readonly text: string;
  readonly flaw: Flaw | null;
}

/** Short messages that ask nothing are connection tests. */
function isProbe(message: string): boolean {
  return message.trim().length <= 80 && !/[\d?]/u.test(message);
}

/** Finds the question and the mode of a request from its last user message. */
export function understand(knowledge: Knowledge, message: string): Understood {
  const { about, steps, attemptAnswer, rationale } = readMessage(message);
  const known = knowledge.finder.find(about);
  if (!known) {
    const mode = isProbe(message) ? 'probe' : 'unknown';
    return { mode, known: null, steps: [], attemptAnswer, rationale: null };
  }
  const mode = rationale !== null ? 'review' : steps ? 'feedback' : 'annotate';
  return { mode, known, steps: steps ?? [], attemptAnswer, rationale };
}

/** No answer line and no score, so that nobody can take it for a solution or an opinion. */
const UNKNOWN_TEXT =
  'This question is not one that the programmatic teacher can solve: it has no equation that gives its gold.\nEND';

function sections(feedback: Feedback, rationale: string): string {
  const { step, kind, why, inferred } = feedback.comparison;
  return [
    `FIRST WRONG STEP: ${step ?? 'none'}`,
    `KIND: ${kind}`,
    `WHY: ${why}${inferred ? ' (No step shows this; it is inferred from the answer.)' : ''}`,
    'CORRECTED:',
    rationale,
    'END',
  ].join('\n');
}

function asJson(feedback: Feedback | null, rationale: string, answer: string): string {
  if (!feedback) return JSON.stringify({ rationale, finalAnswer: answer });
  const { step, kind, why } = feedback.comparison;
  return JSON.stringify({
    firstErrorStep: step,
    errorKind: kind,
    why,
    correctedRationale: rationale,
    finalAnswer: answer,
  });
}

const NO_OPINION =
  'This rationale reckons with rounded numbers: the programmatic teacher cannot judge it.\nEND';

function opinionText(opinion: ProvenOpinion | null, json: boolean): string {
  if (!opinion) return NO_OPINION;
  const { score, reason } = opinion;
  if (json) return JSON.stringify({ score, reason });
  return [`SCORE: ${score}`, `REASON: ${reason}`, 'END'].join('\n');
}

/** The reply to an understood request. The same arguments always give the same text. */
export function reply(
  { mode, known, steps, attemptAnswer, rationale: judged }: Understood,
  draw: number,
  options: { readonly imperfect?: Imperfection; readonly json?: boolean } = {},
): TeacherReplyText {
  if (!known) {
    return { mode, questionId: null, text: mode === 'probe' ? 'OK' : UNKNOWN_TEXT, flaw: null };
  }
  if (mode === 'review') {
    const said = opinionText(opinionOn(known, judged ?? ''), options.json === true);
    return { mode, questionId: known.id, text: said, flaw: null };
  }
  const feedback = mode === 'feedback' ? feedbackOn(known, steps, attemptAnswer, draw) : null;
  const clean = feedback?.correctedRationale ?? rationaleOf(known, choose(known.id, draw));
  const flaw = options.imperfect ? flawOf(known, draw, options.imperfect) : null;
  const rationale = flaw ? plant(flaw, clean, known) : clean;
  const answer = /Answer: (.*)$/u.exec(rationale)?.[1] ?? known.answer;
  const text = options.json
    ? asJson(feedback, rationale, answer)
    : feedback
      ? sections(feedback, rationale)
      : `${rationale}\nEND`;
  return { mode, questionId: known.id, text, flaw };
}
