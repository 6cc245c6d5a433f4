import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { Data } from '../kit/data.tsx';
import { Icon } from '../kit/icon.tsx';
import { visiblePieces } from '../kit/visible.ts';
import { useWords } from './app.tsx';

/** The text once more with what cannot be seen in it, where there is such: a text to edit shows no names. */
export function HiddenCharacters({ text }: { readonly text: string }): JSX.Element | null {
  const words = useWords();
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const { text: piece, hidden } of visiblePieces(text))
      if (hidden) found.set(piece, (found.get(piece) ?? 0) + 1);
    return found;
  }, [text]);
  if (counts.size === 0) return null;
  return (
    <div class="field-hidden">
      <p>
        <Icon name="info" /> {words('field.hidden')}{' '}
        {[...counts].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`)).join(', ')}
      </p>
      <p class="field-hidden-text text">
        <Data text={text} />
      </p>
    </div>
  );
}
