import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import { FOCUSABLE } from './focusable.ts';
import { capOf } from './platform.ts';

interface KeyCoverProps {
  readonly title: string;
  /** What the button that closes it is called. */
  readonly close: string;
  /** Said above the keys. */
  readonly note: string | null;
  readonly groups: readonly {
    readonly title: string;
    readonly rows: readonly { readonly caps: readonly string[]; readonly text: string }[];
  }[];
  readonly onClose: () => void;
}

/** All keys of a page, over the page. */
export function KeyCover({ title, close, note, groups, onClose }: KeyCoverProps): JSX.Element {
  const dialog = useRef<HTMLDivElement>(null);
  useEffect(() => dialog.current?.focus(), []);
  return (
    <div class="cover" onClick={onClose}>
      <div
        class="keys"
        ref={dialog}
        role="dialog"
        aria-modal="true"
        aria-label={title}
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
          <h2>{title}</h2>
          <Button kind="icon" icon="cross" label={close} onPress={onClose} />
        </div>
        {note === null ? null : <p class="banner">{note}</p>}
        <div class="keys-groups">
          {groups.map((group) => (
            <section key={group.title}>
              <h3>{group.title}</h3>
              <dl>
                {group.rows.map(({ caps, text }) => (
                  <div class="keys-row" key={text}>
                    <dt>
                      {caps.map((cap) => (
                        <kbd key={cap}>{capOf(cap)}</kbd>
                      ))}
                    </dt>
                    <dd>{text}</dd>
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
