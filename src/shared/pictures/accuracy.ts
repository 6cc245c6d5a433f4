import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { DashboardWords } from '../dashboardWords.ts';
import { BESIDE, endLabels, endText, keyAbove, nameOf, valueLabels } from './accuracyLabels.ts';
import type { AccuracyPoint, AccuracySet, Along, DrawnSet } from './accuracySet.ts';
import { footAxis, sideAxis, type Place } from './axes.ts';
import { strokeOf, type Ink } from './ink.ts';
import { DEV_MARK, EXTRA_MARKS, mark, TEST_MARK, TRAIN_MARK, type MarkLook } from './marks.ts';
import { drawing, type Frame, type Picture } from './picture.ts';
import { shape, textWidth, type SvgElement } from './svg.ts';

export interface AccuracyOptions extends Frame {
  readonly words: DashboardWords;
  readonly height?: number;
}

/** Share of the width that names beside the lines may take. */
const MOST_BESIDE = 0.34;
const HEIGHT = 230;
const NARROWEST = 240;
const CAP = 4;
/** Between the marks of two sets in one round, where there is room. */
const APART = 12;
/** Less than this would blow up what is only noise. */
const LEAST_SPAN = 0.1;

/**
 * The share right in each round's exam with its 95 % interval, a line for each set. Train questions belong in a picture
 * of their own: their share says what was learnt by heart.
 */
export function accuracyPicture(sets: readonly AccuracySet[], options: AccuracyOptions): Picture {
  const { ink, words, height = HEIGHT } = options;
  const width = Math.max(NARROWEST, options.width);
  const known = sets.filter(({ points }) => points.length > 0);
  const drawn = known.map((set, at): DrawnSet => ({
    ...set,
    look: lookOf(known, at),
    stroke: strokeOf(ink, at),
    place: at - (known.length - 1) / 2,
  }));
  const wanted = Math.max(0, ...drawn.map((set) => textWidth(endText(set, words)))) + BESIDE + 8;
  // Where names would take the picture's room, they stand above it.
  const beside = wanted <= width * MOST_BESIDE;
  const key = beside ? null : keyAbove(drawn, { ink, words, width });
  const top = 12 + (key?.height ?? 0);
  const place: Place = {
    left: 46,
    right: width - (beside ? wanted : 12),
    top,
    bottom: height + top - 12 - 36,
  };
  const y = shareScale(drawn, place);
  const rounds = [...new Set(known.flatMap(({ points }) => points.map(({ round }) => round)))].sort(
    (a, b) => a - b,
  );
  const x = roundScale(rounds, place, drawn.length);
  const apart = Math.min(APART, roundWidth(rounds, x) / (drawn.length + 0.5));
  return {
    svg: drawing({ width, ink }, height + top - 12, [
      ...sideAxis(y, place, ink, { ticks: 5, say: (share) => plainPercent(share, words) }),
      ...footAxis(
        shownRounds(rounds, x).map((round) => ({ at: x(round), text: String(round) })),
        place,
        ink,
        words('picture.round'),
      ),
      ...drawn.flatMap((set) => setShapes(set, (round) => x(round) + set.place * apart, y, ink)),
      ...valueLabels(drawn, x, y, { ink, words, top: place.top }),
      ...(key?.shapes ?? endLabels(drawn, y, { ink, words, place })),
    ]),
    sentence: known.map((set) => courseOf(set, words)).join(' '),
    table: tableOf(known, words),
  };
}

const LOOK = { train: TRAIN_MARK, dev: DEV_MARK, test: TEST_MARK } as const;

function lookOf(sets: readonly AccuracySet[], at: number): MarkLook {
  const role = sets[at]?.role ?? 'dev';
  if (role !== 'extra') return LOOK[role];
  const before = sets.slice(0, at).filter((set) => set.role === 'extra').length;
  return EXTRA_MARKS[before % EXTRA_MARKS.length] ?? DEV_MARK;
}

function shareScale(sets: readonly DrawnSet[], { top, bottom }: Place) {
  const rates = sets.flatMap(({ points }) => points.map(({ accuracy }) => accuracy));
  const low = Math.min(...rates.map((rate) => rate.low), 1);
  const high = Math.max(...rates.map((rate) => rate.high), 0);
  const middle = (low + high) / 2;
  const half = Math.max(high - low, LEAST_SPAN) / 2;
  const ends = [Math.max(0, middle - half * 1.1), Math.min(1, middle + half * 1.1)];
  const scale = scaleLinear()
    .domain(rates.length === 0 ? [0, 1] : ends)
    .nice(5);
  const [from = 0, to = 1] = scale.domain();
  return scale.domain([Math.max(0, from), Math.min(1, to)]).range([bottom, top]);
}

