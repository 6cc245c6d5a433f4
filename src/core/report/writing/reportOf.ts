import type { DashboardState } from '../../../shared/dashboardContract.ts';
import { changeNone, isNoiseOpen, onlyAsked, overlapNone } from '../../../shared/boardPhrases.ts';
import type { DashboardWords } from '../../../shared/dashboardWords.ts';
import { accuracyPicture } from '../../../shared/pictures/accuracy.ts';
import type { AccuracySet } from '../../../shared/pictures/accuracySet.ts';
import { barsPicture, type Bar } from '../../../shared/pictures/bars.ts';
import {
  accuracySets,
  barTexts,
  changeBars,
  courseBars,
  courseNotes,
  courseTitle,
} from '../../../shared/pictures/boardPictures.ts';
import { PAGE_INK } from '../../../shared/pictures/ink.ts';
import { trainingWords, type TrainingWords } from '../../../shared/trainingWords.ts';
import { listBlock, type ReportList } from './listTable.ts';
import { note, text, type Block, type Report, type ReportSection } from './report.ts';
import {
  acceptanceTable,
  costTable,
  decisionTable,
  examTable,
  severalTable,
  frozenTable,
  opinionTable,
  overlapTable,
  probeTable,
  studentTable,
} from './tables.ts';
import { probeAnswers, trainingBlocks, type TrainingParts } from './trainingPart.ts';

export interface ReportParts {
  readonly words: DashboardWords;
  /** The training's words; English when absent. */
  readonly train?: TrainingWords;
  /** Every point of every curve and every answer to every probe. */
  readonly all?: boolean;
  readonly lists: readonly ReportList[];
  /** When it is written, as ISO 8601. */
  readonly at: string;
}

const WIDTH = 720;

/** The same picture as the Dashboard's, in the same order. */
export function reportOf(
  state: DashboardState,
  { words, lists, at, train = trainingWords({}, 'en'), all = false }: ReportParts,
): Report {
  const parts = { words, train, all };
  const sections: ReportSection[] = [
    about(state, words, at),
    accuracy(state, words),
    {
      title: words('exams.title'),
      blocks: noted(
        [...examTable(state, words), ...severalTable(state, words)],
        words('exams.caption'),
        words('board.empty.title'),
      ),
    },
    comparison(state, words),
    courses(state, words),
    { title: words('train.title'), blocks: trainingBlocks(state, parts) },
    { title: words('train.probes'), blocks: probes(state, parts) },
    {
      title: words('taught.title'),
      blocks: orElse(frozenTable(state, words), words('taught.none')),
    },
    { title: words('saw.title'), blocks: studentTable(state, words) },
    {
      title: words('decide.title'),
      blocks: orElse(decisionTable(state, words), words('decide.none')),
    },
    {
      title: words('accept.title'),
      blocks: orElse(acceptanceTable(state, words), words('accept.none')),
    },
    { title: words('opinion.title'), blocks: opinionTable(state, words) },
    { title: words('cost.title'), blocks: noted(costTable(state, words), words('cost.note')) },
    { title: words('overlap.title'), blocks: overlaps(state, words) },
    { title: words('test.title'), blocks: looks(state, words) },
    { title: words('report.lists'), blocks: lists.map((one) => listBlock(one, words)) },
  ];
  return {
    title: `${words('board.title')}: ${state.project}`,
    sections: sections.filter(({ blocks }) => blocks.length > 0),
  };
}

function orElse(blocks: readonly Block[], otherwise: string): Block[] {
  return blocks.length === 0 ? [text(otherwise)] : [...blocks];
}

/** With what must be known of a table; what is not there needs no note. */
function noted(blocks: readonly Block[], said: string, otherwise?: string): Block[] {
  if (blocks.length > 0) return [...blocks, note(said)];
  return otherwise === undefined ? [] : [text(otherwise)];
}

function about(
  { labels, notes }: DashboardState,
  words: DashboardWords,
  at: string,
): ReportSection {
  return {
    title: words('board.labels'),
    blocks: [
      text(words('report.made', words.day(at))),
      ...labels.map(note),
      ...(notes.length === 0 ? [] : [note(words('board.notes')), ...notes.map(note)]),
    ],
  };
}

