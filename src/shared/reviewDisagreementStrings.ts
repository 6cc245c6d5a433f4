/** What the Review view says where people disagree: a part of its texts. */
export const reviewDisagreementStrings = {
  'flag.disagreed': 'people disagree',
  'flag.short.disagreed': 'disagreed',
  'chip.disagreed': 'Disagreed {n}',
  'disagree.title': 'People decided differently here',
  'disagree.settle': 'Decide again, whichever way: your word settles it.',
  'disagree.holds': 'counts now',
  'disagree.rationale': 'Rationale {n}',
  'disagree.rationale.gone': 'A rationale',
  'disagree.taught': 'Whether it is taught',
  'disagree.pair': 'Reflection pair of sample {n}',
  'disagree.verdict': 'Grading of sample {n}',
  'disagree.first-error': 'First wrong step of sample {n}',
  'disagree.gold': 'Gold answer',
  'disagree.question': 'Wording of the question',
} as const;
