import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describeGuess, examplesOf } from '../../core/dataset/describeGuess.ts';
import { AppError, cancelled } from '../../core/errors.ts';
import {
  describeBadRow,
  type DataFormat,
  type DuplicateRow,
  type PlaceUnit,
} from '../../core/dataset/importers.ts';
import { mapText } from '../../core/dataset/mapText.ts';
import type { Question } from '../../core/dataset/question.ts';
import { carve, type Carved } from '../../core/dataset/splits.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { shellWord } from '../../core/shellWord.ts';
import { importFile } from '../importFile.ts';
import { peekFile } from '../imports/peekFile.ts';
import type { DataLayout } from '../imports/rowSource.ts';
import { changeProject } from '../project/changeProject.ts';
import { loadProject } from '../project/loadProject.ts';
import { namesIn } from '../project/projectFiles.ts';
import { makeFolder } from '../storage/makeFolder.ts';
import { assertWritable, resolveInside } from '../storage/safePath.ts';
import { writeSnapshot } from '../storage/snapshot.ts';
import type { CommandContext, CommandResult } from './context.ts';
import { changedTexts, overlapsOf } from './importedData.ts';

/** Where a test set goes that the project file does not name yet. */
export const TEST_PATH = 'data/test.jsonl';

/** A set of the project, or train with dev carved out of it. */
export type ImportTarget = 'train' | 'dev' | 'test' | 'split';

/** What `tailor import` is asked for. */
export interface ImportOptions {
  /** Guessed from the first rows when absent. */
  readonly format?: DataFormat;
  /** Told by the file when absent. */
  readonly layout?: DataLayout;
  readonly file: string;
  /** Where the questions go; "split" carves dev out of them. */
  readonly to: ImportTarget;
  readonly dev?: { readonly count: number } | { readonly share: number };
  readonly replace: boolean;
  /** Shows which fields were guessed and asks; null where nobody can be asked. Without it a guess is taken as it is. */
  readonly agree?: ((shown: Sentence) => Promise<boolean>) | null;
}

/** The fields of own rows, guessed and agreed to; the format of what needs no guess. */
async function agreedFormat(
  context: CommandContext,
  { file, format, layout, agree }: ImportOptions,
): Promise<{ format?: DataFormat; layout?: DataLayout }> {
  if (format || agree === undefined)
    return { ...(format && { format }), ...(layout && { layout }) };
  const peek = await peekFile(file, { ...(layout && { layout }), signal: context.signal });
  const found = { layout: peek.layout, ...(peek.guess && { format: peek.guess.format }) };
  const { guess, certain = true } = peek.guess ?? {};
  if (!guess || certain) return found;
  const shown = describeGuess(guess, peek.rows);
  if (agree !== null) {
    if (await agree(shown)) return found;
    throw cancelled();
  }
  context.log.info(String(shown));
  const name = peek.layout === 'csv' || peek.layout === 'parquet' ? peek.layout : 'jsonl';
  const map = mapText(guess.mapping);
  const typed = shellWord(map, { windows: false });
  throw new AppError(
    'usage',
    sentence`Which field of ${file} is which was guessed, and nobody can be asked.`,
    {
      hint: sentence`Add --yes where the guess is right, or name the fields: tailor import ${name} ${file} --map ${typed}`,
      detail: { ...guess, examples: examplesOf(guess.mapping, peek.rows) },
    },
  );
}

