import type { JSX } from 'preact';
import { NO_DATASET_FILTER } from '../../src/shared/datasetContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { SkeletonRows } from '../kit/skeletonRows.tsx';
import { useControl, usePart, useWords, useWritable } from './app.tsx';

/** Rows that are on their way. */
export function Skeleton(): JSX.Element {
  return <SkeletonRows label={useWords()('loading')} />;
}

/** The host does not answer. */
export function Lost({ onAgain }: { readonly onAgain: () => void }): JSX.Element {
  const problem = usePart((state) => state.problem);
  const words = useWords();
  return (
    <div class="blank" role="status">
      <h2 class="blank-title">{words('lost')}</h2>
      <p class="blank-words">
        <Data text={problem ?? ''} />
      </p>
      <p class="blank-buttons">
        <Button kind="primary" onPress={onAgain}>
          {words('lost.again')}
        </Button>
      </p>
    </div>
  );
}

export function EmptyFile(): JSX.Element {
  const writable = useWritable();
  const words = useWords();
  const control = useControl();
  return (
    <div class="blank" role="status">
      <h2 class="blank-title">{words('empty')}</h2>
      <p class="blank-words">{words(writable ? 'empty.words' : 'empty.readOnly')}</p>
      {writable ? (
        <p class="blank-buttons">
          <Button kind="primary" icon="plus" onPress={() => control.act('insert')}>
            {words('empty.insert')}
          </Button>
        </p>
      ) : null}
    </div>
  );
}

/** The filter shows nothing, or nothing yet. */
export function NothingMatches(): JSX.Element {
  const doc = usePart((state) => state.doc);
  const words = useWords();
  const control = useControl();
  const done = (doc?.filtered ?? 1) >= 1 && (doc?.read ?? 1) >= 1;
  return (
    <div class="blank blank-small" role="status">
      <h2 class="blank-title">{words(done ? 'nothing' : 'searching')}</h2>
      <p class="blank-words">
        {done
          ? words('nothing.words', doc?.rows ?? 0)
          : words('searching.words', words.percent(doc?.filtered ?? 0))}
      </p>
      <p class="blank-buttons">
        <Button kind="primary" onPress={() => void control.filter(NO_DATASET_FILTER)}>
          {words('nothing.clear')}
        </Button>
      </p>
    </div>
  );
}
