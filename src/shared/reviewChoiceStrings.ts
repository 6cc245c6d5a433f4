/** What Review says about the choices of a question; a part of its table. */
export const reviewChoiceStrings = {
  choices: 'Choices',
  'choice.gold': 'gold',
  'choice.student': 'this attempt’s answer',
  'field.gold.choice': 'Gold choice',
} as const;
