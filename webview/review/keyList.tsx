import type { JSX } from 'preact';
import { KeyCover } from '../kit/keyCover.tsx';
import { useControl, usePart, useTexts } from './app.tsx';
import { KEY_GROUPS } from './bindings.ts';

/** All keys, over the page. */
export function KeyList(): JSX.Element | null {
  const open = usePart(({ overlay }) => overlay.kind === 'keys');
  const singleKeys = usePart((state) => state.snapshot?.singleKeys ?? true);
  const t = useTexts();
  const control = useControl();
  if (!open) return null;
  return (
    <KeyCover
      title={t('keys.title')}
      close={t('close')}
      note={singleKeys ? null : t('keys.singleOff')}
      groups={KEY_GROUPS.map(({ title, rows }) => ({
        title: t(title),
        rows: rows.map(({ caps, text }) => ({ caps, text: t(text) })),
      }))}
      onClose={() => control.act('escape')}
    />
  );
}
