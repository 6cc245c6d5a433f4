/** What the Review view says about second opinions: a part of its texts. */
export const reviewOpinionStrings = {
  'flag.second-opinion': 'second opinion differs',
  'flag.short.second-opinion': '2nd opinion',
  'opinion.title': 'Second opinions',
  'opinion.score': '{by}: {score}/5',
  'act.opinion': 'Second opinion',
  'batch.opinion': 'Second opinions',
  'batch.ask.opinion.one': 'Ask for second opinions of the rationales of {n} question?',
  'batch.ask.opinion.other': 'Ask for second opinions of the rationales of these {n} questions?',
  'say.opinion':
    'Second opinions: {scored} scored, {failed} without a score, {known} scored before.',
  'say.opinion.unread':
    'Of {unread} it had given no score that can be read: ask about one by itself to ask again.',
  'say.opinion.own': 'Of {own} it is the teacher’s opinion of itself.',
} as const;
