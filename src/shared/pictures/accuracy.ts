import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import type { RateView } from '../dashboardContract.ts';
import type { DashboardWords } from '../dashboardWords.ts';
import { footAxis, sideAxis, type Place } from './axes.ts';
import { strokeOf, type Ink } from './ink.ts';
import { DEV_MARK, EXTRA_MARKS, mark, TEST_MARK, TRAIN_MARK, type MarkLook } from './marks.ts';
import { drawing, type Frame, type Picture } from './picture.ts';
import { spread } from './spread.ts';
import { fitted, shape, textWidth, words as label, type SvgElement } from './svg.ts';

export interface AccuracyPoint {
  readonly round: number;
  readonly accuracy: RateView;
}

export interface AccuracySet {
  readonly name: string;
  readonly role: 'train' | 'dev' | 'extra' | 'test';
  readonly points: readonly AccuracyPoint[];
}

export interface AccuracyOptions extends Frame {
  readonly words: DashboardWords;
  readonly height?: number;
}

const HEIGHT = 230;
const NARROWEST = 240;
const CAP = 4;
/** Between the marks of two sets in one round. */
const APART = 12;
const LINE = 14;
/** Less than this would blow up what is only noise. */
const LEAST_SPAN = 0.1;

interface Drawn extends AccuracySet {
  readonly look: MarkLook;
  readonly stroke: { readonly stroke: string; readonly 'stroke-dasharray': string };
  /** Moves its marks aside, so that whiskers of several sets stand beside each other. */
  readonly aside: number;
}

/**
 * The share right in each round's exam with its 95 % interval, a line for each set. Train questions belong in a picture
 * of their own: their share says what was learnt by heart.
 */
export function accuracyPicture(sets: readonly AccuracySet[], options: AccuracyOptions): Picture {
  const { ink, words, height = HEIGHT } = options;
  const width = Math.max(NARROWEST, options.width);
  const known = sets.filter(({ points }) => points.length > 0);
  const drawn = known.map((set, at): Drawn => ({
    ...set,
    look: lookOf(known, at),
    stroke: strokeOf(ink, at),
    aside: (at - (known.length - 1) / 2) * APART,
  }));
  const endWidth = Math.min(
    width * 0.36,
    Math.max(0, ...drawn.map((set) => textWidth(endText(set, words)))) + 14,
  );
  const place: Place = { left: 46, right: width - endWidth, top: 12, bottom: height - 36 };
  const y = shareScale(drawn, place);
  const rounds = [...new Set(known.flatMap(({ points }) => points.map(({ round }) => round)))].sort(
    (a, b) => a - b,
  );
  const x = roundScale(rounds, place, drawn.length);
  return {
    svg: drawing({ width, ink }, height, [
      ...sideAxis(y, place, ink, { ticks: 5, say: (share) => plainPercent(share, words) }),
      ...footAxis(
        shownRounds(rounds, x).map((round) => ({ at: x(round), text: String(round) })),
        place,
        ink,
        words('picture.round'),
      ),
      ...drawn.flatMap((set) => setShapes(set, x, y, ink)),
      ...valueLabels(drawn, x, y, { ink, words, top: place.top }),
      ...endLabels(drawn, x, y, { ink, words, width: endWidth, place }),
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

function shareScale(sets: readonly Drawn[], { top, bottom }: Place) {
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
  const margin = 14 + (sets - 1) * (APART / 2);
  const [first = 0] = rounds;
  const last = rounds.at(-1) ?? first;
  return scaleLinear()
    .domain(first === last ? [first - 1, first + 1] : [first, last])
    .range([left + margin, right - margin]);
}

/** As many numbers of rounds as have room. */
function shownRounds(rounds: readonly number[], x: (round: number) => number): number[] {
  let free = -Infinity;
  return rounds.filter((round) => {
    const half = textWidth(String(round)) / 2 + 4;
    if (x(round) - half < free) return false;
    free = x(round) + half;
    return true;
  });
}

type Along = (value: number) => number;

function setShapes({ points, look, stroke, aside }: Drawn, x: Along, y: Along, ink: Ink) {
  const at = ({ round }: AccuracyPoint): number => x(round) + aside;
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

/** The share above each whisker but the last, which has its own label, where there is room. */
function valueLabels(
  sets: readonly Drawn[],
  x: Along,
  y: Along,
  { ink, words, top }: { readonly ink: Ink; readonly words: DashboardWords; readonly top: number },
): SvgElement[] {
  const [only, ...others] = sets;
  if (!only || others.length > 0) return [];
  const texts = only.points.map(({ accuracy }) => words.percent(accuracy.rate));
  const room = textWidth('00.0 %') + 6;
  let free = -Infinity;
  return only.points.slice(0, -1).flatMap(({ round, accuracy }, at) => {
    const text = texts[at] ?? '';
    if (x(round) - room / 2 < free) return [];
    free = x(round) + room / 2;
    const above = y(accuracy.high) - 6;
    const under = above < top ? y(accuracy.low) + 14 : above;
    return [label(text, { x: x(round), y: under, 'text-anchor': 'middle', fill: ink.text })];
  });
}

const endText = ({ name, role, points }: AccuracySet, words: DashboardWords): string => {
  const last = points.at(-1);
  const shown = role === 'test' ? words('picture.test', name) : name;
  return last ? `${shown} ${words.percent(last.accuracy.rate)}` : shown;
};

function endLabels(
  sets: readonly Drawn[],
  x: Along,
  y: Along,
  {
    ink,
    words,
    width,
    place,
  }: {
    readonly ink: Ink;
    readonly words: DashboardWords;
    readonly width: number;
    readonly place: Place;
  },
): SvgElement[] {
  const wanted = sets.map(({ points }) => y(points.at(-1)?.accuracy.rate ?? 0));
  const places = spread(wanted, LINE, [place.top, place.bottom]);
  return sets.map((set, at) => {
    const last = set.points.at(-1);
    const from = last ? x(last.round) + set.aside + 8 : place.right;
    return label(fitted(endText(set, words), width - 8), {
      x: Math.max(from, place.right + 2),
      y: (places[at] ?? 0) + 4,
      fill: ink.text,
    });
  });
}

function plainPercent(share: number, words: DashboardWords): string {
  return `${words.number(Math.round(share * 1000) / 10)}\u00a0%`;
}

function courseOf({ name, role, points }: AccuracySet, words: DashboardWords): string {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last) return '';
  const shown = role === 'test' ? words('picture.test', name) : name;
  const from = words('picture.at', words.rate(first.accuracy), first.accuracy.n, first.round);
  if (first === last) return words('picture.one', shown, from);
  const to = words('picture.at', words.rate(last.accuracy), last.accuracy.n, last.round);
  return words('picture.course', shown, from, to);
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
        set.role === 'test' ? words('picture.test', set.name) : set.name,
        words.percent(accuracy.rate),
        `${words.percent(accuracy.low)} – ${words.percent(accuracy.high)}`,
        words.count(accuracy.n),
      ]),
  };
}
