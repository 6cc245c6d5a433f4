import type { JSX } from 'preact';
import type { TrainingSnapshot } from '../../src/shared/trainingContract.ts';
import { Button } from '../kit/button.tsx';
import { Select } from '../kit/choice.tsx';
import { Data } from '../kit/data.tsx';
import type { TrainingStore } from './store.ts';
import { phaseText, useWords, waitText } from './text.ts';

interface HeaderProps {
  readonly snapshot: TrainingSnapshot;
  readonly store: TrainingStore;
}

const OVER: ReadonlySet<string> = new Set(['none', 'done', 'failed', 'cancelled']);

/** State, progress and the one thing to do; then the facts of the run. */
export function Header({ snapshot, store }: HeaderProps): JSX.Element {
  const words = useWords();
  const { round, state, step, steps, runId } = snapshot;
  return (
    <header>
      <div class="bar">
        <h1 class="grow">
          {words('title')} <span class="muted">·</span>{' '}
          {round === null ? null : (
            <>
              {words('round', round)} <span class="muted">·</span>{' '}
            </>
          )}
          <span class={`state state-${state}`}>{words(`state.${state}`)}</span>
        </h1>
        <Actions snapshot={snapshot} store={store} />
      </div>
      <Runs snapshot={snapshot} store={store} />
      {runId === null ? null : (
        <>
          <progress
            class="progress"
            aria-label={words('progress')}
            max={Math.max(1, steps)}
            value={step}
          />
          <p class="muted">{progressText(snapshot, words)}</p>
          <Facts snapshot={snapshot} />
        </>
      )}
    </header>
  );
}

function progressText(
  { step, steps, epoch, etaMs, state, phase, part }: TrainingSnapshot,
  words: ReturnType<typeof useWords>,
): string {
  const parts = [words('step', step, steps), words('epoch', words.number(epoch))];
  if (phase !== null && phase !== 'training' && !OVER.has(state))
    parts.unshift(phaseText(words, phase, part));
  if (etaMs !== null && state === 'running') parts.push(words('left', waitText(words, etaMs)));
  return parts.join(' · ');
}

function Actions({ snapshot, store }: HeaderProps): JSX.Element {
  const words = useWords();
  const { state, canStop, runId } = snapshot;
  return (
    <div class="actions">
      {canStop ? (
        <Button kind="primary" icon="stop" onPress={() => void store.run('stop')}>
          {words(state === 'stopping' ? 'stopNow' : 'stop')}
        </Button>
      ) : null}
      {OVER.has(state) && state !== 'done' ? (
        <Button kind="primary" onPress={() => void store.run('train')}>
          {words(state === 'none' ? 'train' : 'trainAgain')}
        </Button>
      ) : null}
      {runId === null ? null : (
        <>
          <Button onPress={() => void store.run('show-log')}>{words('showLog')}</Button>
          <Button onPress={() => void store.run('open-folder')}>{words('openFolder')}</Button>
        </>
      )}
    </div>
  );
}

function Runs({ snapshot, store }: HeaderProps): JSX.Element | null {
  const words = useWords();
  const { runs, round, runId } = snapshot;
  if (runs.length < 2) return null;
  const name = (run: { readonly round: number; readonly runId: string }): string =>
    `${run.round.toString()}/${run.runId}`;
  return (
    <Select
      label={words('run')}
      value={name({ round: round ?? 0, runId: runId ?? '' })}
      options={runs.toReversed().map((run) => ({
        value: name(run),
        label: words('run.item', run.round, run.runId, words.known('state', run.state)),
      }))}
      onValue={(value) => {
        const chosen = runs.find((run) => name(run) === value);
        if (chosen) void store.show(chosen.round, chosen.runId);
      }}
    />
  );
}

function Facts({ snapshot }: { readonly snapshot: TrainingSnapshot }): JSX.Element {
  const words = useWords();
  const { device, precision, memoryMB, coverage, points } = snapshot;
  const speed = points.at(-1)?.tokPerS;
  const facts: readonly (readonly [string, string | null])[] = [
    [words('device'), device],
    [words('precision'), precision],
    [words('memory'), memoryMB === null ? null : `${Math.round(memoryMB).toString()} MB`],
    [words('speed'), speed === undefined ? null : words('speed.value', Math.round(speed))],
    [
      words('coverage'),
      coverage === null
        ? null
        : words('coverage.value', coverage.rows, coverage.questions, coverage.withPair),
    ],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) =>
        value === null ? null : (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Data text={value} />
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}
