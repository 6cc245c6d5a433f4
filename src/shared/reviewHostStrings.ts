/** What the host says in the views: keys with their English texts; `{0}`, `{1}` … are filled in. */
export const REVIEW_HOST_STRINGS = {
  'host.primary.createProject': 'Create Project',
  'host.primary.chooseStudent': 'Choose Student…',
  'host.primary.runExam': 'Run Exam',
  'host.primary.askTeacher': 'Ask Teacher',
  'host.primary.freeze': 'Freeze Round {0}',
  'host.primary.train': 'Train Round {0}',
  'host.primary.nextRound': 'Run Exam of Round {0}',
  'host.primary.showTraining': 'Show Training',
  'host.primary.showLog': 'Show Log',
  'host.primary.reload': 'Reload',
  'host.reason.loading': 'The round is being read.',
  'host.reason.frozen':
    'Round {0} is frozen: it can be read, not changed. What you decide next belongs to the next round.',
  'host.reason.late.one': '1 decision came after that: it counts for the next round.',
  'host.reason.late': '{0} decisions came after that: they count for the next round.',
  'host.reason.noExam': 'Round {0} has no exam: there is nothing to decide yet.',
  'host.banner.untrusted': 'Restricted Mode: you can read and review; running models is off.',
  'host.banner.untrusted.action': 'Manage Trust',
  'host.banner.noKey': 'No key for the teacher “{0}”: asking again is off.',
  'host.banner.noKey.action': 'Set Teacher Key…',
  'host.banner.programmatic':
    'The built-in teacher is a program, not a language model: it works from equations.',
  'host.banner.programmatic.action': 'Choose Teacher…',
  'host.banner.badLine': 'Line {0} of {1} {2}; {3} others loaded.',
  'host.banner.badLines': 'Line {0} of {1} {2}, and {4} more; {3} others loaded.',
  'host.banner.badLine.action': 'Open Line',
  'host.banner.changed': '{0} changed (git checkout?). Everything was read again.',
  'host.banner.changed.action': 'OK',
  'host.banner.orphans.one':
    '1 decision matches nothing in the data any more; it is kept, not used.',
  'host.banner.orphans':
    '{0} decisions match nothing in the data any more; they are kept, not used.',
  'host.banner.failed': '{0}',
  'host.banner.failed.action': 'Reload',
  'host.job.reading': 'Reading the round',
  'host.job.exam': 'Exam',
  'host.job.asking': 'Asking the teacher again',
  'host.job.opinion': 'Asking for second opinions',
  'host.job.again': 'Asking the student again',
  'host.again.untrusted': 'Restricted Mode: no student can be asked again.',
  'host.again.noExam': 'The exam of round {0} is not over: the student cannot be asked again yet.',
  'host.again.busy':
    'Something is running in this project: a student can be asked again afterwards.',
  'host.job.elsewhere': 'in another window or terminal',
} as const;

export type ReviewHostString = keyof typeof REVIEW_HOST_STRINGS;
