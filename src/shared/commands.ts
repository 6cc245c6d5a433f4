import { DATASET_COMMANDS } from './datasetCommands.ts';
import { REVIEW_COMMANDS } from './reviewCommands.ts';

/** A command of the palette and its twin in the terminal. */
export interface CommandInfo {
  readonly title: string;
  /**
   * The twin's words after `tailor`, as far as they are fixed; null for what only shows something, stores a secret, or
   * acts on what an editor holds.
   */
  readonly cli: string | null;
}

/**
 * Every action of Tailor, once: the palette registers the id, the command line offers `cli`. A test compares these
 * tables with package.json and with the command line's own help.
 */
export const COMMANDS = {
  'tailor.init': { title: 'Create Project', cli: 'init' },
  'tailor.import': { title: 'Import Data', cli: 'import' },
  'tailor.exam': { title: 'Run Exam', cli: 'exam' },
  'tailor.lookAtTest': { title: 'Look at Test', cli: 'exam --set test --look' },
  'tailor.audit': { title: 'Audit Grades', cli: 'audit' },
  'tailor.teach': { title: 'Ask Teacher', cli: 'teach' },
  'tailor.opinion': { title: 'Ask for Second Opinions', cli: 'opinion' },
  'tailor.decide': { title: 'Decide on Items', cli: 'decide list' },
  'tailor.freeze': { title: 'Freeze Round', cli: 'freeze' },
  'tailor.train': { title: 'Train Student', cli: 'train' },
  'tailor.trainAnew': { title: 'Train Anew', cli: 'train --fresh' },
  'tailor.round': { title: 'Run Next Round', cli: 'round' },
  'tailor.stop': { title: 'Stop', cli: 'stop' },
  'tailor.status': { title: 'Show Rounds', cli: 'status' },
  'tailor.compare': { title: 'Compare Rounds', cli: 'compare' },
  'tailor.export': { title: 'Export Training Set', cli: 'export' },
  'tailor.report': { title: 'Write Report', cli: 'report' },
  'tailor.doctor': { title: 'Check This Computer', cli: 'doctor' },
  'tailor.teacher': { title: 'Start Programmatic Teacher', cli: 'teacher --programmatic' },
  'tailor.chooseStudent': { title: 'Choose Student', cli: 'choose --student' },
  'tailor.chooseStudentServer': { title: 'Choose Student Server', cli: 'choose --server' },
  'tailor.choosePromptForm': { title: 'Choose Prompt Form', cli: 'choose --chat' },
  'tailor.testStudent': { title: 'Test Student', cli: 'student --test' },
  'tailor.recordStudent': { title: 'Record Student', cli: 'student --record' },
  'tailor.waitForStudent': { title: 'Wait for Student Server', cli: 'student --wait' },
  'tailor.chooseTeacher': { title: 'Choose Teacher', cli: 'choose --teacher' },
  'tailor.setTeacherKey': { title: 'Set Teacher Key', cli: null },
  'tailor.testTeacher': { title: 'Test Teacher', cli: 'teacher --test' },
  'tailor.estimateTeaching': { title: 'Estimate Teaching', cli: 'teach --estimate' },
  'tailor.estimateTraining': { title: 'Estimate Training', cli: 'train --dry-run' },
  'tailor.previewFreeze': { title: 'Preview Freeze', cli: 'freeze --preview' },
  'tailor.setup': { title: 'Set Up Trainer', cli: 'setup' },
  'tailor.apply': { title: 'Apply Edits to File', cli: 'apply' },
  'tailor.openRow': { title: 'Open Row in Review', cli: null },
  'tailor.copyCommandLine': { title: 'Copy as Command Line', cli: null },
  'tailor.whatRuns': { title: 'Show What Is Running', cli: null },
  'tailor.showLog': { title: 'Show Log', cli: null },
} as const satisfies Readonly<Record<string, CommandInfo>>;

export type CommandId = keyof typeof COMMANDS;

/** All tables. */
export const ALL_COMMANDS: Readonly<Record<string, CommandInfo>> = {
  ...COMMANDS,
  ...REVIEW_COMMANDS,
  ...DATASET_COMMANDS,
};
