import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import {
  planFixes,
  writeFixes,
  type FixedRow,
  type FixPlan,
  type LeftRow,
} from '../dataset/writeFixes.ts';
import { assertWritable } from '../storage/safePath.ts';
import { withSession, type CommandContext, type CommandResult } from './context.ts';

/** The corrections of a project and what they would change in its training data. */
export interface PlannedEdits {
  /** As tailor.json names the file. */
  readonly file: string;
  readonly plan: FixPlan;
}

/** Rows that are left as they are, by line; `--json` has all of them. */
const LISTED = 20;

/** Works out what `tailor apply` would write; nothing is written. */
export function planEdits(context: CommandContext): Promise<PlannedEdits> {
  return withSession(context, async ({ root, store }) => {
    const file = store.dataPath('train');
    const path = await assertWritable(root, file);
    const plan = await planFixes(path, await store.dataFixes(), { signal: context.signal });
    return { file, plan };
  });
}

/**
 * `tailor apply`: writes the gold answers and questions that were corrected in Review into the data file. They stay
 * decisions; what counts is the same before and after.
 */
export async function apply(
  context: CommandContext,
  options: { readonly preview?: boolean },
): Promise<CommandResult> {
  const planned = await planEdits(context);
  const isPreview = options.preview === true;
  if (!isPreview) await writeFixes(planned.plan, { signal: context.signal });
  const { rows, left } = planned.plan;
  const written = !isPreview && rows.length > 0;
  const lines = [...editLines(planned), ...(isPreview && rows.length > 0 ? [NOT_YET] : [])];
  return {
    text: joined(lines, '\n'),
    json: { file: planned.file, written, rows, left },
  };
}

const NOT_YET = sentence`Nothing is written yet: tailor apply writes it.`;

/** What changes in the file, what becomes of equations, and what is left as it is. */
export function editLines({ file, plan: { rows, left } }: PlannedEdits): Sentence[] {
  const count = (test: (row: FixedRow) => boolean): number => rows.filter(test).length;
  const removed = count(({ equation }) => equation === 'removed');
  const unused = count(({ equation, question }) => equation === 'kept' && question !== null);
  const questions = count(({ question }) => question !== null);
  const answers = count(({ answer }) => answer !== null);
  return [
    rows.length === 0
      ? sentence`${file} says what counts already: no edit of Review is to be written.`
      : sentence`Rows that change in ${file}: ${rows.length} (questions: ${questions}, gold answers: ${answers}).`,
    ...(removed > 0
      ? [sentence`Equations that do not give the answer any more and are removed: ${removed}.`]
      : []),
    ...(unused > 0
      ? [
          sentence`Equations of changed questions that still give the answer: ${unused}. They stay in the file; Tailor does not work from them, as they were made for the older wording.`,
        ]
      : []),
    ...(left.length > 0
      ? [
          sentence`Edits that are left out, because the file says something else by now: ${left.length}.`,
        ]
      : []),
    ...left.slice(0, LISTED).map(leftLine),
  ];
}

function leftLine({ line, id, why, says, was }: LeftRow): Sentence {
  if (line === null) return sentence`${id}: no row has this id.`;
  if (why === 'question') {
    return sentence`Line ${line}, ${id}: the question has another wording than the edit was made for.`;
  }
  return sentence`Line ${line}, ${id}: the answer is ${says}, and the edit was made for ${was}.`;
}
