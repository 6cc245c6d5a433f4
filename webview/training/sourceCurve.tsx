import type { JSX } from 'preact';
import { useCallback } from 'preact/hooks';
import type { Frame } from '../../src/shared/pictures/picture.ts';
import { sourcePicture } from '../../src/shared/pictures/trainingPictures.ts';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { visibleText } from '../kit/visible.ts';
import { Figure } from '../kit/figure.tsx';
import type { PictureTools } from './curve.tsx';
import { useWords } from './text.ts';

interface SourceCurveProps {
  readonly curves: TrainingSnapshot['sourceCurves'];
  readonly asTable: boolean;
  readonly onToggle: () => void;
  readonly tools?: PictureTools | undefined;
}

/** How well the texts of each source are learnt; a single source is the curve of all. */
export function SourceCurve({
  curves,
  asTable,
  onToggle,
  tools,
}: SourceCurveProps): JSX.Element | null {
  const words = useWords();
  const draw = useCallback(
    (frame: Frame) => sourcePicture(curves, frame, words, visibleText),
    [curves, words],
  );
  if (curves.length < 2) return null;
  return (
    <Figure
      id="curve-source"
      title={words('curve.source')}
      draw={draw}
      asTable={asTable}
      onToggle={onToggle}
      tools={tools?.({ name: 'curve-source', title: words('curve.source'), draw })}
      texts={{ table: words('table'), chart: words('chart') }}
    />
  );
}
