import type { JSX } from 'preact';
import type { DatasetState } from '../../src/shared/datasetContract.ts';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { Link } from '../kit/link.tsx';
import { Said } from '../kit/said.tsx';
import { useControl, usePart, useWords } from './app.tsx';

/** What the file holds and what has been done to it, in a line. */
export function Summary(): JSX.Element {
  const doc = usePart((state) => state.doc);
  const said = usePart((state) => state.said);
  const notice = usePart((state) => state.notice);
  const words = useWords();
  const control = useControl();
  if (!doc) {
    return (
      <header class="summary">
        <h1 class="only-read">{words('file')}</h1>
      </header>
    );
  }
  const { bytes, set, edited, inserted, deleted, problems, filter } = doc;
  return (
    <header class="summary" data-region="summary">
      <h1 class="only-read">
        {words('file')}: <Data text={doc.name} />
      </h1>
      <p class="summary-facts muted">
        {set === null ? null : (
          <span>
            <Data text={words('set.of', set)} />
          </span>
        )}
        <span>{words.size(bytes)}</span>
      </p>
      <p class="summary-changes">
        {edited > 0 ? (
          <span>
            <Icon name="pencil" /> {words.count('edited', edited)}
          </span>
        ) : null}
        {inserted > 0 ? (
          <span>
            <Icon name="plus" /> {words.count('inserted', inserted)}
          </span>
        ) : null}
        {deleted > 0 ? (
          <span>
            <Icon name="trash" /> {words.count('deleted', deleted)}
          </span>
        ) : null}
        {problems > 0 ? (
          <span class="summary-problems">
            <Icon name="warning" />
            <Link
              title={words('problems.show')}
              onPress={() => void control.filter({ ...filter, search: '', only: 'problems' })}
            >
              {words.count('problems', problems)}
            </Link>
          </span>
        ) : null}
      </p>
      {said.text === notice ? null : <Said said={said} />}
      <Progress doc={doc} />
    </header>
  );
}

function Progress({ doc }: { readonly doc: DatasetState }): JSX.Element | null {
  const words = useWords();
  const { read, filtered } = doc;
  if (read >= 1 && filtered >= 1) return null;
  const [share, label] =
    read < 1 ? ([read, words('reading')] as const) : ([filtered, words('searching')] as const);
  return (
    <div
      class="summary-progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.floor(share * 100)}
    >
      <svg width="100%" height="2" aria-hidden="true" preserveAspectRatio="none">
        <rect x="0" y="0" height="2" width={`${100 * share}%`} />
      </svg>
    </div>
  );
}