function accuracy(state: DashboardState, words: DashboardWords): ReportSection {
  const sets = accuracySets(state);
  const picture = (title: string, chosen: readonly AccuracySet[]): Block[] =>
    chosen.length === 0
      ? []
      : [
          {
            kind: 'picture',
            title,
            picture: accuracyPicture(chosen, { words, width: WIDTH, ink: PAGE_INK }),
            numbers: words('report.numbers', title),
          },
        ];
  const unseen = sets.filter(({ role }) => role !== 'train');
  const train = sets.filter(({ role }) => role === 'train');
  const pictures = [
    ...(unseen.length === 0 && train.length > 0
      ? [note(`${words('accuracy.unseen')}: ${words('accuracy.none')}`)]
      : picture(words('accuracy.unseen'), unseen)),
    ...picture(words('accuracy.train'), train),
  ];
  return {
    title: words('accuracy.title'),
    blocks:
      pictures.length === 0
        ? [text(words('board.empty.title'))]
        : [...pictures, note(words('accuracy.note'))],
  };
}

function comparison(state: DashboardState, words: DashboardWords): ReportSection {
  const title = words('change.title');
  const shown = state.comparison;
  if (shown === null) return { title, blocks: [text(words(changeNone(state)))] };
  const { from, to, set, n, before, after, test, difference, onlyBefore, onlyAfter } = shown;
  const { value, low, high } = difference;
  const change = words(
    'change.difference',
    words.points(value),
    words.points(low),
    words.points(high),
  );
  // The verdict says why nothing is tested; an interval beside it would look like a test.
  const tested =
    test.kind === 'none'
      ? []
      : [
          text(change),
          text(
            test.kind === 'mcnemar'
              ? words('change.mcnemar', words.count(n), words.p(test.p))
              : words('change.bootstrap', words.count(n)),
          ),
        ];
  const noise = isNoiseOpen(state) ? [note(words('change.noise'))] : [];
  const only = [
    ...(onlyBefore > 0 ? [onlyAsked(onlyBefore, from, words)] : []),
    ...(onlyAfter > 0 ? [onlyAsked(onlyAfter, to, words)] : []),
  ];
  return {
    title: `${title}: ${words('round.n', from)} → ${words('round.n', to)}, ${set}`,
    blocks: [
      text(shown.verdict),
      text(words('change.rates', words.rate(before), words.rate(after), words.count(n))),
      ...tested,
      ...only.map(note),
      ...noise,
      bars(words('change.questions', from, to), changeBars(shown, words), n, words),
    ],
  };
}

function bars(title: string, of: readonly Bar[], n: number, words: DashboardWords): Block {
  const options = { width: WIDTH, ink: PAGE_INK, of: n, texts: barTexts(n, words) };
  const numbers = words('report.numbers', title);
  return { kind: 'picture', title, picture: barsPicture(of, options), numbers };
}

function courses(state: DashboardState, words: DashboardWords): ReportSection {
  const title = words('course.title');
  const { trajectories } = state;
  const { counts } = trajectories;
  const n = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (n === 0) return { title, blocks: [text(words('course.none'))] };
  return {
    title,
    blocks: [
      bars(courseTitle(trajectories, words), courseBars(trajectories, words), n, words),
      ...courseNotes(trajectories, words).map(note),
    ],
  };
}

function probes(state: DashboardState, parts: TrainingParts): Block[] {
  const { words } = parts;
  const blocks = probeTable(state, words);
  if (blocks.length === 0) return [];
  return [...blocks, note(words('train.probes.note')), ...probeAnswers(state, parts)];
}

function overlaps(state: DashboardState, words: DashboardWords): Block[] {
  if (!state.contaminationKnown) return [text(words('overlap.unread'))];
  return orElse(overlapTable(state, words), words(overlapNone(state)));
}

function looks({ testLooks }: DashboardState, words: DashboardWords): Block[] {
  if (testLooks === null) return [text(words('test.none'))];
  const { times, last } = testLooks;
  const day = last === null ? '' : words.day(last);
  const said =
    times === 0
      ? words('test.never')
      : times === 1
        ? words('test.once', day)
        : words('test.times', words.count(times), day);
  return [text(said), note(words('test.note'))];
}
