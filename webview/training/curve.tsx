import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Point } from '../../src/shared/trainingContract.ts';
import { drawCurve } from './draw.ts';
import { useWords, type Words } from './text.ts';

type Key = Exclude<keyof Point, 'step'>;

export interface Series {
  readonly key: Key;
  readonly label: string;
}

interface CurveProps {
  readonly id: string;
  readonly title: string;
  readonly series: readonly Series[];
  readonly points: readonly Point[];
  readonly range: readonly [number, number] | undefined;
  readonly asTable: boolean;
  readonly onToggle: () => void;
}

/** One curve, as a picture that says in words where it leads, or as the table of its numbers. */
export function Curve(props: CurveProps): JSX.Element {
  const { id, title, series, points, asTable, onToggle } = props;
  const words = useWords();
  return (
    <figure class="curve" aria-labelledby={`curve-${id}`}>
      <figcaption>
        <h3 id={`curve-${id}`}>{title}</h3>
        <button
          type="button"
          class="link"
          aria-label={`${title}: ${words(asTable ? 'chart' : 'table')}`}
          onClick={onToggle}
        >
          {words(asTable ? 'chart' : 'table')}
        </button>
      </figcaption>
      {asTable ? <Numbers title={title} series={series} points={points} /> : <Picture {...props} />}
    </figure>
  );
}

/** Where a series begins and ends, in words. */
export function summaryOf({ key, label }: Series, points: readonly Point[], words: Words): string {
  const known = points.filter((point) => point[key] !== null);
  const [first] = known;
  const last = known.at(-1);
  if (!first || !last) return words('curve.none');
  const value = (point: Point): string => words.number(point[key] ?? 0);
  return words('curve.summary', label, value(first), first.step, value(last), last.step);
}

function Picture({ series, points, range }: CurveProps): JSX.Element {
  const words = useWords();
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const { current } = ref;
    if (!current) return undefined;
    const measure = (): void => setWidth(Math.floor(current.clientWidth));
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(current);
    return () => watch.disconnect();
  }, []);
  const summary = series.map((one) => summaryOf(one, points, words)).join(' ');
  useLayoutEffect(() => {
    ref.current?.replaceChildren(
      drawCurve({ series, points, range, width, step: words('table.step') }),
    );
  }, [points, width, words]);
  return (
    <>
      <div class="picture" role="img" aria-label={summary} ref={ref} />
      {series.length > 1 ? (
        <p class="legend muted">
          {series.map(({ label }, at) => (
            <span key={label}>
              <i class={`stroke stroke-${at.toString()}`} aria-hidden="true" /> {label}
            </span>
          ))}
        </p>
      ) : null}
    </>
  );
}

function Numbers({
  title,
  series,
  points,
}: Pick<CurveProps, 'title' | 'series' | 'points'>): JSX.Element {
  const words = useWords();
  const known = points.filter((point) => series.some(({ key }) => point[key] !== null));
  const value = (number: number | null): string => (number === null ? '–' : words.number(number));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={title}>
      <table class="numbers">
        <caption class="muted">
          {words('table.caption', title, known.length, points.length)}
        </caption>
        <thead>
          <tr>
            <th scope="col">{words('table.step')}</th>
            {series.map(({ key, label }) => (
              <th scope="col" key={key}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {known.map((point) => (
            <tr key={point.step}>
              <th scope="row">{point.step}</th>
              {series.map(({ key }) => (
                <td key={key}>{value(point[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