/** `tailor import`: questions from a published file or own rows into the project's data files. */
export async function importData(
  context: CommandContext,
  options: ImportOptions,
): Promise<CommandResult> {
  const { root, file: project } = await loadProject(context.options.folder);
  const result = await importFile(options.file, {
    ...(await agreedFormat(context, options)),
    signal: context.signal,
    report: context.report,
  });
  const unit = result.layout === 'parquet' ? 'row' : 'line';
  if (result.questions.length === 0) {
    const first = result.bad[0];
    throw new AppError('data.invalid', sentence`${options.file} has no usable row.`, {
      hint: first ? describeBadRow(options.file, first, unit) : sentence`Check the format.`,
      detail: { bad: result.bad.slice(0, 20) },
    });
  }
  const targets: [string, readonly Question[]][] = [];
  if (options.to === 'split') {
    const { train, dev } = carved(result.questions, options.dev, project.seed);
    targets.push([project.data.train, train], [project.data.dev, dev]);
  } else {
    targets.push([project.data[options.to] ?? TEST_PATH, result.questions]);
  }
  // All refusals come before the first write.
  const files = [];
  for (const [path, questions] of targets) {
    const absolute = await dataTarget(root, path, options.replace);
    const changed = await changedTexts(root, path, questions);
    files.push({ path, absolute, questions, changed });
  }
  const examined = (await namesIn(join(root, 'rounds'))).length > 0;
  for (const { absolute, questions } of files) {
    await makeFolder(dirname(absolute));
    await writeSnapshot(absolute, asLines(questions), { mode: 0o644 });
  }
  if (options.to === 'test' && project.data.test === undefined) {
    // As the person wrote it, with the new field: what is left out keeps its default.
    await changeProject(root, { data: { test: TEST_PATH } });
  }
  const { counts, bad, duplicates, notes } = result;
  const overlaps = await overlapsOf(root, project);
  const equal = overlaps.filter(({ same }) => same === 'text').length;
  const said = [
    sentence`Read ${counts.read} rows of ${options.file}: ${counts.kept} kept, ${counts.bad} bad, ${counts.duplicates} duplicates.`,
    ...files.map(({ path, questions, changed }) =>
      changed === 0
        ? sentence`${path}: ${questions.length} questions`
        : sentence`${path}: ${questions.length} questions, ${changed} of them with another text than before`,
    ),
    withParts(files.flatMap(({ questions }) => questions)),
    ...(examined && files.some(({ changed }) => changed > 0)
      ? [
          sentence`What was answered to the older texts counts no more; a frozen round keeps what it was made from. To ask again: tailor exam`,
        ]
      : []),
    ...atMost20(bad.map((row) => describeBadRow(options.file, row, unit))),
    ...atMost20(duplicates.map((row) => describeDuplicate(options.file, row, unit))),
    ...atMost20(
      notes.map(({ line, field, note }) =>
        unit === 'row'
          ? sentence`Row ${line}: ${field} ${note}.`
          : sentence`Line ${line}: ${field} ${note}.`,
      ),
    ),
    ...(overlaps.length === 0
      ? []
      : [
          sentence`Train and dev share ${equal} questions (never trained on) and ${overlaps.length - equal} that differ in numbers only.`,
        ]),
  ];
  return {
    text: joined(said, '\n'),
    json: {
      counts,
      bad,
      duplicates,
      notes,
      overlaps,
      files: files.map(({ path, questions, changed }) => ({
        path,
        questions: questions.length,
        changed,
      })),
    },
  };
}

/** Rows that are written at once: one text of all would be too long for a large set. */
const WRITTEN_AT_ONCE = 1000;

async function* asLines(questions: readonly Question[]): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < questions.length; at += WRITTEN_AT_ONCE) {
    const part = questions.slice(at, at + WRITTEN_AT_ONCE);
    yield Buffer.from(part.map((row) => `${JSON.stringify(row)}\n`).join(''), 'utf8');
    await Promise.resolve();
  }
}

/** What of the rows is more than question and answer: the programmatic teacher works from equations. */
function withParts(questions: readonly Question[]): Sentence {
  const having = (part: 'equation' | 'rationale'): number =>
    questions.filter((one) => one[part] !== undefined).length;
  return sentence`With an equation: ${having('equation')}; with a rationale: ${having('rationale')}.`;
}

function atMost20(all: readonly Sentence[]): Sentence[] {
  const rest = all.length - 20;
  return [
    ...all.slice(0, 20),
    ...(rest > 0 ? [sentence`… and ${rest} more; --json lists all.`] : []),
  ];
}

function describeDuplicate(file: string, row: DuplicateRow, unit: PlaceUnit): Sentence {
  const { line, same, firstLine, sameAnswer } = row;
  const what =
    unit === 'row'
      ? same === 'id'
        ? sentence`Row ${line} of ${file} is left out: it has the id of row ${firstLine}.`
        : sentence`Row ${line} of ${file} is left out: it has the text of row ${firstLine}.`
      : same === 'id'
        ? sentence`Line ${line} of ${file} is left out: it has the id of line ${firstLine}.`
        : sentence`Line ${line} of ${file} is left out: it has the text of line ${firstLine}.`;
  return sameAnswer ? what : joined([what, sentence`The two disagree about the answer.`]);
}

/** At least one dev question wherever there are two: a loop without a dev exam shows nothing. */
function carved(
  questions: readonly Question[],
  dev: ImportOptions['dev'] = { share: 0.1 },
  seed: number,
): Carved {
  if ('count' in dev && dev.count >= questions.length) {
    throw new AppError(
      'usage',
      sentence`--dev ${dev.count} leaves nothing of ${questions.length} questions.`,
      {
        hint: sentence`Name a smaller number, or import everything with --to dev.`,
      },
    );
  }
  const split = carve(questions, { dev, seed });
  const isEmpty = split.dev.length === 0 && questions.length > 1 && 'share' in dev;
  return isEmpty ? carve(questions, { dev: { count: 1 }, seed }) : split;
}

/** Where a set's file lies, once nothing speaks against writing it. */
async function dataTarget(root: string, path: string, replace: boolean): Promise<string> {
  const absolute = await assertWritable(root, await resolveInside(root, path));
  const there = await stat(absolute).then(
    ({ size }) => size > 0,
    () => false,
  );
  if (there && !replace) {
    throw new AppError('data.invalid', sentence`${path} is already there.`, {
      hint: sentence`Add --replace to write it anew. The next exam asks questions whose text changes again; frozen rounds stay as they are.`,
    });
  }
  return absolute;
}
