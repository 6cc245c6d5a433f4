import { AppError } from '../errors.ts';
import { joined, sentence, type Sentence } from '../sentence.ts';
import { EXPORT_FORMATS, type ExportFormat } from './formats.ts';
import type { LeftOut } from './records.ts';

/** What became of the rows of an export; counted while they are written. */
export interface ExportCounts {
  questions: number;
  records: number;
  duplicates: number;
  guarded: number;
  readonly left: Map<LeftOut, number>;
}

/** A file without a row helps nobody: it is not written, and what there is is told. */
export function refuseEmpty(counts: ExportCounts, rounds: readonly number[]): void {
  if (counts.records > 0) return;
  const why = leftLines(counts);
  throw new AppError(
    'data.missing',
    sentence`The set of round ${rounds.join(', ')} has nothing for this format.`,
    { hint: why.length > 0 ? joined([...why, ...wayOn(counts)]) : sentence`Its set is empty.` },
  );
}

/** What makes an export possible that nobody marked a step for. */
function wayOn({ left }: ExportCounts): Sentence[] {
  return (left.get('no mark') ?? 0) === 0
    ? []
    : [
        sentence`Mark the first wrong step of a mistake in Review before the round is frozen, and export a later round.`,
      ];
}

function leftLines({ left }: ExportCounts): Sentence[] {
  const mistake = left.get('no mistake') ?? 0;
  const mark = left.get('no mark') ?? 0;
  const beyond = left.get('mark beyond the steps') ?? 0;
  return [
    ...(mistake > 0
      ? [sentence`Questions without a mistake of the student's in the set, left out: ${mistake}.`]
      : []),
    ...(mark > 0
      ? [
          sentence`Questions of whose mistakes nobody marked the first wrong step, left out: ${mark}.`,
        ]
      : []),
    ...(beyond > 0
      ? [sentence`Questions whose mark names a step that is not there, left out: ${beyond}.`]
      : []),
  ];
}

/** OpenAI takes no file with fewer examples. */
const OPENAI_LEAST = 10;

/** What an export wrote, and what it left out and why. */
export function told(
  path: string,
  format: ExportFormat,
  rounds: readonly number[],
  counts: ExportCounts,
): Sentence[] {
  const { kind } = EXPORT_FORMATS[format];
  const { records, questions, duplicates, guarded } = counts;
  const of = rounds.join(', ');
  return [
    kind === 'pair'
      ? sentence`Wrote ${path} (${format}): ${records} pairs, from ${questions} questions of the frozen set of round ${of}.`
      : sentence`Wrote ${path} (${format}): ${records} rows, from ${questions} questions of the frozen set of round ${of}.`,
    ...leftLines(counts),
    ...(duplicates > 0 ? [sentence`Rows that were there already, left out: ${duplicates}.`] : []),
    ...(guarded > 0
      ? [sentence`Cells that a spreadsheet would compute, with an apostrophe in front: ${guarded}.`]
      : []),
    ...(format.startsWith('openai') && records < OPENAI_LEAST
      ? [sentence`OpenAI takes no file with fewer than ${OPENAI_LEAST} examples.`]
      : []),
  ];
}