function roundScale(rounds: readonly number[], { left, right }: Place, sets: number) {
  // Room for a number above the first whisker, clear of the axis.
  const margin = sets === 1 ? 30 : 14 + (sets - 1) * (APART / 2);
  const [first = 0] = rounds;
  const last = rounds.at(-1) ?? first;
  return scaleLinear()
    .domain(first === last ? [first - 1, first + 1] : [first, last])
    .range([left + margin, right - margin]);
}

/** Between two rounds that follow each other most closely. */
function roundWidth(rounds: readonly number[], x: Along): number {
  const gaps = rounds.slice(1).map((round, at) => x(round) - x(rounds[at] ?? round));
  return Math.min(Infinity, ...gaps);
}

/** As many numbers of rounds as have room. */
function shownRounds(rounds: readonly number[], x: Along): number[] {
  let free = -Infinity;
  return rounds.filter((round) => {
    const half = textWidth(String(round)) / 2 + 4;
    if (x(round) - half < free) return false;
    free = x(round) + half;
    return true;
  });
}

function setShapes({ points, look, stroke }: DrawnSet, x: Along, y: Along, ink: Ink) {
  const at = ({ round }: AccuracyPoint): number => x(round);
  const path = line<AccuracyPoint>(at, ({ accuracy }) => y(accuracy.rate)).digits(1)(points);
  const shapes: SvgElement[] = [];
  if (points.length > 1 && path !== null) {
    shapes.push(shape('path', { d: path, ...stroke, 'stroke-width': 1.6 }));
  }
  for (const point of points) {
    const { low, high, rate } = point.accuracy;
    const [left, right] = [at(point) - CAP, at(point) + CAP];
    const whisker = [
      `M${round2(left)} ${round2(y(high))}H${round2(right)}`,
      `M${round2(left)} ${round2(y(low))}H${round2(right)}`,
      `M${round2(at(point))} ${round2(y(high))}V${round2(y(low))}`,
    ].join('');
    shapes.push(
      shape('path', { d: whisker, stroke: stroke.stroke, 'stroke-width': 1.4 }),
      mark(look, at(point), y(rate), { stroke: stroke.stroke, page: ink.page }),
    );
  }
  return shapes;
}

const round2 = (value: number): number => Math.round(value * 100) / 100;

function plainPercent(share: number, words: DashboardWords): string {
  return `${words.number(Math.round(share * 1000) / 10)}\u00a0%`;
}

function courseOf({ name, role, points }: AccuracySet, words: DashboardWords): string {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return '';
  const shown = nameOf({ name, role }, words);
  const at = ({ round, accuracy }: AccuracyPoint): string =>
    words('picture.at', words.rate(accuracy), words.count(accuracy.n), round);
  if (first === last) return words('picture.one', shown, at(first));
  const best = bestBetween(points);
  // By their test questions no rounds are ranked, not even in words.
  return best === null || role === 'test'
    ? words('picture.course', shown, at(first), at(last))
    : words('picture.courseBest', shown, at(first), at(last), at(best));
}

/** The best round where it is neither the first nor the last, which are named anyway, nor as good as one of them. */
function bestBetween(points: readonly AccuracyPoint[]): AccuracyPoint | null {
  const rateOf = (point: AccuracyPoint | undefined): number => point?.accuracy.rate ?? 0;
  const most = Math.max(rateOf(points[0]), rateOf(points.at(-1)));
  const above = points.filter((point) => rateOf(point) > most);
  return above.reduce<AccuracyPoint | null>(
    (best, point) => (best === null || rateOf(point) > rateOf(best) ? point : best),
    null,
  );
}

function tableOf(sets: readonly AccuracySet[], words: DashboardWords): Picture['table'] {
  const rows = sets.flatMap((set) =>
    set.points.map(({ round, accuracy }) => ({ set, round, accuracy })),
  );
  return {
    head: [
      words('picture.round'),
      words('picture.set'),
      words('picture.accuracy'),
      words('picture.interval'),
      'n',
    ],
    rows: rows
      .sort((a, b) => a.round - b.round)
      .map(({ set, round, accuracy }) => [
        String(round),
        nameOf(set, words),
        words.percent(accuracy.rate),
        `${words.percent(accuracy.low)} – ${words.percent(accuracy.high)}`,
        words.count(accuracy.n),
      ]),
  };
}
