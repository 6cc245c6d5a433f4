import type { ComponentChildren, JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import { linesPicture } from '../../src/shared/pictures/lines.ts';
import type { Frame, Picture } from '../../src/shared/pictures/picture.ts';
import type { Point } from '../../src/shared/trainingContract.ts';
import { Figure } from '../kit/figure.tsx';
import { lineTexts, useWords } from './text.ts';

type Key = Exclude<keyof Point, 'step'>;

/** What a page puts beside a curve's switch to its table. */
export type PictureTools = (picture: {
  readonly name: string;
  readonly title: string;
  readonly draw: (frame: Frame) => Picture;
}) => ComponentChildren;

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
  readonly tools?: PictureTools | undefined;
}

/** One curve, as a picture that says in words where it leads, or as the table of its numbers. */
export function Curve(props: CurveProps): JSX.Element {
  const { id, title, series, points, range, asTable, onToggle, tools } = props;
  const words = useWords();
  const keys = series.map(({ key }) => key).join();
  const draw = useCallback(
    (frame: Frame) =>
      linesPicture(
        series.map(({ key, label }) => ({
          label,
          points: points.map((point) => ({ x: point.step, y: point[key] })),
        })),
        { ...frame, range, texts: lineTexts(words) },
      ),
    [points, words, keys, range],
  );
  const known = points.filter((point) => series.some(({ key }) => point[key] !== null));
  return (
    <Figure
      id={`curve-${id}`}
      title={title}
      draw={draw}
      asTable={asTable}
      onToggle={onToggle}
      tools={tools?.({ name: `curve-${id}`, title, draw })}
      texts={{
        table: words('table'),
        chart: words('chart'),
        caption: words('table.caption', title, known.length, points.length),
      }}
    />
  );
}
