import type { JSX } from 'preact';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import type { TrainingText } from '../../src/shared/trainingStrings.ts';
import { Curve, type PictureTools, type Series } from './curve.tsx';
import { SourceCurve } from './sourceCurve.tsx';
import type { CurvesLook } from './store.ts';
import { useWords } from './text.ts';

interface CurveKind {
  readonly id: string;
  readonly title: TrainingText;
  readonly series: readonly Omit<Series, 'label'>[];
  readonly labels: readonly TrainingText[];
  /** The range that means something by itself; the values' own otherwise. */
  readonly range?: readonly [number, number];
  readonly more?: boolean;
}

const CURVES: readonly CurveKind[] = [
  { id: 'lm', title: 'curve.lm', series: [{ key: 'lm' }], labels: ['curve.lm'] },
  { id: 'pair', title: 'curve.pair', series: [{ key: 'pair' }], labels: ['curve.pair'] },
  {
    id: 'cos',
    title: 'curve.cos',
    series: [{ key: 'cosPos' }, { key: 'cosNeg' }],
    labels: ['curve.cosPos', 'curve.cosNeg'],
  },
  {
    id: 'active',
    title: 'curve.active',
    series: [{ key: 'activeFrac' }],
    labels: ['curve.activeFrac'],
    range: [0, 1],
  },
  { id: 'lr', title: 'curve.lr', series: [{ key: 'lr' }], labels: ['curve.lr'], more: true },
  {
    id: 'gradNorm',
    title: 'curve.gradNorm',
    series: [{ key: 'gradNorm' }],
    labels: ['curve.gradNorm'],
    more: true,
  },
  {
    id: 'tokPerS',
    title: 'curve.tokPerS',
    series: [{ key: 'tokPerS' }],
    labels: ['curve.tokPerS'],
    more: true,
  },
];

/** The run's curves; those that only the curious look at come on demand. */
export function Curves({
  snapshot,
  store,
  tools,
}: {
  readonly snapshot: TrainingSnapshot;
  readonly store: CurvesLook;
  readonly tools?: PictureTools;
}): JSX.Element {
  const words = useWords();
  const { tables, more } = store.look.value;
  const { points } = snapshot;
  const shown = CURVES.filter(
    (curve) =>
      (more || curve.more !== true) &&
      points.some((point) => curve.series.some(({ key }) => point[key] !== null)),
  );
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">{words('curves')}</h2>
      {points.length === 0 ? <p class="muted">{words('curve.none')}</p> : null}
      <div class="curves">
        {shown.map(({ id, title, series, labels, range }) => (
          <Curve
            key={id}
            id={id}
            title={words(title)}
            series={series.map(({ key }, at) => ({
              key,
              label: words(labels[at] ?? title),
            }))}
            points={points}
            range={range}
            asTable={tables.includes(id)}
            onToggle={() => store.toggleTable(id)}
            tools={tools}
          />
        ))}
        <SourceCurve
          curves={snapshot.sourceCurves}
          asTable={tables.includes('source')}
          onToggle={() => store.toggleTable('source')}
          tools={tools}
        />
      </div>
      {points.length === 0 ? null : (
        <button
          type="button"
          class="link"
          aria-expanded={more}
          onClick={() => store.showMore(!more)}
        >
          {words('more')}
        </button>
      )}
    </section>
  );
}
