import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { Spinner } from '../kit/mark.tsx';
import { Accuracy } from './accuracy.tsx';
import { Comparison } from './comparison.tsx';
import { StoreContext } from './context.ts';
import { Costs } from './costs.tsx';
import { Courses } from './courses.tsx';
import { Decisions } from './decisions.tsx';
import { Exams } from './exams.tsx';
import { Header } from './header.tsx';
import { ListPanel } from './listPanel.tsx';
import { Overlaps } from './overlaps.tsx';
import type { DashboardStore } from './store.ts';
import { Students } from './students.tsx';
import { Taught } from './taught.tsx';
import { TestLooks } from './testLooks.tsx';
import { Training } from './training.tsx';
import { DashboardWordsContext } from './words.ts';

/** The whole page: the board, and beside it the list behind a number. */
export function DashboardPage({ store }: { readonly store: DashboardStore }): JSX.Element {
  const words = store.words.value;
  const state = store.state.value;
  const problem = store.problem.value;
  const open = store.open.value !== null;
  // A list that opens or turns a page changes nothing of the board beside it.
  const board = useMemo(
    () => (state === null ? null : <Board state={state} store={store} />),
    [state, words, store],
  );
  return (
    <StoreContext.Provider value={store}>
      <DashboardWordsContext.Provider value={words}>
        <div class={open ? 'dashboard with-list' : 'dashboard'}>
          <main class="board" aria-busy={state === null}>
            {problem === null ? null : (
              <p class="problem" role="alert">
                <Data text={problem} />
              </p>
            )}
            {board === null ? (
              <>
                <h1>{words('board.title')}</h1>
                {problem === null ? (
                  <p class="muted">
                    <Spinner /> {words('board.loading')}
                  </p>
                ) : null}
              </>
            ) : (
              board
            )}
          </main>
          <ListPanel />
          <p class="only-read" aria-live="polite">
            {store.said.value}
          </p>
        </div>
      </DashboardWordsContext.Provider>
    </StoreContext.Provider>
  );
}

interface BoardProps {
  readonly state: DashboardState;
  readonly store: DashboardStore;
}

function Board({ state, store }: BoardProps): JSX.Element {
  const words = store.words.value;
  const examined = state.rounds.some(({ exams }) => exams.length > 0);
  const trained = (state.training?.runId ?? null) !== null;
  if (!examined && !trained) {
    return (
      <>
        <Header state={state} />
        <div class="blank">
          <h2>{words('board.empty.title')}</h2>
          <p class="muted">{words('board.empty.words')}</p>
          <Button onPress={() => void store.run('round')}>{words('board.run')}</Button>
        </div>
      </>
    );
  }
  return (
    <>
      <Header state={state} />
      <div class="parts-grid">
        <Accuracy state={state} />
        <Comparison state={state} />
        <Exams state={state} />
        <Courses state={state} />
        <div class="part-stack">
          <TestLooks state={state} />
          <Overlaps state={state} />
        </div>
        <Training state={state} />
        <Taught state={state} />
        <Students state={state} />
        <Decisions state={state} />
        <Costs state={state} />
      </div>
    </>
  );
}
