import type { DashboardState } from '../../../shared/dashboardContract.ts';
import type { DashboardWords } from '../../../shared/dashboardWords.ts';
import { PAGE_INK } from '../../../shared/pictures/ink.ts';
import type { Picture } from '../../../shared/pictures/picture.ts';
import {
  curvePicture,
  measuredCurves,
  sourceColumns,
  sourcePicture,
} from '../../../shared/pictures/trainingPictures.ts';
import type { TrainingSnapshot } from '../../../shared/trainingContract.ts';
import type { TrainingWords } from '../../../shared/trainingWords.ts';
import { visibleText } from '../../visibleText.ts';
import { note, table, text, type Block } from './report.ts';
import { runTable } from './trainedWith.ts';

/** What a report of a training is written with. */
export interface TrainingParts {
  readonly words: DashboardWords;
  readonly train: TrainingWords;
  /** Every point and every answer. */
  readonly all: boolean;
}

const WIDTH = 720;
/** Rows of a curve's table: so many show its course. */
const POINTS = 25;
/** Answers to probes, and characters of each. */
const ANSWERS = 40;
const CHARACTERS = 240;

/** All runs with their settings, and the run that the Dashboard shows: its curves with their tables, and the losses by source. */
export function trainingBlocks({ training }: DashboardState, parts: TrainingParts): Block[] {
  const { words, train } = parts;
  if (training?.runId == null) return [text(words('train.none'))];
  const { round, runId, state, points, sourceCurves } = training;
  const run = train('run.item', round ?? 0, runId, train.known('state', state));
  const frame = { width: WIDTH, ink: PAGE_INK };
  const pictures = measuredCurves(points, false).map((kind): [string, Picture] => [
    train(kind.title),
    curvePicture(kind, points, frame, train),
  ]);
  if (sourceCurves.length > 1) {
    const picture = sourcePicture(sourceCurves, frame, train, visibleText);
    pictures.push([train('curve.source'), picture]);
  }
  const isCut = !parts.all && pictures.some(([, { table: of }]) => of.rows.length > POINTS);
  return [
    ...runTable(training, train),
    text(run),
    ...(pictures.length === 0 ? [text(train('curve.none'))] : []),
    ...pictures.map(([title, picture]) => ({
      kind: 'picture' as const,
      title,
      picture: parts.all ? picture : thinned(picture),
      numbers: words('report.numbers', title),
    })),
    ...(isCut ? [note(words('report.points', words.count(POINTS)))] : []),
    ...sourceTable(training, train),
  ];
}

/** The same picture with a table of some rows, the first and the last among them. */
function thinned(picture: Picture): Picture {
  const { head, rows } = picture.table;
  if (rows.length <= POINTS) return picture;
  const kept = Array.from({ length: POINTS }, (_, at) =>
    Math.round((at * (rows.length - 1)) / (POINTS - 1)),
  );
  return { ...picture, table: { head, rows: kept.flatMap((at) => [rows[at] ?? []]) } };
}

/** What is measured of the texts and their pairs, by where the texts come from. */
function sourceTable({ bySource, bySourceSteps }: TrainingSnapshot, train: TrainingWords): Block[] {
  const mean = (value: number | null): string => (value === null ? '–' : train.number(value));
  const columns = sourceColumns(bySource);
  const rows = Object.entries(bySource).map(([source, means]) => [
    train.known('source', source),
    String(means.n),
    ...columns.map(({ key }) => mean(means[key])),
  ]);
  const head = [train('source'), train('texts'), ...columns.map((column) => train(column.head))];
  const blocks = table(train('bySource'), head, rows);
  return blocks.length === 0 ? [] : [...blocks, note(train('bySource.note', bySourceSteps))];
}

/** What the student answered to the probes as it learned, question by question. */
export function probeAnswers({ probes }: DashboardState, { words, all }: TrainingParts): Block[] {
  const rows = probes.flatMap(({ questionId, question, gold, samples }) =>
    samples.map(({ epoch, text: said, answer, right }) => [
      questionId,
      question,
      gold,
      words.number(epoch),
      words(right ? 'train.right' : 'train.wrong'),
      answer ?? words('report.noAnswer'),
      all ? said.trim() : clipped(said.trim()),
    ]),
  );
  const shown = all ? rows : rows.slice(0, ANSWERS);
  const head = [
    words('report.id'),
    words('report.question'),
    words('report.gold'),
    words('report.epoch'),
    words('report.verdict'),
    words('report.said'),
    words('report.text'),
  ];
  const isCut =
    shown.length < rows.length ||
    (!all && probes.some(({ samples }) => samples.some((one) => isLong(one.text.trim()))));
  const rest = words(
    'report.answers',
    words.count(shown.length),
    words.count(rows.length),
    words.count(CHARACTERS),
  );
  return [...table(words('report.probeTexts'), head, shown), ...(isCut ? [note(rest)] : [])];
}

const isLong = (said: string): boolean => said.length > CHARACTERS;

/** Never cut between the two halves of one character. */
function clipped(said: string): string {
  return isLong(said) ? `${said.slice(0, CHARACTERS - 1).replace(/[\ud800-\udbff]$/u, '')}…` : said;
}
