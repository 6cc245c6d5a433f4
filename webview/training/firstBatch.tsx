import type { JSX } from 'preact';
import type { FirstBatchRow, TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { Data } from '../kit/data.tsx';
import { useWords } from './text.ts';

type Segment = FirstBatchRow['segments'][number];

/** The first step word by word: what is learnt is underlined, and said to be learnt to whoever listens. */
export function FirstBatch({
  batch,
}: {
  readonly batch: TrainingSnapshot['firstBatch'];
}): JSX.Element {
  const words = useWords();
  return (
    <section aria-labelledby="first-batch">
      <h2 id="first-batch">{words('firstBatch')}</h2>
      {batch === null ? (
        <p class="muted">{words('firstBatch.none')}</p>
      ) : (
        <>
          <p class="muted">{words('firstBatch.note', batch.rows.length, batch.of)}</p>
          {batch.rows.map((row) => (
            <article class="row" key={row.id} aria-label={row.id}>
              {row.segments.map((segment, index) => (
                <SegmentText key={index} segment={segment} />
              ))}
            </article>
          ))}
        </>
      )}
    </section>
  );
}

function SegmentText({ segment }: { readonly segment: Segment }): JSX.Element {
  const words = useWords();
  const { kind, source, spans, tokens, trainedTokens } = segment;
  const from = source === null ? '' : ` · ${words.known('source', source)}`;
  return (
    <section class={`segment segment-${kind}`}>
      <h3>
        {words(`segment.${kind}`)}
        <span class="muted">
          {from} · {words('firstBatch.tokens', trainedTokens, tokens)}
        </span>
      </h3>
      <p class="tokens">
        {spans.map(({ text, trained }, index) =>
          trained ? (
            <span class="learnt" key={index}>
              <span class="only-read">{words('firstBatch.begin')} </span>
              <Data text={text} />
              <span class="only-read"> {words('firstBatch.end')}</span>
            </span>
          ) : (
            <Data text={text} key={index} />
          ),
        )}
      </p>
    </section>
  );
}
