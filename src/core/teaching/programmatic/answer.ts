import { feedbackOn, type Feedback } from './feedback.ts';
import { flawOf, plant, type Flaw, type Imperfection } from './imperfect.ts';
import type { Knowledge, KnownQuestion } from './knowledge.ts';
import { readMessage } from './readMessage.ts';
import { choose, rationaleOf } from './wording.ts';

export const TEACHER_NAME = 'tailor-programmatic-1';
/** Part of every cache key: raise it whenever the same question and draw would get another text. */
export const TEACHER_VERSION = '1.0.0';

export type Mode = 'annotate' | 'feedback' | 'unknown' | 'probe';

/** A request that was understood: which question, and what to do with it. */
export interface Understood {
  readonly mode: Mode;
  readonly known: KnownQuestion | null;
  readonly steps: readonly string[];
  readonly attemptAnswer: string | null;
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
  const { about, steps, attemptAnswer } = readMessage(message);
  const known = knowledge.finder.find(about);
  if (!known) {
    return { mode: isProbe(message) ? 'probe' : 'unknown', known: null, steps: [], attemptAnswer };
  }
  return { mode: steps ? 'feedback' : 'annotate', known, steps: steps ?? [], attemptAnswer };
}

/** No answer line, so that no gate can take it for a solution. */
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

/** The reply to an understood request. The same arguments always give the same text. */
export function reply(
  { mode, known, steps, attemptAnswer }: Understood,
  draw: number,
  options: { readonly imperfect?: Imperfection; readonly json?: boolean } = {},
): TeacherReplyText {
  if (!known) {
    return { mode, questionId: null, text: mode === 'probe' ? 'OK' : UNKNOWN_TEXT, flaw: null };
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
