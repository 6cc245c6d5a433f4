import type { JSX } from 'preact';
import type { Snapshot } from '../../src/shared/reviewContract.ts';
import { NO_FILTER } from '../../src/shared/reviewQueue.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { SkeletonRows } from '../kit/skeletonRows.tsx';
import { Icon } from '../kit/icon.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { verbOf } from './notices.tsx';
import { filterSize } from './state.ts';
import type { Texts } from './texts.ts';

/** Rows that are on their way. */
export function Skeleton(): JSX.Element {
  return <SkeletonRows label={useTexts()('loading')} />;
}

/** The page when there is nothing to review: why, and the one thing to do about it. */
export function Blank({ snapshot }: { readonly snapshot: Snapshot | null }): JSX.Element {
  const problem = usePart((state) => state.problem);
  const t = useTexts();
  const control = useControl();
  const { title, words } = blankWords(snapshot, problem, t);
  const primary = snapshot?.primary ?? null;
  const verb = primary && verbOf(primary.verb);
  return (
    <div class="blank" role="status">
      <h2 class="blank-title">{title}</h2>
      <p class="blank-words">
        <Data text={words} />
      </p>
      <p class="blank-buttons">
        {primary && verb ? (
          <Button kind="primary" onPress={() => void control.run(verb)}>
            {primary.label}
          </Button>
        ) : null}
        {snapshot ? null : (
          <Button
            kind="primary"
            onPress={() => {
              const { filter, sort, selected, drafts } = control.state;
              void control.start({
                filter,
                sort,
                sel: selected,
                scroll: 0,
                draft: drafts,
                open: null,
                hidden: [],
              });
            }}
          >
            {t('lost.again')}
          </Button>
        )}
        {snapshot?.phase === 'failed' || !snapshot ? (
          <Button onPress={() => void control.run('show-log')}>{t('showLog')}</Button>
        ) : null}
      </p>
    </div>
  );
}

function blankWords(
  snapshot: Snapshot | null,
  problem: string | null,
  t: Texts,
): { readonly title: string; readonly words: string } {
  if (!snapshot) return { title: t('lost'), words: problem ?? '' };
  const { phase, round, reason } = snapshot;
  if (phase === 'no-project') return { title: t('blank.project'), words: t('blank.project.words') };
  if (phase === 'no-student') return { title: t('blank.student'), words: t('blank.student.words') };
  if (phase === 'failed') return { title: t('blank.failed'), words: reason ?? problem ?? '' };
  if (phase === 'no-exam')
    return { title: t('blank.exam', { n: round }), words: t('blank.exam.words') };
  return { title: t('blank.none'), words: t('blank.none.words') };
}

/** In place of the list when the filter leaves nothing. */
export function NothingMatches(): JSX.Element {
  const filter = usePart((state) => state.filter);
  const counts = usePart((state) => state.snapshot?.counts);
  const t = useTexts();
  const control = useControl();
  const narrowed = filterSize(filter) > 0 || filter.search !== '';
  if (!narrowed && counts?.total === 0) {
    const snapshot = control.state.snapshot;
    return <Blank snapshot={snapshot} />;
  }
  return (
    <div class="blank blank-small" role="status">
      <p class="blank-words">
        <Icon name="search" /> {t('nothing')}
      </p>
      <p class="blank-buttons">
        <Button kind="primary" onPress={() => void control.list(NO_FILTER)}>
          {t('filter.clear')}
        </Button>
      </p>
    </div>
  );
}

/** Every mistake has its decision: what came of it, and what follows. */
export function AllDone(): JSX.Element | null {
  const snapshot = usePart((state) => state.snapshot);
  const t = useTexts();
  const control = useControl();
  if (!snapshot || snapshot.phase !== 'ready') return null;
  const { counts, primary } = snapshot;
  if (counts.total === 0 || counts.todo > 0) return null;
  const verb = primary && verbOf(primary.verb);
  const { total, accepted, edited, rejected } = counts;
  return (
    <div class="banner banner-done" role="status">
      <Icon name="check" />
      <span class="banner-words">{t('allDone', { total, accepted, edited, rejected })}</span>
      {primary && verb ? (
        <Button kind="primary" class="banner-button" onPress={() => void control.run(verb)}>
          {primary.label}
        </Button>
      ) : null}
    </div>
  );
}
