import type { JSX } from 'preact';
import type { DashboardState } from '../../src/shared/dashboardContract.ts';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { Button } from '../kit/button.tsx';
import { Data } from '../kit/data.tsx';
import { phaseText, waitText } from '../training/text.ts';
import { useBoard } from './context.ts';
import { ExportMenu } from './exportMenu.tsx';
import { useBoardWords } from './words.ts';

const GOING: ReadonlySet<string> = new Set(['starting', 'running', 'silent', 'stopping']);

/** Whether a training goes on now. */
export function goesOn(training: TrainingSnapshot | null): training is TrainingSnapshot {
  return training !== null && GOING.has(training.state);
}

/** Which project, what its numbers come from, what runs, and what can be done. */
export function Header({ state }: { readonly state: DashboardState }): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const { project, labels, notes, training } = state;
  return (
    <header class="board-head">
      <div class="bar">
        <h1 class="grow">
          {words('board.title')}{' '}
          <span class="muted">
            · <Data text={project} />
          </span>
        </h1>
        <div class="actions">
          {goesOn(training) ? null : (
            <Button kind="primary" onPress={() => void board.run('round')}>
              {words('board.run')}
            </Button>
          )}
          <ExportMenu />
        </div>
      </div>
      {labels.length === 0 ? null : (
        <ul class="labels" aria-label={words('board.labels')}>
          {labels.map((label) => (
            <li class="label" key={label}>
              <Data text={label} />
            </li>
          ))}
        </ul>
      )}
      {goesOn(training) ? <Progress training={training} /> : null}
      {notes.length === 0 ? null : (
        <div class="notes" role="note">
          <p class="warn">{words('board.notes')}</p>
          <ul>
            {notes.map((note) => (
              <li key={note}>
                <Data text={note} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </header>
  );
}

function Progress({ training }: { readonly training: TrainingSnapshot }): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const train = board.trainingWords.value;
  const { round, state, phase, part, step, steps, etaMs, canStop } = training;
  const title = words('board.training', round ?? 0);
  const parts = [
    train(`state.${state}`),
    ...(phase !== null && phase !== 'training' ? [phaseText(train, phase, part)] : []),
    train('step', words.count(step), words.count(steps)),
    ...(etaMs !== null && state === 'running' ? [train('left', waitText(train, etaMs))] : []),
  ];
  return (
    <div class="live">
      <div class="live-words">
        <strong>{title}</strong>
        <span class="muted">{parts.join(' · ')}</span>
      </div>
      <progress class="progress" aria-label={title} max={Math.max(1, steps)} value={step} />
      <div class="actions">
        <Button onPress={() => void board.run('show-training')}>
          {words('board.showTraining')}
        </Button>
        {canStop ? (
          <Button icon="stop" onPress={() => void board.run('stop')}>
            {words(state === 'stopping' ? 'board.stopNow' : 'board.stop')}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
