import type { Point, TrainingSnapshot } from '../trainingContract.ts';
import type { TrainingText } from '../trainingStrings.ts';
import type { TrainingWords } from '../trainingWords.ts';
import { linesPicture, type LineTexts } from './lines.ts';
import type { Frame, Picture } from './picture.ts';

/** What of a step is drawn. */
export type CurveKey = Exclude<keyof Point, 'step'>;

/** One picture of a run's curves. */
export interface CurveKind {
  readonly id: string;
  readonly title: TrainingText;
  readonly series: readonly { readonly key: CurveKey; readonly label: TrainingText }[];
  /** The range that means something by itself; the values' own otherwise. */
  readonly range?: readonly [number, number];
  /** Only the curious look at it: it comes on demand. */
  readonly more?: boolean;
}

/** The curves of a run, in the order in which they are shown. */
export const CURVES: readonly CurveKind[] = [
  { id: 'lm', title: 'curve.lm', series: [{ key: 'lm', label: 'curve.lm' }] },
  { id: 'pair', title: 'curve.pair', series: [{ key: 'pair', label: 'curve.pair' }] },
  {
    id: 'cos',
    title: 'curve.cos',
    series: [
      { key: 'cosPos', label: 'curve.cosPos' },
      { key: 'cosNeg', label: 'curve.cosNeg' },
    ],
  },
  {
    id: 'active',
    title: 'curve.active',
    series: [{ key: 'activeFrac', label: 'curve.activeFrac' }],
    range: [0, 1],
  },
  {
    id: 'logp',
    title: 'curve.logp',
    series: [
      { key: 'logpChosen', label: 'curve.logpChosen' },
      { key: 'logpRejected', label: 'curve.logpRejected' },
    ],
  },
  { id: 'margin', title: 'curve.margin', series: [{ key: 'margin', label: 'curve.margin' }] },
  {
    id: 'accuracy',
    title: 'curve.accuracy',
    series: [{ key: 'accuracy', label: 'curve.accuracyShare' }],
    range: [0, 1],
  },
  { id: 'lr', title: 'curve.lr', series: [{ key: 'lr', label: 'curve.lr' }], more: true },
  {
    id: 'gradNorm',
    title: 'curve.gradNorm',
    series: [{ key: 'gradNorm', label: 'curve.gradNorm' }],
    more: true,
  },
  {
    id: 'tokPerS',
    title: 'curve.tokPerS',
    series: [{ key: 'tokPerS', label: 'curve.tokPerS' }],
    more: true,
  },
];

type SourceMeans = TrainingSnapshot['bySource'][string];

/** A column of the table by source. */
export interface SourceColumn {
  readonly key: Exclude<keyof SourceMeans, 'n'>;
  readonly head: TrainingText;
}

const OF_TRIPLETS: readonly SourceColumn[] = [
  { key: 'cosPos', head: 'cosine.positive' },
  { key: 'cosNeg', head: 'cosine.negative' },
  { key: 'activeFrac', head: 'curve.active' },
];
const OF_PREFERENCES: readonly SourceColumn[] = [
  { key: 'logpChosen', head: 'logp.chosen' },
  { key: 'logpRejected', head: 'logp.rejected' },
  { key: 'margin', head: 'curve.margin' },
  { key: 'accuracy', head: 'curve.accuracy' },
];

/** What the table by source shows beside the number of texts: what the run's kind of pairs is about. */
export function sourceColumns(bySource: TrainingSnapshot['bySource']): SourceColumn[] {
  const isPreference = Object.values(bySource).some((means) =>
    OF_PREFERENCES.some(({ key }) => means[key] !== null),
  );
  return [
    { key: 'lm', head: 'curve.lm' },
    { key: 'pair', head: 'curve.pair' },
    ...(isPreference ? OF_PREFERENCES : OF_TRIPLETS),
  ];
}

/** The curves of which anything was measured. */
export function measuredCurves(points: readonly Point[], more: boolean): CurveKind[] {
  return CURVES.filter(
    (curve) =>
      (more || curve.more !== true) &&
      points.some((point) => curve.series.some(({ key }) => point[key] !== null)),
  );
}

/** One of a run's curves. */
export function curvePicture(
  { series, range }: CurveKind,
  points: readonly Point[],
  frame: Frame,
  words: TrainingWords,
): Picture {
  return linesPicture(
    series.map(({ key, label }) => ({
      label: words(label),
      points: points.map((point) => ({ x: point.step, y: point[key] })),
    })),
    { ...frame, range, texts: lineTexts(words) },
  );
}

/** How well the texts of each source are learnt; `visible` keeps a source's own name harmless. */
export function sourcePicture(
  curves: TrainingSnapshot['sourceCurves'],
  frame: Frame,
  words: TrainingWords,
  visible: (text: string) => string,
): Picture {
  return linesPicture(
    curves.map(({ source, points }) => ({
      label: visible(words.known('source', source)),
      points: points.map(({ step, lm }) => ({ x: step, y: lm })),
    })),
    { ...frame, texts: lineTexts(words) },
  );
}

/** What a picture of curves over steps says. */
function lineTexts(words: TrainingWords): LineTexts {
  const { number } = words;
  return {
    x: words('table.step'),
    number,
    course: (label, first, last) =>
      words('curve.summary', label, number(first.y), first.x, number(last.y), last.x),
    none: words('curve.none'),
  };
}
