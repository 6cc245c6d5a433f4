import type { JSX } from 'preact';
import { Button } from '../kit/button.tsx';
import { Select } from '../kit/choice.tsx';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { Said } from '../kit/said.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { history } from './history.ts';
import { open } from './perform.ts';

/** Which round, how far it is reviewed, and what can be taken back. */
export function Header({ view }: { readonly view: 'side' | 'panel' }): JSX.Element {
  const snapshot = usePart((state) => state.snapshot);
  const said = usePart((state) => state.said);
  const t = useTexts();
  const control = useControl();
  return (
    <header class="header" data-region="header">
      <div class="header-line">
        <RoundChoice />
        {snapshot && view === 'panel' ? (
          <span class="header-project muted">
            <Data text={snapshot.project} />
          </span>
        ) : null}
        <Progress />
        <Said said={said} />
        <div class="header-tools" role="toolbar" aria-label={t('tools')}>
          <Button
            kind="icon"
            icon="undo"
            label={snapshot?.undo ? t('undo.what', { what: snapshot.undo }) : t('undo')}
            disabled={!snapshot?.undo || !snapshot.writable}
            onPress={() => void history(control, 'undo')}
          />
          <Button
            kind="icon"
            icon="redo"
            label={snapshot?.redo ? t('redo.what', { what: snapshot.redo }) : t('redo')}
            disabled={!snapshot?.redo || !snapshot.writable}
            onPress={() => void history(control, 'redo')}
          />
          {view === 'side' ? (
            <Button
              kind="icon"
              icon="panel"
              label={t('openPanel')}
              onPress={() => {
                if (control.state.shown === null) void control.run('open-panel');
                else open(control, 'panel');
              }}
            />
          ) : null}
          <Button
            kind="icon"
            icon="keyboard"
            label={t('keys.title')}
            onPress={() => control.act('keys')}
          />
        </div>
      </div>
    </header>
  );
}

function RoundChoice(): JSX.Element | null {
  const snapshot = usePart((state) => state.snapshot);
  const t = useTexts();
  const control = useControl();
  if (!snapshot) return <span class="header-round skeleton-text" aria-hidden="true" />;
  const { round, rounds } = snapshot;
  if (rounds.length < 2) return <h1 class="header-round">{t('round', { n: round })}</h1>;
  return (
    <>
      <h1 class="only-read">{t('round', { n: round })}</h1>
      <Select
        class="header-rounds"
        label={t('round.choose')}
        value={String(round)}
        options={rounds.map((n) => ({ value: String(n), label: t('round', { n }) }))}
        onValue={(value) => void control.turnTo(Number(value))}
      />
    </>
  );
}

function Progress(): JSX.Element | null {
  const counts = usePart((state) => state.snapshot?.counts);
  const phase = usePart((state) => state.snapshot?.phase);
  const t = useTexts();
  if (!counts || counts.total === 0 || phase === 'no-exam' || phase === 'no-student') return null;
  const { total, todo, accepted, edited, rejected, flagged } = counts;
  const share = (n: number): string => `${(100 * n) / total}%`;
  const words = t('progress', { done: total - todo, total });
  return (
    <div class="progress">
      <div
        class="progress-bar"
        role="progressbar"
        aria-label={t('progress.label')}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={total - todo}
        aria-valuetext={words}
        title={t('progress.parts', { accepted, edited, rejected, todo })}
      >
        <svg width="100%" height="6" aria-hidden="true" preserveAspectRatio="none">
          <rect class="part-accepted" x="0" y="0" height="6" width={share(accepted)} />
          <rect class="part-edited" x={share(accepted)} y="0" height="6" width={share(edited)} />
          <rect
            class="part-rejected"
            x={share(accepted + edited)}
            y="0"
            height="6"
            width={share(rejected)}
          />
        </svg>
      </div>
      <p class="progress-words">
        <span>{words}</span>
        {flagged > 0 ? (
          <span class="progress-flagged">
            <Icon name="flag" /> {t('progress.flagged', { n: flagged })}
          </span>
        ) : null}
      </p>
    </div>
  );
}
