import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../kit/button.tsx';
import { FOCUSABLE } from '../kit/focusable.ts';
import { useBoard } from './context.ts';
import type { ReportFormat } from './store.ts';
import { useBoardWords } from './words.ts';

const FORMATS: readonly ReportFormat[] = ['markdown', 'html', 'csv'];

/** What the whole board can be saved as; each picture is saved where it stands. */
export function ExportMenu(): JSX.Element {
  const board = useBoard();
  const words = useBoardWords();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    box.current?.querySelector<HTMLElement>('.menu button')?.focus();
    const outside = (event: Event): void => {
      if (event.target instanceof Node && !box.current?.contains(event.target)) setOpen(false);
    };
    window.addEventListener('pointerdown', outside, true);
    return () => window.removeEventListener('pointerdown', outside, true);
  }, [open]);
  const close = (): void => {
    setOpen(false);
    box.current?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
  };
  return (
    <div
      class="menu-box"
      ref={box}
      onKeyDown={(event) => {
        if (!open || event.key !== 'Escape') return;
        event.stopPropagation();
        close();
      }}
    >
      <Button expanded={open} icon="chevronDown" onPress={() => setOpen(!open)}>
        {words('board.export')}
      </Button>
      {open ? (
        <ul class="menu" aria-label={words('board.export')}>
          {FORMATS.map((format) => (
            <li key={format}>
              <button
                type="button"
                class="menu-item"
                onClick={() => {
                  close();
                  void board.report(format);
                }}
              >
                {words(`board.export.${format}`)}
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
