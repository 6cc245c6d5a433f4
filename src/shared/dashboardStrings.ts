/** Everything the Round Dashboard and its pictures say, in English; `{0}`, `{1}` … are values. */
export const DASHBOARD_STRINGS = {
  'picture.round': 'Round',
  'picture.set': 'Set',
  'picture.accuracy': 'Accuracy',
  'picture.interval': '95 % interval',
  'picture.test': '{0} (test)',
  'picture.at': '{0} (n = {1}) in round {2}',
  'picture.one': '{0}: {1}.',
  'picture.course': '{0}: from {1} to {2}.',
  'duration.seconds': '{0} s',
  'duration.minutes': '{0} min',
  'duration.hours': '{0} h {1} min',
} as const satisfies Readonly<Record<string, string>>;

export type DashboardText = keyof typeof DASHBOARD_STRINGS;
