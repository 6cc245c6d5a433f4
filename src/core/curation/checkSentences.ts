import type { Check } from '../../shared/reviewContract.ts';
import type { Suspicion } from '../grading/verdict.ts';
import type { GateReason } from '../teaching/records.ts';

/** What the gate holds against a rationale, as a person reads it. */
export const GATE_SENTENCES: Readonly<Record<GateReason, string>> = {
  'no-final-line': 'It does not end in a line "Answer: …" that can be read.',
  'wrong-answer': 'Its answer is not the gold answer.',
  arithmetic: 'An equation in it is false.',
  'too-long': 'It is longer than the project allows.',
  'too-many-steps': 'It has more steps than the project allows.',
  empty: 'It has no step.',
  duplicate: 'The same words are taught already.',
  leak: 'It speaks of the student or of a given answer instead of the problem.',
  'unsafe-text':
    'It holds text that is not fit to be taught (markers, links or invisible characters).',
  unparsable: "The teacher's reply could not be read.",
  'points-at-true-step': 'The feedback calls a step wrong that is right.',
};

/** What the audit holds against calling an attempt wrong. */
export const SUSPICION_SENTENCES: Readonly<Record<Suspicion, string>> = {
  'gold-elsewhere': 'The gold answer stands elsewhere in it: it may be right.',
  'lenient-right': 'A lenient reader would call it right.',
  'suspect-gold': 'The samples agree on this answer: the gold may be wrong.',
  'gold-in-doubt': 'The samples agree on another answer: the gold may be wrong.',
  truncated: 'It was cut off at the token limit.',
  loop: 'It repeats itself.',
  empty: 'It is empty.',
  'no-answer': 'No answer could be read in it.',
};

/** Once the gold is confirmed, agreeing samples share a mistake. */
export const SHARED_MISTAKE = 'The samples agree on this answer; the gold answer was confirmed.';

/** All checks of the gate, passed ones too; what a person overrode is a warning. */
export function gateChecks(reasons: readonly GateReason[], overridden: boolean): Check[] {
  const failed = overridden ? 'warn' : 'bad';
  const of = (code: GateReason, passed: string): Check =>
    reasons.includes(code)
      ? { code, level: failed, message: GATE_SENTENCES[code] }
      : { code, level: 'ok', message: passed };
  const checks = [
    reasons.includes('no-final-line')
      ? of('no-final-line', '')
      : of('wrong-answer', 'Its answer is the gold answer.'),
    of('arithmetic', 'No equation in it is false.'),
    of('leak', 'It speaks of the problem only.'),
    of('unsafe-text', 'Nothing in it is unfit to be taught.'),
  ];
  const shown = new Set(checks.map(({ code }) => code));
  for (const code of reasons) {
    if (!shown.has(code)) checks.push({ code, level: failed, message: GATE_SENTENCES[code] });
  }
  return checks;
}
