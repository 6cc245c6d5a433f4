import type { JSX } from 'preact';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { Select } from '../kit/choice.tsx';
import { Curves } from '../training/curves.tsx';
import { Sources } from '../training/sources.tsx';
import { WordsContext } from '../training/text.ts';
import { useBoard } from './context.ts';
import { Probes } from './probes.tsx';
import { SavePicture } from './savePicture.tsx';
import { Section } from './section.tsx';
import { useBoardWords } from './words.ts';

/** A training run with its curves, by source, and the probe questions over its epochs. */
export function Training({ state }: { readonly state: DashboardState }): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { training } = state;
  return (
    <Section id="train" title={words('train.title')} wide>
      {training === null || training.runId === null ? (
        <p class="muted">{words('train.none')}</p>
      ) : (
        <WordsContext.Provider value={board.trainingWords.value}>
          <RunChoice state={state} training={training} />
          <div class="sub">
            <Curves
              snapshot={training}
              store={board}
              tools={(picture) => <SavePicture {...picture} />}
            />
            <Sources snapshot={training} />
          </div>
          <Probes probes={state.probes} />
        </WordsContext.Provider>
      )}
    </Section>
  );
}

function RunChoice({
  state,
  training,
}: {
  readonly state: DashboardState;
  readonly training: TrainingSnapshot;
}): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const train = board.trainingWords.value;
  const { runs, round, runId } = training;
  const chosen = new Set(
    state.rounds.flatMap((one) =>
      one.runs
        .filter((run) => run.chosen && run.state === 'done')
        .map((run) => `${one.round}/${run.runId}`),
    ),
  );
  const name = (of: { round: number | null; runId: string | null }): string =>
    `${of.round ?? 0}/${of.runId ?? ''}`;
  return (
    <Select
      class="run-choice"
      label={words('train.run')}
      value={name({ round, runId })}
      options={runs.toReversed().map((run) => {
        const parts = [run.round, run.runId, train.known('state', run.state)] as const;
        return {
          value: name(run),
          label: chosen.has(name(run))
            ? words('train.chosen', ...parts)
            : train('run.item', ...parts),
        };
      })}
      onValue={(value) => {
        const run = runs.find((one) => name(one) === value);
        if (run) void board.showRun(run.round, run.runId);
      }}
    />
  );
}
