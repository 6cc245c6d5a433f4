import type { JSX } from 'preact';
import { Data } from '../kit/data.tsx';
import { Curves } from './curves.tsx';
import { FirstBatch } from './firstBatch.tsx';
import { Header } from './header.tsx';
import { Messages } from './messages.tsx';
import { Sources } from './sources.tsx';
import type { TrainingStore } from './store.ts';
import { WordsContext } from './text.ts';

/** The whole page: how the run goes, its curves, what was said, what it learns from. */
export function TrainingPage({ store }: { readonly store: TrainingStore }): JSX.Element {
  const words = store.words.value;
  const snapshot = store.snapshot.value;
  const problem = store.problem.value;
  return (
    <WordsContext.Provider value={words}>
      <main class="training" aria-busy={snapshot === null}>
        {problem === null ? null : (
          <p class="problem" role="alert">
            <Data text={problem} />
          </p>
        )}
        {snapshot === null ? (
          <p class="muted">{problem === null ? words('loading') : null}</p>
        ) : (
          <>
            <Header snapshot={snapshot} store={store} />
            {snapshot.runId === null ? null : (
              <>
                <Messages messages={snapshot.messages} />
                <Curves snapshot={snapshot} store={store} />
                <Sources snapshot={snapshot} />
                <FirstBatch batch={snapshot.firstBatch} />
              </>
            )}
          </>
        )}
        <p class="only-read" aria-live="polite">
          {snapshot === null ? '' : words('announce.state', words(`state.${snapshot.state}`))}
        </p>
      </main>
    </WordsContext.Provider>
  );
}
