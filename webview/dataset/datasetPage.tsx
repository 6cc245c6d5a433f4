import type { JSX } from 'preact';
import { KeyCover } from '../kit/keyCover.tsx';
import { LiveRegion } from '../kit/live.tsx';
import { useControl, usePart, useWords } from './app.tsx';
import { Banners } from './banners.tsx';
import { KEY_GROUPS } from './bindings.ts';
import { EmptyFile, Lost, NothingMatches, Skeleton } from './blanks.tsx';
import { ListHead } from './listHead.tsx';
import { RecordPane } from './recordPane.tsx';
import { Rows } from './rows.tsx';
import { isFiltered, totalOf } from './state.ts';
import { Summary } from './summary.tsx';
import { Toolbar } from './toolbar.tsx';

interface PageProps {
  readonly initialScroll: number;
  readonly onScroll: (offset: number) => void;
  readonly onAgain: () => void;
}

/** The Dataset Editor. */
export function DatasetPage(props: PageProps): JSX.Element {
  const said = usePart((state) => state.said);
  return (
    <div class="page">
      <Summary />
      <main class="body">
        <Banners />
        <Body {...props} />
      </main>
      <KeyList />
      <LiveRegion said={said} />
    </div>
  );
}

function Body(props: PageProps): JSX.Element {
  const link = usePart((state) => state.link);
  const total = usePart(totalOf);
  const filtered = usePart(isFiltered);
  const reading = usePart(({ doc }) => doc === null || doc.read < 1);
  if (link === 'lost') return <Lost onAgain={props.onAgain} />;
  if (link === 'loading' || (total === 0 && reading && !filtered)) return <Skeleton />;
  if (total === 0 && !filtered) return <EmptyFile />;
  return (
    <>
      <Toolbar />
      {total === 0 ? (
        <div class="main-nothing">
          <NothingMatches />
        </div>
      ) : (
        <div class="main">
          <div class="list">
            <ListHead />
            <Rows {...props} />
          </div>
          <RecordPane />
        </div>
      )}
    </>
  );
}

function KeyList(): JSX.Element | null {
  const open = usePart(({ overlay }) => overlay.kind === 'keys');
  const singleKeys = usePart(({ doc }) => doc?.singleKeys ?? true);
  const words = useWords();
  const control = useControl();
  if (!open) return null;
  return (
    <KeyCover
      title={words('keys.title')}
      close={words('keys.close')}
      note={singleKeys ? null : words('keys.singleOff')}
      groups={KEY_GROUPS.map(({ title, rows }) => ({
        title: words(title),
        rows: rows.map(({ caps, text }) => ({ caps, text: words(text) })),
      }))}
      onClose={() => control.act('escape')}
    />
  );
}
