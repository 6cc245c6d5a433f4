/**
 * Every action of Tailor, once: the palette registers `id`, the command line offers `cli`. A test compares this
 * table with package.json and with the command line's own help.
 */
export const COMMANDS = {
  'tailor.init': { title: 'Create Project', cli: 'init' },
  'tailor.import': { title: 'Import Data', cli: 'import' },
  'tailor.exam': { title: 'Run Exam', cli: 'exam' },
  'tailor.audit': { title: 'Audit Grades', cli: 'audit' },
  'tailor.teach': { title: 'Ask Teacher', cli: 'teach' },
  'tailor.decide': { title: 'Decide on Items', cli: 'decide' },
  'tailor.freeze': { title: 'Freeze Round', cli: 'freeze' },
  'tailor.train': { title: 'Train Student', cli: 'train' },
  'tailor.round': { title: 'Run Next Round', cli: 'round' },
  'tailor.status': { title: 'Show Rounds', cli: 'status' },
  'tailor.compare': { title: 'Compare Rounds', cli: 'compare' },
  'tailor.doctor': { title: 'Check This Computer', cli: 'doctor' },
  'tailor.teacher': { title: 'Start Programmatic Teacher', cli: 'teacher' },
} as const;

export type CommandId = keyof typeof COMMANDS;
