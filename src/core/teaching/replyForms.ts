import type { KindWords } from './kindWords.ts';
import type { Purpose } from './records.ts';

/** How a teacher is asked to write: labelled lines, which every server can, or one JSON object. */
export type ReplyForm = 'sections' | 'json';

const answerOf = (example: string): string => /^Answer: (.*)$/mu.exec(example)?.[1] ?? '';

/** What a built-in template says about the form of the reply. */
export const FORM_WORDS: Readonly<
  Record<ReplyForm, Readonly<Record<Purpose, (words: KindWords) => string>>>
> = {
  sections: {
    annotate: ({
      last,
      example,
    }) => `Reply in exactly this form: the steps, then one line "Answer: " with ${last}, then one line END, then nothing more.
Example of the form:
${example}
END`,
    feedback: ({ last }) => `Reply in exactly this form, then nothing more:
FIRST WRONG STEP: the number of the step, or none
KIND: one of the kinds
WHY: one or two sentences that name the step, what was done and what should have been done
CORRECTED:
the corrected steps, one on a line
Answer: ${last}
END`,
    review: () => `Reply in exactly this form, then nothing more:
SCORE: one whole number from 1 to 5
REASON: one or two sentences that name the step that decides
END`,
  },
  json: {
    annotate: ({
      last,
      example,
    }) => `Reply with one JSON object and nothing else. It has exactly these keys:
"rationale": a string, the steps, one on a line, and at its end one line "Answer: " with ${last}
"finalAnswer": a string, what stands behind "Answer: "
Example of the form:
${JSON.stringify({ rationale: example, finalAnswer: answerOf(example) })}`,
    feedback: ({ last }) => `Reply with one JSON object and nothing else. It has exactly these keys:
"firstErrorStep": the number of the first wrong step, or null
"errorKind": one of the kinds, or null where no step is wrong
"why": a string, one or two sentences that name the step, what was done and what should have been done
"correctedRationale": a string, the corrected steps, one on a line, and at its end one line "Answer: " with ${last}
"finalAnswer": a string, what stands behind "Answer: "`,
    review: () => `Reply with one JSON object and nothing else. It has exactly these keys:
"score": one whole number from 1 to 5
"reason": a string, one or two sentences that name the step that decides`,
  },
};
