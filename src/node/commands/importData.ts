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
import type { MappingGuess } from '../../core/dataset/guessMapping.ts';
import { mapText } from '../../core/dataset/mapText.ts';
import type { Question } from '../../core/dataset/question.ts';
import { shareOf } from '../../core/dataset/splits.ts';
import type { ProjectFile } from '../../core/project/projectFile.ts';
import { joined, sentence, type Sentence } from '../../core/sentence.ts';
import { shellWord } from '../../core/shellWord.ts';
import { importFile, type FileImport } from '../importFile.ts';
import { peekFile } from '../imports/peekFile.ts';
import { QuestionSpool } from '../imports/questionSpool.ts';
import type { DataLayout } from '../imports/rowSource.ts';
import { changeProject } from '../project/changeProject.ts';
import { loadProject, type LoadedProject } from '../project/loadProject.ts';
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

/** A guess as --json tells it. */
type ShownGuess = MappingGuess & { readonly examples: readonly Question[] };

/** The fields of own rows, guessed and agreed to; the format of what needs no guess. */
async function agreedFormat(
  context: CommandContext,
  { file, format, layout, agree }: ImportOptions,
): Promise<{ format?: DataFormat; layout?: DataLayout; guess?: ShownGuess }> {
  if (format || agree === undefined)
    return { ...(format && { format }), ...(layout && { layout }) };
  const peek = await peekFile(file, { ...(layout && { layout }), signal: context.signal });
  const found = { layout: peek.layout, ...(peek.guess && { format: peek.guess.format }) };
  const { guess, certain = true } = peek.guess ?? {};
  if (!guess || certain) return found;
  const shown = describeGuess(guess, peek.rows);
  const told = { ...guess, examples: examplesOf(guess.mapping, peek.rows) };
  if (agree !== null) {
    if (await agree(shown)) return { ...found, guess: told };
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
      detail: { ...told },
    },
  );
}

/** What is said of a written set. */
interface WrittenSet {
  readonly path: string;
  readonly count: number;
  readonly changed: number;
}

interface Written extends FileImport {
  readonly files: readonly WrittenSet[];
  readonly parts: Sentence;
  readonly examined: boolean;
  /** What was agreed to; null where nothing was guessed. */
  readonly guess: ShownGuess | null;
}

/** Reads the source and writes the sets: no question is held in memory, so that a source may have any number of them. */
async function readAndWrite(
  context: CommandContext,
  options: ImportOptions,
  { root, file: project }: LoadedProject,
): Promise<Written> {
  const { guess, ...format } = await agreedFormat(context, options);
  const place = dirname(await assertWritable(root, '.tailor/questions.jsonl'));
  const spool = await QuestionSpool.open(place, options.to === 'split' ? project.seed : null);
  try {
    const result = await importFile(options.file, {
      ...format,
      signal: context.signal,
      report: context.report,
      onQuestion: (question) => spool.add(question),
    });
    const unit = result.layout === 'parquet' ? 'row' : 'line';
    if (spool.count === 0) {
      const first = result.bad[0];
      throw new AppError('data.invalid', sentence`${options.file} has no usable row.`, {
        hint: first ? describeBadRow(options.file, first, unit) : sentence`Check the format.`,
        detail: { bad: result.bad.slice(0, 20) },
      });
    }
    // All refusals come before the first write.
    const files = [];
    for (const [path, chosen] of targetsOf(project, options, spool)) {
      const absolute = await dataTarget(root, path, options.replace);
      const lines = (): AsyncGenerator<Buffer> => spool.lines(chosen);
      const changed = await changedTexts(root, path, lines);
      let count = 0;
      for (let at = 0; at < spool.count; at += 1) if (chosen(at)) count += 1;
      files.push({ path, absolute, lines, count, changed });
    }
    const examined = (await namesIn(join(root, 'rounds'))).length > 0;
    for (const { absolute, lines } of files) {
      await makeFolder(dirname(absolute));
      await writeSnapshot(absolute, lines(), { mode: 0o644 });
    }
    if (options.to === 'test' && project.data.test === undefined) {
      // As the person wrote it, with the new field: what is left out keeps its default.
      await changeProject(root, { data: { test: TEST_PATH } });
    }
    return {
      ...result,
      guess: guess ?? null,
      files: files.map(({ path, count, changed }) => ({ path, count, changed })),
      parts: sentence`With an equation: ${spool.having.equation}; with a rationale: ${spool.having.rationale}.`,
      examined,
    };
  } finally {
    await spool.close();
  }
}

/** The files to be written, and which questions by their number go into each. */
function targetsOf(
  { data }: ProjectFile,
  { to, dev }: ImportOptions,
  spool: QuestionSpool,
): [string, (index: number) => boolean][] {
  if (to !== 'split') return [[data[to] ?? TEST_PATH, () => true]];
  const { places } = spool;
  const share = carvedShare(places, dev);
  const isDev = (index: number): boolean => (places[index] ?? 1) < share;
  return [
    [data.train, (index) => !isDev(index)],
    [data.dev, isDev],
  ];
}

/** `tailor import`: questions from a published file or own rows into the project's data files. */
export async function importData(
  context: CommandContext,
  options: ImportOptions,
): Promise<CommandResult> {
  const loaded = await loadProject(context.options.folder);
  const written = await readAndWrite(context, options, loaded);
  const { counts, bad, duplicates, notes, files, parts, examined } = written;
  const unit = written.layout === 'parquet' ? 'row' : 'line';
  const overlaps = await overlapsOf(loaded.root, loaded.file);
  const equal = overlaps.filter(({ same }) => same === 'text').length;
  const said = [
    readSentence(options.file, counts),
    ...files.map(({ path, count, changed }) =>
      changed === 0
        ? count === 1
          ? sentence`${path}: 1 question`
          : sentence`${path}: ${count} questions`
        : count === 1
          ? sentence`${path}: 1 question, with another text than before`
          : sentence`${path}: ${count} questions, ${changed} of them with another text than before`,
    ),
    parts,
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
      guess: written.guess,
      bad,
      duplicates,
      notes,
      overlaps,
      files: files.map(({ path, count, changed }) => ({ path, questions: count, changed })),
    },
  };
}

function readSentence(
  file: string,
  { read, kept, bad, duplicates }: FileImport['counts'],
): Sentence {
  if (read === 1) return sentence`Read 1 row of ${file}: ${kept} kept, ${bad} bad.`;
  return duplicates === 1
    ? sentence`Read ${read} rows of ${file}: ${kept} kept, ${bad} bad, 1 duplicate.`
    : sentence`Read ${read} rows of ${file}: ${kept} kept, ${bad} bad, ${duplicates} duplicates.`;
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
function carvedShare(places: Float64Array, dev: ImportOptions['dev'] = { share: 0.1 }): number {
  const { length } = places;
  if ('count' in dev && dev.count >= length) {
    throw new AppError(
      'usage',
      sentence`--dev ${dev.count} leaves nothing of ${length} questions.`,
      {
        hint: sentence`Name a smaller number, or import everything with --to dev.`,
      },
    );
  }
  const share = shareOf(places, dev);
  const isEmpty = length > 1 && 'share' in dev && places.every((place) => place >= share);
  return isEmpty ? shareOf(places, { count: 1 }) : share;
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
