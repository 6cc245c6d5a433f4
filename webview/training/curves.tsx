import type { JSX } from 'preact';
import { measuredCurves } from '../../src/shared/pictures/trainingPictures.ts';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { Curve, type PictureTools } from './curve.tsx';
import { SourceCurve } from './sourceCurve.tsx';
import type { CurvesLook } from './store.ts';
import { useWords } from './text.ts';

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
  const shown = measuredCurves(points, more);
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">{words('curves')}</h2>
      {points.length === 0 ? <p class="muted">{words('curve.none')}</p> : null}
      <div class="curves">
        {shown.map((kind) => (
          <Curve
            key={kind.id}
            kind={kind}
            points={points}
            asTable={tables.includes(kind.id)}
            onToggle={() => store.toggleTable(kind.id)}
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
