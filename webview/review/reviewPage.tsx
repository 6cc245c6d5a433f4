import type { JSX } from 'preact';
import { LiveRegion } from '../kit/live.tsx';
import { usePart } from './app.tsx';
import { BatchBar } from './batchBar.tsx';
import { AllDone, Blank, NothingMatches, Skeleton } from './blanks.tsx';
import { Detail } from './detail.tsx';
import { Header } from './header.tsx';
import { KeyList } from './keyList.tsx';
import { Notices } from './notices.tsx';
import { Queue } from './queue.tsx';
import { Toolbar } from './toolbar.tsx';

interface PageProps {
  readonly view: 'side' | 'panel';
  readonly initialScroll: number;
  readonly onScroll: (offset: number) => void;
}

/** The Review view. */
export function ReviewPage(props: PageProps): JSX.Element {
  const said = usePart((state) => state.said);
  return (
    <div class={`page page-${props.view}`}>
      <Header view={props.view} />
      <main class="body">
        <Notices />
        <Body {...props} />
      </main>
      <KeyList />
      <LiveRegion said={said} />
    </div>
  );
}

function Body(props: PageProps): JSX.Element {
  const link = usePart((state) => state.link);
  const snapshot = usePart((state) => state.snapshot);
  const first = usePart(({ list }) => list.loading && list.rows.size === 0);
  const total = usePart((state) => state.list.total);
  const phase = snapshot?.phase ?? 'loading';
  const questions = snapshot?.counts.total ?? 0;
  if (link === 'lost') return <Blank snapshot={null} />;
  if (phase === 'no-project' || phase === 'no-student') return <Blank snapshot={snapshot} />;
  // Where there are questions they can be read, whatever went wrong behind them.
  if (phase === 'failed' && questions === 0) return <Blank snapshot={snapshot} />;
  if (phase === 'no-exam' && questions === 0 && total === 0 && !first)
    return <Blank snapshot={snapshot} />;
  const waiting = link === 'loading' || phase === 'loading' || first;
  return (
    <>
      <AllDone />
      <Toolbar />
      <div class="main">
        {waiting ? (
          <Skeleton />
        ) : total === 0 ? (
          <NothingMatches />
        ) : (
          <>
            <div class="list">
              <Queue {...props} />
              <BatchBar />
            </div>
            <Detail />
          </>
        )}
      </div>
    </>
  );
}
