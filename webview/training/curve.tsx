import type { ComponentChildren, JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { Frame, Picture } from '../../src/shared/pictures/picture.ts';
import { curvePicture, type CurveKind } from '../../src/shared/pictures/trainingPictures.ts';
import type { Point } from '../../src/shared/trainingContract.ts';
import { Figure } from '../kit/figure.tsx';
import { useWords } from './text.ts';

/** What a page puts beside a curve's switch to its table. */
export type PictureTools = (picture: {
  readonly name: string;
  readonly title: string;
  readonly draw: (frame: Frame) => Picture;
}) => ComponentChildren;

interface CurveProps {
  readonly kind: CurveKind;
  readonly points: readonly Point[];
  readonly asTable: boolean;
  readonly onToggle: () => void;
  readonly tools?: PictureTools | undefined;
}

/** One curve, as a picture that says in words where it leads, or as the table of its numbers. */
export function Curve(props: CurveProps): JSX.Element {
  const { kind, points, asTable, onToggle, tools } = props;
  const words = useWords();
  const { id, series } = kind;
  const title = words(kind.title);
  const draw = useCallback(
    (frame: Frame) => curvePicture(kind, points, frame, words),
    [kind, points, words],
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
