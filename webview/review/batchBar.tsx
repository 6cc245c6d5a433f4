import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { SpotCheck } from '../../src/shared/reviewContract.ts';
import { Button } from '../kit/button.tsx';
import { TextField } from '../kit/field.tsx';
import { Icon } from '../kit/icon.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { bulk, confirm, SAMPLE, spotCheck } from './batch.ts';

const YES = { 'spot-check': 'spot.draw', ask: 'form.ask.save', bulk: 'batch.yes' } as const;

/** Decisions on many items: what is picked or filtered, or, after a random spot check, everything like it. */
export function BatchBar(): JSX.Element | null {
  const snapshot = usePart((state) => state.snapshot);
  const overlay = usePart((state) => state.overlay);
  const marked = usePart((state) => state.marked.size);
  const total = usePart((state) => state.list.total);
  if (!snapshot?.writable || total === 0) return null;
  const asks =
    overlay.kind === 'bulk' ||
    overlay.kind === 'ask' ||
    overlay.kind === 'spot-check' ||
    overlay.kind === 'accept-rest';
  if (asks) return <Question />;
  if (snapshot.spotCheck && marked === 0) return <SpotCheckBar check={snapshot.spotCheck} />;
  return marked > 0 ? <Picked count={marked} /> : <Listed count={total} />;
}

function Picked({ count }: { readonly count: number }): JSX.Element {
  const canAsk = usePart((state) => state.snapshot?.canAsk);
  const t = useTexts();
  const control = useControl();
  return (
    <div class="batch batch-picked" role="region" aria-label={t('batch')}>
      <strong class="batch-words">{t.count('batch.marked', count)}</strong>
      <span class="batch-buttons">
        <Acts />
        {canAsk ? (
          <button type="button" class="link" onClick={() => control.act('ask')}>
            {t('batch.ask')}
          </button>
        ) : null}
        <button type="button" class="link" onClick={() => control.act('escape')}>
          {t('batch.unmark')}
        </button>
      </span>
    </div>
  );
}

function Listed({ count }: { readonly count: number }): JSX.Element {
  const [open, setOpen] = useState(false);
  const t = useTexts();
  const control = useControl();
  const overlay = { kind: 'spot-check', size: Math.min(SAMPLE, count) } as const;
  return (
    <div class="batch" role="region" aria-label={t('batch')}>
      <button
        type="button"
        class="link"
        onClick={() => control.store.dispatch({ type: 'overlay', overlay })}
      >
        {t('batch.spotCheck')}
      </button>
      <button type="button" class="link" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t.count('batch.filtered', count)}
        <Icon name={open ? 'chevronDown' : 'chevronRight'} />
      </button>
      {open ? (
        <span class="batch-buttons">
          <Acts />
        </span>
      ) : null}
    </div>
  );
}

function Acts(): JSX.Element {
  const t = useTexts();
  const control = useControl();
  return (
    <>
      <button type="button" class="link" onClick={() => bulk(control, 'accept')}>
        {t('batch.accept')}
      </button>
      <button type="button" class="link" onClick={() => bulk(control, 'reject')}>
        {t('batch.reject')}
      </button>
      <button type="button" class="link" onClick={() => bulk(control, 'pair-drop')}>
        {t('batch.pairDrop')}
      </button>
      <button type="button" class="link" onClick={() => bulk(control, 'pair-keep')}>
        {t('batch.pairKeep')}
      </button>
      <button type="button" class="link" onClick={() => bulk(control, 'opinion')}>
        {t('batch.opinion')}
      </button>
    </>
  );
}

function Question(): JSX.Element | null {
  const overlay = usePart((state) => state.overlay);
  const t = useTexts();
  const control = useControl();
  const words = ((): string => {
    if (overlay.kind === 'bulk') return t.count(`batch.ask.${overlay.act}`, overlay.count);
    if (overlay.kind === 'ask') return t.count('batch.ask.ask', overlay.ids.length);
    if (overlay.kind === 'accept-rest') return t.count('spot.acceptRest.ask', overlay.count);
    return t('spot.ask');
  })();
  return (
    <div class="batch batch-question" role="alertdialog" aria-label={words}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void confirm(control);
        }}
      >
        <p class="batch-words">
          {words}{' '}
          {overlay.kind === 'spot-check' || (overlay.kind === 'bulk' && overlay.act === 'opinion')
            ? null
            : t(overlay.kind === 'ask' ? 'field.hint.hint' : 'batch.oneStep')}
        </p>
        {overlay.kind === 'ask' ? (
          <TextField
            autofocus
            label={t('field.hint')}
            value={overlay.hint}
            onValue={(hint) =>
              control.store.dispatch({ type: 'overlay', overlay: { ...overlay, hint } })
            }
          />
        ) : null}
        {overlay.kind === 'spot-check' ? (
          <TextField
            autofocus
            label={t('spot.size')}
            value={String(overlay.size)}
            onValue={(value) => {
              const size = Math.min(1000, Number.parseInt(value, 10));
              if (size > 0)
                control.store.dispatch({ type: 'overlay', overlay: { kind: 'spot-check', size } });
            }}
          />
        ) : null}
        <span class="batch-buttons">
          <Button
            kind="primary"
            autofocus={overlay.kind !== 'spot-check' && overlay.kind !== 'ask'}
            onPress={() => void confirm(control)}
          >
            {t(
              YES[overlay.kind === 'spot-check' || overlay.kind === 'ask' ? overlay.kind : 'bulk'],
            )}
          </Button>
          <Button keyCap="Esc" onPress={() => control.act('escape')}>
            {t('cancel')}
          </Button>
        </span>
      </form>
    </div>
  );
}

/** How far a spot check is, what it says in the end, and the offer that follows from it. */
function SpotCheckBar({ check }: { readonly check: SpotCheck }): JSX.Element {
  const t = useTexts();
  const control = useControl();
  const { drawn, decided, bad, population, bound, remaining, random } = check;
  // A bound is rounded up: what is said must hold.
  const percent = bound === null ? null : (Math.ceil(1000 * bound - 1e-9) / 10).toFixed(1);
  return (
    <div class="batch spot" role="region" aria-label={t('spot')}>
      <p class="batch-words">
        {percent === null || !random ? (
          <strong>{t('spot.going', { decided, drawn })}</strong>
        ) : (
          <strong>{t('spot.bound', { decided, bad, percent })}</strong>
        )}{' '}
        <span class="muted">{t('spot.of', { population })}</span>
        {random ? null : (
          <span class="spot-warning">
            <Icon name="warning" /> {t('spot.notRandom')}
          </span>
        )}
      </p>
      <span class="batch-buttons">
        {percent !== null && random && remaining > 0 ? (
          <Button
            kind="primary"
            onPress={() =>
              control.store.dispatch({
                type: 'overlay',
                overlay: { kind: 'accept-rest', count: remaining },
              })
            }
          >
            {t.count('spot.acceptRest', remaining)}
          </Button>
        ) : null}
        <button type="button" class="link" onClick={() => void spotCheck(control, 0)}>
          {t('spot.end')}
        </button>
      </span>
    </div>
  );
}
