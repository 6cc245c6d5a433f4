import type { CommandInfo } from './commands.ts';
import type { DatasetCommand } from './datasetContract.ts';

/**
 * The acts of the Dataset Editor in the palette, each forwarded to the view that is looked at, and meaning the rows that
 * are selected there. None has a twin in the terminal: they change what the editor holds, and a file only once it is saved.
 */
export const DATASET_ACTIONS = {
  'tailor.dataset.insert': { title: 'Dataset: Insert Row Below', cli: null, name: 'insert' },
  'tailor.dataset.duplicate': { title: 'Dataset: Duplicate Rows', cli: null, name: 'duplicate' },
  'tailor.dataset.remove': { title: 'Dataset: Delete Rows', cli: null, name: 'remove' },
  'tailor.dataset.moveUp': { title: 'Dataset: Move Rows Up', cli: null, name: 'move-up' },
  'tailor.dataset.moveDown': { title: 'Dataset: Move Rows Down', cli: null, name: 'move-down' },
  'tailor.dataset.nextProblem': {
    title: 'Dataset: Next Problem',
    cli: null,
    name: 'next-problem',
  },
  'tailor.dataset.previousProblem': {
    title: 'Dataset: Previous Problem',
    cli: null,
    name: 'previous-problem',
  },
  'tailor.dataset.search': { title: 'Dataset: Find in Rows', cli: null, name: 'search' },
  'tailor.dataset.openAsText': { title: 'Dataset: Open as Text', cli: null, name: 'open-text' },
  'tailor.dataset.openInReview': {
    title: 'Dataset: Open in Review',
    cli: null,
    name: 'open-review',
  },
  'tailor.dataset.openField': {
    title: 'Dataset: Open Field as Document',
    cli: null,
    name: 'open-field',
  },
  'tailor.dataset.keys': { title: 'Dataset: Show Keys', cli: null, name: 'keys' },
} as const satisfies Readonly<Record<string, CommandInfo & { readonly name: DatasetCommand }>>;

/** Every command of the Dataset Editor. */
export const DATASET_COMMANDS = {
  ...DATASET_ACTIONS,
  'tailor.openDataset': { title: 'Open in Dataset Editor', cli: null },
} as const satisfies Readonly<Record<string, CommandInfo>>;
