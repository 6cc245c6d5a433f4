import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../kit/button.tsx';
import { FOCUSABLE } from '../kit/focusable.ts';
import { capOf } from '../kit/platform.ts';
import { useControl, usePart, useTexts } from './app.tsx';
import { KEY_GROUPS } from './bindings.ts';

/** All keys, over the page. */
export function KeyList(): JSX.Element | null {
  const open = usePart(({ overlay }) => overlay.kind === 'keys');
  const singleKeys = usePart((state) => state.snapshot?.singleKeys ?? true);
  const t = useTexts();
  const control = useControl();
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open) dialog.current?.focus();
  }, [open]);
  if (!open) return null;
  return (
    <div class="cover" onClick={() => control.act('escape')}>
      <div
        class="keys"
        ref={dialog}
        role="dialog"
        aria-modal="true"
        aria-label={t('keys.title')}
        tabIndex={-1}
        onClick={(event) => event.stopPropagation()}
        onKeyDown={(event) => {
          if (event.key !== 'Tab') return;
          // The page behind is covered: the focus stays here, on the list (to scroll it) or its one button.
          event.preventDefault();
          const { current } = dialog;
          const button = current?.querySelector<HTMLElement>(FOCUSABLE);
          (document.activeElement === current ? button : current)?.focus();
        }}
      >
        <div class="keys-head">
          <h2>{t('keys.title')}</h2>
          <Button
            kind="icon"
            icon="cross"
            label={t('close')}
            onPress={() => control.act('escape')}
          />
        </div>
        {singleKeys ? null : <p class="banner">{t('keys.singleOff')}</p>}
        <div class="keys-groups">
          {KEY_GROUPS.map(({ title, rows }) => (
            <section key={title}>
              <h3>{t(title)}</h3>
              <dl>
                {rows.map(({ caps, text }) => (
                  <div class="keys-row" key={text}>
                    <dt>
                      {caps.map((cap) => (
                        <kbd key={cap}>{capOf(cap)}</kbd>
                      ))}
                    </dt>
                    <dd>{t(text)}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}
